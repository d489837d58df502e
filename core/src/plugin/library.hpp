// A shared library becomes routine classes: checked as a file, opened, checked as a manifest.
#pragma once

#include <optional>
#include <string>

#include "routine/registry.hpp"

namespace runnel::core {

// Adds the library's classes, owned by `path`, or says why not. A library is opened once and never closed: its
// thread_local destructors and unique symbols would outlive it. child_first: see trial_child.hpp.
std::optional<Refusal> add_library(const std::string& path, Registry&, bool child_first);

}  // namespace runnel::core
