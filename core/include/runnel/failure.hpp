// How a routine fails.
#pragma once

#include <stdexcept>
#include <string>
#include <utility>

namespace runnel {

// Thrown by fail(); any other exception fails the activation with code "exception".
struct Failure : std::runtime_error {
  Failure(std::string code_, const std::string& message) : std::runtime_error(message), code(std::move(code_)) {}
  std::string code;
};

[[noreturn]] inline void fail(std::string code, const std::string& message) { throw Failure(std::move(code), message); }

}  // namespace runnel
