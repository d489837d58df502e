// text_clipper: limits the length of a text; characters are Unicode code points.
#include <runnel/routine.hpp>
#include <string>

#include "field.hpp"

namespace {

using runnel::builtin::Field;

size_t count_characters(std::string_view text) {
  size_t count = 0;
  for (const char c : text) count += (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  return count;
}

// Where the text's first `count` characters end.
size_t end_of_characters(std::string_view text, size_t count) {
  size_t at = 0;
  for (; at < text.size(); ++at) {
    if ((static_cast<unsigned char>(text[at]) & 0xc0) != 0x80 && count-- == 0) break;
  }
  return at;
}

// Where the text's first `count` lines end, without the line break. A line break at the very end begins no line.
size_t end_of_lines(std::string_view text, size_t count) {
  size_t at = 0;
  while (true) {
    const size_t end = text.find('\n', at);
    if (end == std::string_view::npos || end + 1 == text.size()) return text.size();
    if (--count == 0) return end;
    at = end + 1;
  }
}

size_t count_lines(std::string_view text) {
  size_t count = text.empty() ? 0 : 1;
  if (text.ends_with('\n')) text.remove_suffix(1);
  for (size_t at = text.find('\n'); at != std::string_view::npos; at = text.find('\n', at + 1)) ++count;
  return count;
}

class TextClipper {
 public:
  explicit TextClipper(runnel::Config config)
      : field_("text_clipper", config.string("field"), "field"),
        message_(config.string("truncation_message")),
        cut_at_(config.string("cut_at")),
        preserve_tracebacks_(config.boolean("preserve_tracebacks")) {
    max_length_ = limit(config, "max_length");
    max_lines_ = limit(config, "max_lines");
    if (max_length_ == SIZE_MAX && max_lines_ == SIZE_MAX) {
      throw runnel::ConfigError("max_length", "nothing is limited; give max_length or max_lines");
    }
  }

  void activate(runnel::Activation& in) {
    const runnel::Items items = in.slot("input");
    for (uint32_t i = 0; i < items.size(); ++i) {
      in.emit("output", field_.change(in, items[i], [&](runnel::Value value) { return clipped(in, value); }));
    }
  }

  static constexpr auto spec() {
    return runnel::routine("text_clipper", "Limits the length of a text")
        .slot("input", "a text, or an object that holds one")
        .event("output", "the item, its text clipped where it was too long")
        .param("field", runnel::kind::string, "\"$\"", "path of the text (message.body); $ is the item itself")
        .param("max_length", runnel::kind::integer, "1000",
               "most characters (Unicode code points), the truncation message among them; 0: any number")
        .param("max_lines", runnel::kind::integer, "0", "most lines; 0: any number")
        .param("truncation_message", runnel::kind::string, "\"...\"",
               "stands where the text was cut; {remaining} in it is the number of lines that are not shown whole")
        .param("cut_at", runnel::kind::string, "\"character\"",
               "word: behind the last whole word; line: behind the last whole line, the message on a line of its own, "
               "which max_lines does not count")
        .choices("character|word|line")
        .param("preserve_tracebacks", runnel::kind::boolean, "false", "leave a text with the word Traceback alone");
  }

 private:
  static constexpr std::string_view kRemaining = "{remaining}";

  static size_t limit(const runnel::Config& config, const char* name) {
    const int64_t most = config.integer(name);
    if (most < 0) throw runnel::ConfigError(name, "must be 0 or more");
    return most == 0 ? SIZE_MAX : static_cast<size_t>(most);
  }

  runnel::Value clipped(runnel::Activation& in, runnel::Value value) {
    if (value.is_array() || value.is_object()) {
      in.fail("text_clipper.type", (field_.is_item() ? "the item" : '"' + field_.path() + '"') + " is " +
                                       std::string(runnel::builtin::kind_name(value)) +
                                       ", not a text; \"field\" says where the text is");
    }
    const auto text = value.as_string();
    if (!text || (preserve_tracebacks_ && text->find("Traceback") != std::string_view::npos)) return value;
    const bool is_long = text->size() > max_length_ && count_characters(*text) > max_length_;
    const size_t lines_end = max_lines_ == SIZE_MAX ? text->size() : end_of_lines(*text, max_lines_);
    if (!is_long && lines_end == text->size()) return value;
    clip(*text, lines_end);
    return in.string(result_);
  }

  // The message tells what was cut, and what is cut depends on the room the message takes.
  void clip(std::string_view text, size_t lines_end) {
    const size_t lines = count_lines(text);
    size_t end = cut(text, lines_end, max_length_);
    while (true) {
      write_message(lines - whole_lines(text, end), cut_at_ == "line" && end > 0);
      const size_t room = count_characters(tail_);
      if (room > max_length_) {  // not even the message fits
        tail_.clear();
        end = cut(text, lines_end, max_length_);
        break;
      }
      const size_t next = cut(text, end, max_length_ - room);
      if (next == end) break;
      end = next;
    }
    result_.assign(text.substr(0, end));
    result_ += tail_;
  }

  size_t cut(std::string_view text, size_t end, size_t most) const {
    if (most < end) end = std::min(end, end_of_characters(text.substr(0, end), most));
    if (end == text.size()) return end;
    if (cut_at_ == "line" && text[end] != '\n') {
      const size_t before = text.substr(0, end).find_last_of('\n');
      return before == std::string_view::npos ? 0 : before;
    }
    constexpr std::string_view kBlank = " \t\r\n";
    if (cut_at_ != "word") return end;
    if (kBlank.find(text[end]) == std::string_view::npos) {  // inside a word
      const size_t blank = text.substr(0, end).find_last_of(kBlank);
      if (blank == std::string_view::npos) return end;  // one long word
      end = blank;
    }
    const size_t last = text.substr(0, end).find_last_not_of(kBlank);
    return last == std::string_view::npos ? 0 : last + 1;
  }

  static size_t whole_lines(std::string_view text, size_t end) {
    if (end == text.size() || text[end] == '\n') return count_lines(text.substr(0, end));
    const size_t lines = count_lines(text.substr(0, end));
    return lines ? lines - 1 : 0;
  }

  void write_message(size_t remaining, bool on_own_line) {
    tail_.assign(on_own_line ? "\n" : "");
    tail_ += message_;
    const size_t at = tail_.find(kRemaining);
    if (at != std::string::npos) tail_.replace(at, kRemaining.size(), std::to_string(remaining));
  }

  Field field_;
  std::string message_, cut_at_;
  bool preserve_tracebacks_;
  size_t max_length_, max_lines_;
  std::string result_, tail_;  // scratch
};

}  // namespace

RUNNEL_PLUGIN("text_clipper", "0.1.0", TextClipper)
