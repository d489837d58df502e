// A library opened in a child process first: what its static constructors do cannot be caught otherwise.
#pragma once

#include <functional>
#include <optional>

#include "routine/manifest.hpp"

namespace runnel::core {

// Runs `open` in a child process and waits for it. Nothing when it returned, whatever it found; otherwise how the child
// ended. The process should have one thread: a fork takes no other along, nor gives back the locks they hold.
std::optional<Refusal> try_in_child(const std::function<void()>& open);

}  // namespace runnel::core
