// The data of a record that is not JSON text itself: a row of CSV, a plain line.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "value/reader.hpp"

namespace runnel::core {

// What was found wrong with a record before its job runs.
struct InputProblem {
  std::string_view code;  // "input.syntax", ...; a constant
  std::string message;
  size_t offset = 0;         // in the record's text
  bool is_readable = false;  // the text can still be read, so that the record shows the job's data
};

class InputDecoder {
 public:
  virtual ~InputDecoder() = default;
  // [any thread] The value lives as long as the text, the arena and the decoder. False: `problem` says why.
  virtual bool decode(std::string_view text, Arena&, Value& out, ReadProblem& problem) const = 0;
  // What it takes to make the same one in another process; see described_decoder.hpp.
  virtual std::string description() const = 0;
};

// A record's text by its decoder; none: the text is JSON.
inline bool read_record(const InputDecoder* decoder, Reader& reader, std::string_view text, Arena& arena, Value& out,
                        ReadProblem& problem) {
  if (decoder) return decoder->decode(text, arena, out, problem);
  if (reader.read(text, arena, out)) return true;
  problem = reader.problem();
  return false;
}

}  // namespace runnel::core
