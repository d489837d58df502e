// Checks of what a library says of itself, before any function of it is called. The table comes from foreign code: no
// count, pointer or text of it is believed.
#pragma once

#include <runnel/plugin.h>

#include <optional>
#include <string>

namespace runnel::core {

// Why a library is not used, and a way out (may be empty).
struct Refusal {
  std::string message;
  std::string hint;
};

// readable: bytes of the table that may be read.
std::optional<Refusal> check_manifest(const runnel_plugin&, size_t readable = sizeof(runnel_plugin));

// The message of what is wrong with one class, or "".
std::string mistake_in(const runnel_type&);

// Calls the library's init with our table, once in the life of the process. False: it refuses.
bool initialise(const runnel_plugin&);

}  // namespace runnel::core
