#include "config/tree_checks.hpp"

namespace runnel::core {
namespace {

constexpr std::string_view kEscapes = "0abt\tnvfre \"/\\N_LPxuU\n\r";  // YAML 1.2, 5.7

class QuotedText {
 public:
  QuotedText(const YamlNode& node, std::optional<size_t> block_column, Mistakes& mistakes)
      : source_(*node.source),
        text_(source_.text()),
        open_(node.offset),
        block_column_(block_column),
        mistakes_(mistakes) {}

  bool check() {
    const char quote = text_[open_];
    for (at_ = open_ + 1; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '\n' && !check_line(at_ + 1)) return false;
      if (quote == '"' && c == '\\') {
        check_escape();
      } else if (c == quote) {
        if (quote == '"' || at_ + 1 >= text_.size() || text_[at_ + 1] != quote) break;
        ++at_;
      }
    }
    if (at_ + 1 < text_.size() && text_[at_ + 1] == '#') {
      mistakes_.error(source_.place(at_ + 1), "a comment needs a blank before it");
    }
    return true;
  }

 private:
  void check_escape() {
    const char escape = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
    if (kEscapes.find(escape) == std::string_view::npos) {
      mistakes_.error(source_.place(at_, 2), "unknown escape " + quoted(text_.substr(at_, 2)),
                      "write \\\\ for a backslash, or the text in single quotes");
    }
    if (escape != '\n') ++at_;
  }

  // A line that is indented no further than the block around it belongs to the block: the quote was meant to end above.
  bool check_line(size_t start) {
    const size_t word = text_.find_first_not_of(' ', start);
    if (!block_column_ || word == std::string_view::npos || text_[word] == '\n' || text_[word] == '\r') return true;
    if (word - start > *block_column_) return true;
    mistakes_
        .error(source_.place(word, source_.rest_of_line(word).size()),
               "text in quotes goes on here but is not indented", "is the closing quote missing?")
        .notes.push_back({source_.place(open_), "opened here"});
    return false;
  }

  const YamlSource& source_;
  std::string_view text_;
  size_t open_;
  std::optional<size_t> block_column_;
  Mistakes& mistakes_;
  size_t at_ = 0;
};

}  // namespace

bool check_scalar(const YamlNode& node, std::optional<size_t> block_column, Mistakes& mistakes) {
  switch (node.style) {
    case ScalarStyle::single_quoted:
    case ScalarStyle::double_quoted:
      return QuotedText(node, block_column, mistakes).check();
    case ScalarStyle::literal:
    case ScalarStyle::folded: {
      const std::string_view header = node.source->rest_of_line(node.offset);
      const size_t comment = header.find('#');
      if (comment != std::string_view::npos && header[comment - 1] != ' ' && header[comment - 1] != '\t') {
        mistakes.error(node.source->place(node.offset + comment), "a comment needs a blank before it");
      }
      break;
    }
    case ScalarStyle::plain:
      break;
  }
  return true;
}

bool check_colon(const YamlNode& key, size_t value_offset, Mistakes& mistakes) {
  if (key.alias != YamlNode::kNotUsed || value_offset != key.offset) return true;
  mistakes.error(key.place(), "key " + quoted(key.text) + " without \":\"");
  return false;
}

void check_item(const YamlNode& list, const YamlNode& item, Mistakes& mistakes) {
  const bool is_at_end = item.offset >= item.source->text().size();  // an open bracket: reported as that
  if (item.kind == NodeKind::null && item.text.empty() && is_in_brackets(list) && !is_at_end) {
    mistakes.error(item.place(), "expected a value before this");
  }
}

}  // namespace runnel::core
