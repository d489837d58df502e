#include "base/diagnostic.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "base/edit_distance.hpp"

namespace runnel::core {
namespace {

constexpr size_t kWindow = 100;  // bytes of a long source line that are shown
constexpr size_t kFew = 8;       // candidates that are listed in full

struct Style {
  std::string_view bold, error, warning, caret, reset;
};
constexpr Style kPlain{};
constexpr Style kColored{"\x1b[1m", "\x1b[1;31m", "\x1b[1;35m", "\x1b[1;32m", "\x1b[0m"};

// Keeps the lines of a message of several lines, indented, and nothing else a terminal would obey.
std::string printable_lines(std::string_view text) {
  std::string result;
  for (size_t start = 0;;) {
    const size_t end = std::min(text.find('\n', start), text.size());
    result += printable(text.substr(start, end - start));
    if (end == text.size()) return result;
    result += "\n    ";
    start = end + 1;
  }
}

std::string_view line_of(std::string_view text, uint32_t line) {
  for (; line > 1; --line) {
    const size_t end = text.find('\n');
    if (end == std::string_view::npos) return {};
    text.remove_prefix(end + 1);
  }
  text = text.substr(0, text.find('\n'));
  if (text.ends_with('\r')) text.remove_suffix(1);
  return text;
}

size_t width(std::string_view printed) {
  return static_cast<size_t>(std::count_if(printed.begin(), printed.end(),
                                           [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

bool continues_character(std::string_view text, size_t at) {
  return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80;
}

// The source line and the caret under [column, column + length). Only a window of a long line is shown.
void print_source(std::string& out, std::string_view indent, std::string_view line, const Place& place,
                  const Style& style) {
  const size_t column = std::min<size_t>(place.column > 0 ? place.column - 1 : 0, line.size());
  size_t from = std::min(line.find_first_not_of(" \t"), column);
  size_t to = line.size();
  if (to - from > kWindow) {
    if (column - from > kWindow / 2) from = column - kWindow / 2;
    to = std::min(to, from + kWindow);
    while (continues_character(line, from)) --from;
    while (continues_character(line, to)) ++to;
  }
  std::string shown(from > std::min(line.find_first_not_of(" \t"), column) ? "..." : "");
  std::string under(shown.size(), ' ');
  // A tab stays a tab in both lines, so that they agree whatever its width.
  const auto add = [&](size_t begin, size_t end, char mark) {
    while (begin < end) {
      const size_t tab = std::min(line.find('\t', begin), end);
      const std::string piece = printable(line.substr(begin, tab - begin));
      shown += piece;
      if (mark) under.append(width(piece), mark);
      if (tab == end) break;
      shown += '\t';
      if (mark) under += mark == ' ' ? '\t' : mark;
      begin = tab + 1;
    }
  };
  const size_t marked_end = std::clamp<size_t>(column + place.length, column, to);
  add(from, column, ' ');
  const size_t caret = under.size();
  add(column, marked_end, '~');
  add(marked_end, to, '\0');
  if (to < line.size()) shown += "...";
  if (under.size() == caret) under += '~';
  under[caret] = '^';
  out.append(indent).append(shown).append("\n");
  out.append(indent).append(under, 0, caret).append(style.caret).append(under, caret).append(style.reset).append("\n");
}

// Files in the order they were first named, then by line and column.
std::map<std::string, size_t> ranks_of(const Diagnostics& diagnostics) {
  std::map<std::string, size_t> ranks;
  for (const Diagnostic& one : diagnostics) ranks.emplace(one.place.file, ranks.size());
  return ranks;
}

class Printer {
 public:
  Printer(const std::vector<SourceText>& sources, bool color) : sources_(sources), style_(color ? kColored : kPlain) {}

  void print(const Diagnostic& one) {
    const bool error = one.severity == Severity::error;
    print_headline(one.place, "", error ? "error" : "warning", error ? style_.error : style_.warning, one.message);
    for (const Note& note : one.notes) print_headline(note.place, "  ", "note", style_.bold, note.message);
    if (!one.hint.empty()) out_ += "hint: " + printable_lines(one.hint) + "\n";
  }

  std::string out_;

 private:
  void print_headline(const Place& place, std::string_view indent, std::string_view word, std::string_view word_style,
                      const std::string& message) {
    out_.append(indent).append(style_.bold).append(printable(place.text())).append(style_.reset);
    if (!place.file.empty()) out_ += ": ";
    out_.append(word_style).append(word).append(":").append(style_.reset).append(" ");
    out_ += printable_lines(message) + "\n";
    const auto source = std::find_if(sources_.begin(), sources_.end(),
                                     [&](const SourceText& candidate) { return candidate.file == place.file; });
    if (place.line == 0 || source == sources_.end()) return;
    print_source(out_, std::string(indent) + "    ", line_of(source->text, place.line), place, style_);
  }

  const std::vector<SourceText>& sources_;
  const Style& style_;
};

}  // namespace

std::string Place::text() const {
  if (line == 0) return file;
  return file + ":" + std::to_string(line) + ":" + std::to_string(column);
}

bool has_errors(const Diagnostics& diagnostics) {
  return std::any_of(diagnostics.begin(), diagnostics.end(),
                     [](const Diagnostic& one) { return one.severity == Severity::error; });
}

void sort_by_place(Diagnostics& diagnostics) {
  const auto ranks = ranks_of(diagnostics);
  std::stable_sort(diagnostics.begin(), diagnostics.end(), [&](const Diagnostic& a, const Diagnostic& b) {
    return std::tuple(ranks.at(a.place.file), a.place.line, a.place.column) <
           std::tuple(ranks.at(b.place.file), b.place.line, b.place.column);
  });
}

std::string print_text(const Diagnostics& diagnostics, const std::vector<SourceText>& sources, size_t most,
                       bool color) {
  const Severity shown = has_errors(diagnostics) ? Severity::error : Severity::warning;
  Diagnostics chosen;
  for (const Diagnostic& one : diagnostics) {
    if (one.severity == shown) chosen.push_back(one);
  }
  sort_by_place(chosen);
  Printer printer(sources, color);
  for (size_t i = 0; i < chosen.size() && i < most; ++i) printer.print(chosen[i]);
  if (chosen.size() > most) {
    const size_t more = chosen.size() - most;
    printer.out_ += "... and " + std::to_string(more) + " more " + (shown == Severity::error ? "error" : "warning") +
                    (more == 1 ? "" : "s") + "\n";
  }
  return printer.out_;
}

std::string suggest(std::string_view name, const std::vector<std::string>& candidates) {
  if (const std::string near = nearest(name, candidates); !near.empty()) return "did you mean \"" + near + "\"?";
  if (candidates.empty() || candidates.size() > kFew) return {};
  std::string list = candidates.size() == 1 ? "only " : "one of ";
  for (const std::string& candidate : candidates) list += (&candidate == candidates.data() ? "" : ", ") + candidate;
  return list;
}

}  // namespace runnel::core
