// The fenced code blocks of a Markdown text, as language models write them.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace runnel::builtin {

inline constexpr std::string_view kBlank = " \t\r\n";

inline std::string_view trimmed(std::string_view text) {
  const size_t first = text.find_first_not_of(kBlank);
  return first == std::string_view::npos ? "" : text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

struct FencedBlock {
  std::string language;  // in lower case, without braces; may be empty
  std::string_view text;
};

// ``` or ~~~ begin a block, ``` behind other words of a line, too (Sure! ```json); as many of the same end it: first on
// a line, alone or with words behind, or behind the block's last line. A block that does not end goes to the end of the
// text.
class FencedBlocks {
 public:
  void read(std::string_view text, std::vector<FencedBlock>& out) {
    out.clear();
    size_t at = 0;
    while (at < text.size()) {
      std::string_view line = line_at(text, at);
      line = opening(trimmed(line));
      const size_t fence = fence_size(line);
      if (fence < 3) continue;
      const std::string_view info = trimmed(line.substr(fence));
      out.push_back({language_of(info), block(text, at, line.substr(0, fence))});
    }
  }

 private:
  // Moves `at` behind the line break.
  static std::string_view line_at(std::string_view text, size_t& at) {
    const size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = text.substr(at, end - at);
    at = end + 1;
    return line;
  }

  static size_t fence_size(std::string_view line) {
    if (line.empty() || (line[0] != '`' && line[0] != '~')) return 0;
    const size_t end = line.find_first_not_of(line[0]);
    return end == std::string_view::npos ? line.size() : end;
  }

  // The line from the fence that opens a block in it, or "". Of ```this``` and ```that``` within a line each second one
  // closes; behind other words a fence has at most a language with it.
  static std::string_view opening(std::string_view line) {
    if (line.starts_with("~~~")) return line;
    size_t at = std::string_view::npos, from = 0;
    bool is_open = false;
    while ((from = line.find("```", from)) != std::string_view::npos) {
      at = from;
      is_open = !is_open;
      from = std::min(line.find_first_not_of('`', from), line.size());
    }
    if (!is_open) return {};
    const std::string_view info = trimmed(line.substr(at + fence_size(line.substr(at))));
    if (info.find('`') != std::string_view::npos) return {};
    return at == 0 || info.find_first_of(" \t") == std::string_view::npos ? line.substr(at) : std::string_view();
  }

  static std::string language_of(std::string_view info) {
    std::string language;
    for (const char c : info) {
      if (c == ' ' || c == '\t' || c == '}' || c == ',') break;
      if (c == '{' || c == '.') continue;
      language += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    }
    return language;
  }

  static std::string_view block(std::string_view text, size_t& at, std::string_view fence) {
    const size_t begin = std::min(at, text.size());
    while (at < text.size()) {
      const size_t line_begin = at;
      const std::string_view line = trimmed(line_at(text, at));
      if (fence_size(line) == fence.size() && line.starts_with(fence) && line.size() > fence.size() &&
          (line[fence.size()] == ' ' || line[fence.size()] == '\t')) {  // ``` and more words, maybe the next block
        at = static_cast<size_t>(line.data() - text.data()) + fence.size();
        return text.substr(begin, line_begin > begin ? line_begin - 1 - begin : 0);
      }
      const bool ends = line.size() >= fence.size() && line.substr(line.size() - fence.size()) == fence;
      if (!ends) continue;
      const bool is_alone = fence_size(line) == line.size();
      if (is_alone) return text.substr(begin, line_begin > begin ? line_begin - 1 - begin : 0);
      return text.substr(begin, static_cast<size_t>(line.data() - text.data()) + line.size() - fence.size() - begin);
    }
    return text.substr(begin);
  }
};

}  // namespace runnel::builtin
