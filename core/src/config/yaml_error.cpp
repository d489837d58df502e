#include "config/yaml_error.hpp"

#include <algorithm>

#include "config/yaml_parser.hpp"

namespace runnel::core {
namespace {

struct Wording {
  std::string_view theirs;
  std::string_view ours;
  std::string_view hint;
};

const Wording kWordings[] = {
    {YAML::ErrorMsg::END_OF_MAP, "expected a key of the map above",
     "check the indentation, and that text in quotes ends with its line"},
    {YAML::ErrorMsg::END_OF_SEQ, "expected \"- \" and the next item of the list above", "check the indentation"},
    {YAML::ErrorMsg::MAP_VALUE, "\":\" is not allowed here",
     "check the indentation; put text that holds \": \" in quotes"},
    {YAML::ErrorMsg::MAP_KEY, "a key is not allowed here", "check the indentation"},
    {YAML::ErrorMsg::BLOCK_ENTRY, "\"- \" is not allowed here", "a list starts on its own line"},
    {YAML::ErrorMsg::FLOW_END, "nothing is open that this could close", ""},
    {YAML::ErrorMsg::UNKNOWN_TOKEN, "text cannot start with this character", "put it in quotes"},
    {YAML::ErrorMsg::DOC_IN_SCALAR, "a document marker inside quoted text", "indent the line"},
    {YAML::ErrorMsg::UNKNOWN_ANCHOR, "no anchor of this name stands above", ""},
    {YAML::ErrorMsg::TAB_IN_INDENTATION, "a tab cannot indent", "use spaces"},
    {YAML::ErrorMsg::EOF_IN_SCALAR, "text in quotes that never ends", ""},
};

// The quote behind `from` that no other closes. Scans token by token, as far as that takes.
std::optional<size_t> open_quote(std::string_view text, size_t from) {
  bool at_start = true;  // of a token: a quote inside a word is only a letter
  for (size_t i = from; i < text.size(); ++i) {
    const char c = text[i];
    if (at_start && c == '#' && (i == 0 || text[i - 1] == ' ' || text[i - 1] == '\n')) {
      i = std::min(text.find('\n', i), text.size());
    } else if (at_start && (c == '"' || c == '\'')) {
      size_t end = i + 1;
      for (; end < text.size() && text[end] != c; ++end) {
        if (c == '"' && text[end] == '\\') ++end;
      }
      if (end >= text.size()) return i;
      i = end;
      at_start = i + 1 < text.size() && text[i + 1] == c;  // '' inside single quotes: the string goes on
    } else {
      at_start = c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '[' || c == '{' || c == ',' || c == ':';
    }
  }
  return std::nullopt;
}

// Where brackets nest deeper than allowed.
size_t too_deep(std::string_view text, size_t from, size_t otherwise) {
  size_t depth = 0;
  for (size_t i = from; i < text.size(); ++i) {
    if (text[i] == '[' || text[i] == '{') {
      if (++depth > kMostNesting) return i;
    } else if ((text[i] == ']' || text[i] == '}') && depth > 0) {
      --depth;
    }
  }
  return otherwise;
}

// A tab before the first word of the line, a mistake yaml-cpp names otherwise.
std::optional<size_t> indenting_tab(std::string_view text, size_t offset) {
  const size_t line = offset == 0 ? 0 : text.rfind('\n', offset - 1) + 1;
  const size_t word = std::min(text.find_first_not_of(" \t", line), text.size());
  const size_t tab = text.find('\t', line);
  return tab < word ? std::optional(tab) : std::nullopt;
}

bool is(const YAML::Exception& error, std::string_view message) { return error.msg == message; }

bool report_unclosed_bracket(const YAML::Exception& error, size_t offset, const YamlSource& source,
                             const TreeBuilder& builder, Mistakes& mistakes) {
  if (!is(error, YAML::ErrorMsg::END_OF_MAP_FLOW) && !is(error, YAML::ErrorMsg::END_OF_SEQ_FLOW)) return false;
  const auto bracket = builder.open_bracket();
  if (!bracket) return false;
  const std::string open(1, source.text()[*bracket]), close(open == "[" ? "]" : "}");
  if (offset >= source.text().size()) {
    mistakes.error(source.place(*bracket), "\"" + open + "\" is never closed");
  } else {
    mistakes
        .error(source.place(offset), "expected \",\" or \"" + close + "\"",
               "between brackets, text that holds any of , [ ] { } needs quotes")
        .notes.push_back({source.place(*bracket), "opened here"});
  }
  return true;
}

}  // namespace

void report_yaml_error(const YAML::Exception& error, size_t offset, const YamlSource& source,
                       const TreeBuilder& builder, Mistakes& mistakes) {
  const std::string_view text = source.text();
  const bool is_behind_end = offset >= text.size();
  if (is_behind_end && (is(error, YAML::ErrorMsg::DOC_IN_SCALAR) || is(error, YAML::ErrorMsg::EOF_IN_SCALAR))) {
    if (const auto quote = open_quote(text, builder.last_event())) {
      mistakes.error(source.place(*quote), "text in quotes that never ends");
      return;
    }
  }
  if (report_unclosed_bracket(error, offset, source, builder, mistakes)) return;
  if (is(error, YAML::ErrorMsg::BAD_FILE)) {
    mistakes.error(source.place(too_deep(text, builder.last_event(), offset)),
                   "nested deeper than " + std::to_string(kMostNesting) + " levels");
    return;
  }
  if (error.msg.starts_with(YAML::ErrorMsg::INVALID_ESCAPE) && offset >= 2 && text[offset - 2] == '\\') {
    mistakes.error(source.place(offset - 2, 2), "unknown escape " + quoted(text.substr(offset - 2, 2)),
                   "write \\\\ for a backslash, or the text in single quotes");
    return;
  }
  if (const auto tab = indenting_tab(text, offset); tab && !is_behind_end) {
    mistakes.error(source.place(*tab), "a tab cannot indent", "use spaces");
    return;
  }
  for (const Wording& wording : kWordings) {
    if (!is(error, wording.theirs)) continue;
    mistakes.error(source.place(offset), std::string(wording.ours), std::string(wording.hint));
    return;
  }
  mistakes.error(source.place(offset), error.msg);
}

}  // namespace runnel::core
