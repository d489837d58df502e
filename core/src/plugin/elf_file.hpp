// What can be said of a shared library without opening it as one. dlopen maps a file as its headers say: one that was
// copied by half is a SIGBUS inside it.
#pragma once

#include <optional>
#include <string>

#include "routine/manifest.hpp"

namespace runnel::core {

std::optional<Refusal> check_elf_file(const std::string& path);

}  // namespace runnel::core
