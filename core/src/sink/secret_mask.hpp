// Replaces secret texts by ***, wherever they stand inside the strings and numbers of JSON.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "value/writer.hpp"

namespace runnel::core {

class SecretMask {
 public:
  explicit SecretMask(std::vector<std::string> secrets);  // empty ones are ignored
  bool active() const { return !secrets_.empty(); }

  // Every string, keys too, and every number of the JSON that stands in the buffer from `from` to `cursor`; returns the
  // new cursor. A number that holds a secret's digits or has its value becomes the string "***".
  char* mask(OutBuffer&, size_t from, char* cursor, const WriteOptions&) const;
  // In text that is not JSON, or not valid.
  std::string masked(std::string_view text) const;
  // The same in text that was cut, at its end or before "...": the first bytes of a secret there, too.
  std::string masked_cut(std::string_view text) const;
  // Of a line that may not be JSON: "***" alone if a secret is written in it in other escapes.
  std::string masked_line(std::string_view line) const;

 private:
  bool is_secret_number(std::string_view) const;

  std::vector<std::string> secrets_;  // longest first, so that one within another leaves nothing of the other
  std::vector<double> numbers_;       // those that are numbers
};

}  // namespace runnel::core
