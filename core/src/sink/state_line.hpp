// The lines of a state file: a text, a blank, and the CRC-32C of the text in hex.
//
//   S 17 32       the jobs 17 to 32 are about to run
//   X 20 SIGSEGV  a supervisor saw the process die while job 20 ran
//   Q 20          it was given up after three deaths
//   E 5000        the run is over, the output file holds so many records
//
// Before them stands the header (state_header.hpp).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace runnel::core {

enum class StateEvent : uint8_t { started, died, quarantined, ended };

struct StateLine {
  StateEvent event = StateEvent::started;
  uint64_t first = 0;  // ordinal; the count of `ended`
  uint64_t last = 0;   // of `started`
  std::string signal;  // of `died`
};

std::string sealed(std::string_view text);  // with its checksum and newline
// The text of a line without its newline, if the checksum is right.
std::optional<std::string_view> unsealed(std::string_view line);

std::string text_of(const StateLine&);
std::optional<StateLine> state_line_of(std::string_view text);

}  // namespace runnel::core
