// What a run is, at the top of its state file: a resumed run must be the same.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace runnel::core {

constexpr std::string_view kStateFormat = "runnel-state 1";

struct StateInput {
  std::string path;
  uint64_t size = 0;  // with the time only a hint: the hashes of the lines decide
  int64_t changed_ns = 0;
};

struct StateHeader {
  std::string runner;                                        // name and version of the program
  std::string flow;                                          // hash
  std::vector<std::pair<std::string, std::string>> plugins;  // path, hash
  std::vector<std::pair<std::string, std::string>> options;  // name, value: those that change what is written
  std::vector<StateInput> inputs;

  std::vector<std::string> lines() const;  // each to be sealed; the last one says that the header is whole
  static bool is_last_line(std::string_view text);
  static std::optional<StateHeader> of_lines(const std::vector<std::string>&);

  // The first part in which `now` is another run, as a message; "": it is the same. Inputs that were added behind
  // those of the header are no difference.
  std::string difference(const StateHeader& now) const;
};

}  // namespace runnel::core
