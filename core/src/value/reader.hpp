// JSON text (RFC 8259) to a Value: simdjson's first stage finds the structure, our second stage builds the tree.
// Strings without escapes, numbers and whole subtrees keep pointing into the text.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "value/value.hpp"

namespace runnel::core {

enum class ReadError : uint8_t { none, syntax, utf8, surrogate, duplicate_key, too_deep, memory };

// The code of a record's error: "input.syntax", ...; memory is "limit.memory".
std::string_view code_of(ReadError);

struct ReadProblem {
  ReadError error = ReadError::none;
  size_t offset = 0;    // byte of the text
  std::string message;  // "expected ',' or '}'"
};

class Reader {
 public:
  explicit Reader(uint32_t max_depth = kMaxDepth);
  ~Reader();
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  // The text must outlive the value and may hold no more than one JSON value and white space. No padding is needed.
  // Checks all of it: syntax, UTF-8, lone surrogates, duplicate keys (after unescaping), depth. On an error
  // the arena may have grown, `out` is missing, and problem() tells what and where.
  bool read(std::string_view text, Arena&, Value& out);
  const ReadProblem& problem() const { return problem_; }

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
  ReadProblem problem_;
};

// The careful second look at text the fast reader refused: the first mistake by position, with a message.
ReadProblem find_problem(std::string_view text, uint32_t max_depth = kMaxDepth);

}  // namespace runnel::core
