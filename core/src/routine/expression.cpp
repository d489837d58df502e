#include "routine/expression.hpp"

#include <charconv>

namespace runnel::core {

namespace {

// What stands in expressions and texts meant for something else; a member of such a name is reached by an expression.
constexpr std::string_view kNeverInNames = " \t\n=*+/<>(){}\"'~,";

std::string misplaced(char c) {
  return c == ' ' || c == '\t' || c == '\n' ? "a blank stands in no path"
                                            : std::string("'") + c + "' stands in no path";
}

}  // namespace

std::string parse_path(std::string_view text, std::vector<PathStep>& out) {
  if (text.starts_with('$')) {
    text.remove_prefix(1);
    if (text.starts_with('.')) {
      text.remove_prefix(1);
      if (text.empty()) return "the path ends in a dot";
    } else if (!text.empty() && text[0] != '[') {
      return "after $ comes .name or [index]";
    }
    if (text.empty()) return "";  // the item itself
  }
  if (text.empty()) return "the path is empty";
  bool name_expected = text[0] != '[';
  while (!text.empty()) {
    if (text[0] == '[') {
      const size_t close = text.find(']');
      if (close == std::string_view::npos) return "a [ without ]";
      PathStep step;
      step.is_index = true;
      const auto [end, error] = std::from_chars(text.data() + 1, text.data() + close, step.index);
      if (error != std::errc{} || end != text.data() + close) return "between [ and ] stands a number from 0";
      out.push_back(std::move(step));
      text.remove_prefix(close + 1);
      name_expected = false;
    } else {
      if (!name_expected) {
        if (text[0] != '.') return "after ] comes . or [";
        text.remove_prefix(1);
      }
      const size_t stop = text.find_first_of(".[");
      const std::string_view name = text.substr(0, stop);
      if (name.empty()) return "a name is missing";
      if (const size_t at = name.find_first_of(kNeverInNames); at != std::string_view::npos) return misplaced(name[at]);
      out.push_back({std::string(name)});
      text.remove_prefix(name.size());
      name_expected = false;
    }
  }
  return "";
}

Value follow_path(Value item, const std::vector<PathStep>& path) {
  for (const PathStep& step : path) {
    if (step.is_index) {
      item = item.kind == RUNNEL_ARRAY && step.index < item.size ? items_of(item)[step.index] : missing();
    } else {
      item = get(item, step.key);
    }
  }
  return item;
}

}  // namespace runnel::core
