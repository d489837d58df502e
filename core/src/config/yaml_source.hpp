// A text the user wrote, by name, and places in it by byte offset.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.hpp"

namespace runnel::core {

class YamlSource {
 public:
  YamlSource(std::string name, std::string text);
  const std::string& name() const { return name_; }
  std::string_view text() const { return text_; }
  // The text from `offset` to the end of its line, without the line's end.
  std::string_view rest_of_line(size_t offset) const;
  Place place(size_t offset, size_t length = 1) const;

 private:
  std::string name_;
  std::string text_;
  std::vector<size_t> lines_;  // where each starts
};

}  // namespace runnel::core
