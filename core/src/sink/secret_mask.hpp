// Replaces secret texts by ***, wherever they stand inside the strings of JSON.
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

  // Every string, keys too, of the JSON that stands in the buffer from `from` to `cursor`; returns the new cursor.
  char* mask(OutBuffer&, size_t from, char* cursor, const WriteOptions&) const;
  // In text that is not JSON, or not valid.
  std::string masked(std::string_view text) const;

 private:
  std::vector<std::string> secrets_;  // longest first, so that one within another leaves nothing of the other
};

}  // namespace runnel::core
