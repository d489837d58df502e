// What is wrong with a file of the run, and the exit code it leads to.
#pragma once

#include <string>

namespace runnel::core {

struct FileProblem {
  int exit_code = 0;
  std::string message;

  explicit operator bool() const { return exit_code != 0; }
};

}  // namespace runnel::core
