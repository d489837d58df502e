// The text yaml-cpp is given: the source, a sentinel document behind it, and JSON's surrogate pairs (which YAML does
// not have) as the characters they mean.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace runnel::core {

class YamlInput {
 public:
  static constexpr std::string_view kSentinel = "end of the flow file, 5f1c";

  explicit YamlInput(std::string_view source);
  const std::string& text() const { return text_; }
  // Offset in the source of an offset in text(); at most the source's size.
  size_t original(size_t offset) const;

 private:
  void copy_json(std::string_view source);

  std::string text_;
  size_t source_size_;
  std::vector<std::pair<size_t, size_t>> shifts_;  // from this offset of text_ on: bytes the source is ahead
};

}  // namespace runnel::core
