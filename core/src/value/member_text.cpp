#include "value/member_text.hpp"

namespace runnel::core {
namespace {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n";
  const size_t start = text.find_first_not_of(kBlank);
  return start == std::string_view::npos ? text : text.substr(start, text.find_last_not_of(kBlank) + 1 - start);
}

}  // namespace

std::string_view member_text(std::string_view object, std::string_view name) {
  size_t depth = 0;
  size_t key_start = 0;
  size_t value_start = 0;
  std::string_view key;
  for (size_t at = 0; at < object.size(); ++at) {
    switch (object[at]) {
      case '"': {
        const size_t start = at;
        while (object[++at] != '"') at += object[at] == '\\' ? 1 : 0;
        if (depth == 1 && value_start == 0) {
          key_start = start + 1;
          key = object.substr(key_start, at - key_start);
        }
        break;
      }
      case ':':
        if (depth == 1) value_start = at + 1;
        break;
      case '{':
      case '[':
        ++depth;
        break;
      case '}':
      case ']':
      case ',':
        if (depth == 1 && value_start != 0 && key == name) return trimmed(object.substr(value_start, at - value_start));
        if (depth == 1 && object[at] == ',') value_start = 0;
        if (object[at] != ',') --depth;
        break;
      default:
        break;
    }
  }
  return {};
}

}  // namespace runnel::core
