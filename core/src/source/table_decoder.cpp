#include "source/table_decoder.hpp"

#include <algorithm>
#include <cstring>
#include <unordered_map>

#include "base/diagnostic.hpp"
#include "base/utf8.hpp"
#include "source/line_decoder.hpp"
#include "value/builder.hpp"

namespace runnel::core {
namespace {

struct Field {
  std::string_view raw;  // without the quotes around it
  size_t offset = 0;
  bool has_escapes = false;  // "" in quotes, or a backslash of TSV
};

// The fields of a row, one after the other.
class Fields {
 public:
  Fields(std::string_view text, bool quotes) : text_(text), quotes_(quotes) {}

  // False: there are no more, or problem() tells what is wrong.
  bool next(Field& field) {
    if (at_ > text_.size()) return false;
    field = {{}, at_, false};
    if (quotes_ && at_ < text_.size() && text_[at_] == '"') return quoted(field);
    const size_t end = std::min(text_.find(quotes_ ? ',' : '\t', at_), text_.size());
    field.raw = text_.substr(at_, end - at_);
    if (quotes_) {
      const size_t quote = field.raw.find('"');
      if (quote != std::string_view::npos)
        return fail(at_ + quote, "a quote inside a field that does not begin with one");
    } else {
      field.has_escapes = field.raw.find('\\') != std::string_view::npos;
    }
    at_ = end + 1;
    return true;
  }
  const ReadProblem& problem() const { return problem_; }

 private:
  bool quoted(Field& field) {
    size_t end = at_ + 1;
    for (;; end += 2) {
      end = text_.find('"', end);
      if (end == std::string_view::npos) return fail(at_, "a quoted field is not closed");
      if (text_.substr(end + 1, 1) != "\"") break;
      field.has_escapes = true;
    }
    field.raw = text_.substr(at_ + 1, end - at_ - 1);
    at_ = end + 2;
    if (end + 1 == text_.size() || text_[end + 1] == ',') return true;
    return fail(end + 1, "expected a comma behind the closing quote");
  }
  bool fail(size_t offset, std::string message) {
    problem_ = {ReadError::syntax, offset, std::move(message)};
    return false;
  }

  std::string_view text_;
  bool quotes_;
  size_t at_ = 0;  // text_.size() + 1 at the end: a separator at the end has an empty field behind it
  ReadProblem problem_;
};

char unescaped(char c) {
  switch (c) {
    case 't':
      return '\t';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    default:
      return c == '\\' ? c : '\0';
  }
}

// Escapes of a field taken back, into the arena. Null when it is exhausted.
const char* decoded(const Field& field, bool quotes, Arena& arena, size_t& size) {
  auto* const start = static_cast<char*>(arena.allocate(field.raw.size()));
  if (!start) return nullptr;
  char* to = start;
  for (size_t i = 0; i < field.raw.size(); ++i) {
    const char c = field.raw[i];
    const char next = i + 1 < field.raw.size() ? field.raw[i + 1] : '\0';
    *to++ = c;
    if (quotes) {
      i += c == '"';
    } else if (c == '\\' && unescaped(next) != '\0') {  // others stay as they are
      to[-1] = unescaped(next);
      ++i;
    }
  }
  size = static_cast<size_t>(to - start);
  return start;
}

Value value_of(const Field& field, bool quotes, Arena& arena) {
  if (!field.has_escapes) return string_view_value(field.raw);
  size_t size = 0;
  const char* text = decoded(field, quotes, arena, size);
  return text ? string_view_value({text, size}) : missing();
}

std::string counted(size_t number, const char* what) {
  return std::to_string(number) + " " + what + (number == 1 ? "" : "s");
}

}  // namespace

std::unique_ptr<TableDecoder> TableDecoder::from_header(std::string_view header, bool quotes, ReadProblem& problem) {
  if (!check_utf8(header, problem)) return nullptr;
  std::unique_ptr<TableDecoder> table(new TableDecoder(header, quotes));
  std::unordered_map<std::string, size_t> columns;
  Fields fields(table->header_, quotes);
  Field field;
  while (fields.next(field)) {
    Value name = value_of(field, quotes, table->memory_);
    const size_t column = table->names_.size() + 1;
    const std::string text(raw_text(name));
    if (text.empty()) {
      problem = {ReadError::syntax, field.offset, "the header has no name for column " + std::to_string(column)};
      return nullptr;
    }
    if (const auto [known, is_new] = columns.emplace(text, column); !is_new) {
      problem = {ReadError::syntax, field.offset,
                 "the header names columns " + std::to_string(known->second) + " and " + std::to_string(column) +
                     " both \"" + printable(text.substr(0, utf8_prefix(text, 100))) + "\""};
      return nullptr;
    }
    name.flags |= RUNNEL_STATIC;  // the decoder outlives its jobs
    table->names_.push_back(name);
  }
  problem = fields.problem();
  if (problem.error == ReadError::none) return table;
  problem.message = "the header: " + problem.message;
  return nullptr;
}

bool TableDecoder::decode(std::string_view text, Arena& arena, Value& out, ReadProblem& problem) const {
  if (!check_utf8(text, problem)) return false;
  std::vector<Member> members;
  members.reserve(names_.size());
  Fields fields(text, quotes_);
  Field field;
  size_t count = 0;
  size_t first_extra = 0;
  for (; fields.next(field); ++count) {
    if (count < names_.size()) {
      members.push_back({names_[count], value_of(field, quotes_, arena)});
    } else if (count == names_.size()) {
      first_extra = field.offset;
    }
  }
  problem = fields.problem();
  if (problem.error != ReadError::none) return false;
  if (count != names_.size()) {
    problem = {ReadError::syntax, count < names_.size() ? text.size() : first_extra,
               counted(count, "field") + " where the header has " + std::to_string(names_.size())};
    return false;
  }
  out = make_object(arena, members);
  if (!arena.exhausted()) return true;
  problem = {ReadError::memory, 0, "the record needs more memory than its job may have"};
  return false;
}

}  // namespace runnel::core
