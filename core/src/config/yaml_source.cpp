#include "config/yaml_source.hpp"

#include <algorithm>

namespace runnel::core {

YamlSource::YamlSource(std::string name, std::string text) : name_(std::move(name)), text_(std::move(text)), lines_{0} {
  for (size_t i = 0; i < text_.size(); ++i) {
    if (text_[i] == '\n') lines_.push_back(i + 1);
  }
}

std::string_view YamlSource::rest_of_line(size_t offset) const {
  if (offset >= text_.size()) return {};
  std::string_view rest = text().substr(offset);
  rest = rest.substr(0, rest.find('\n'));
  if (rest.ends_with('\r')) rest.remove_suffix(1);
  return rest;
}

Place YamlSource::place(size_t offset, size_t length) const {
  offset = std::min(offset, text_.size());
  const auto line = std::upper_bound(lines_.begin(), lines_.end(), offset) - 1;
  Place result;
  result.file = name_;
  result.line = static_cast<uint32_t>(line - lines_.begin() + 1);
  result.column = static_cast<uint32_t>(offset - *line + 1);
  result.length = static_cast<uint32_t>(std::max<size_t>(1, length));
  return result;
}

}  // namespace runnel::core
