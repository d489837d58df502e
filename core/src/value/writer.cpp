#include "value/writer.hpp"

#include <algorithm>
#include <charconv>

namespace runnel::core {

OutBuffer::OutBuffer(size_t capacity) : bytes_(new char[capacity]), limit_(bytes_.get() + capacity) {}

char* OutBuffer::grow(char* cursor, size_t more) {
  const auto used = static_cast<size_t>(cursor - bytes_.get());
  const auto capacity = static_cast<size_t>(limit_ - bytes_.get());
  const size_t grown = std::max(used + more, capacity * 2);
  std::unique_ptr<char[]> larger(new char[grown]);
  std::memcpy(larger.get(), bytes_.get(), used);
  bytes_ = std::move(larger);
  limit_ = bytes_.get() + grown;
  return bytes_.get() + used;
}

void OutBuffer::release_above(size_t capacity) {
  if (static_cast<size_t>(limit_ - bytes_.get()) <= capacity || used_ > capacity) return;
  std::unique_ptr<char[]> smaller(new char[capacity]);
  std::memcpy(smaller.get(), bytes_.get(), used_);
  bytes_ = std::move(smaller);
  limit_ = bytes_.get() + capacity;
}

char* write_int(char* cursor, int64_t number) { return std::to_chars(cursor, cursor + 20, number).ptr; }

char* write_double(char* cursor, double number) {
  if (!std::isfinite(number)) return put(cursor, "null");  // JSON has no word for it
  constexpr double kFixedBelow = 1e15;                     // and 1e+05 is no way to write 100000.0
  if (std::fabs(number) < kFixedBelow && number == std::trunc(number)) {
    if (number == 0 && std::signbit(number)) return put(cursor, "-0.0");
    return put(write_int(cursor, static_cast<int64_t>(number)), ".0");
  }
  char* const end = std::to_chars(cursor, cursor + 32, number).ptr;
  const bool marked = std::any_of(cursor, end, [](char c) { return c == '.' || c == 'e'; });
  return marked ? end : put(end, ".0");
}

namespace {

// What most members are, without a call: room for a separator is left behind it.
char* write_member(OutBuffer& out, char* cursor, Value v, const WriteOptions& options) {
  if (v.kind == RUNNEL_STRING && (v.flags & RUNNEL_CLEAN)) {
    cursor = out.ensure(cursor, v.size + size_t{4});
    *cursor++ = '"';
    cursor = put_short(cursor, v.as.text, v.size);
    *cursor++ = '"';
    return cursor;
  }
  if (v.kind == RUNNEL_INT) return write_int(out.ensure(cursor, 32), v.as.integer);
  return out.ensure(write_value(out, cursor, v, options), 2);
}

}  // namespace

char* write_value(OutBuffer& out, char* cursor, Value v, const WriteOptions& options) {
  switch (v.kind) {
    case RUNNEL_BOOL:
      return put(out.ensure(cursor, 8), v.as.integer ? "true" : "false");
    case RUNNEL_INT:
      return write_int(out.ensure(cursor, 32), v.as.integer);
    case RUNNEL_DOUBLE:
      return write_double(out.ensure(cursor, 40), v.as.number);
    case RUNNEL_NUMBER:
      return put(out.ensure(cursor, v.size), raw_text(v));
    case RUNNEL_STRING:
      return write_string(out, cursor, raw_text(v), v.flags, options);
    case RUNNEL_ARRAY:
    case RUNNEL_OBJECT:
      break;
    default:
      return put(out.ensure(cursor, 8), "null");
  }
  const Node& node = *node_of(v);
  if (node.text && options.splice && !options.ascii) {
    return put(out.ensure(cursor, node.text_size), {node.text, node.text_size});
  }
  const bool object = v.kind == RUNNEL_OBJECT;
  cursor = out.ensure(cursor, 2);
  *cursor++ = object ? '{' : '[';
  const auto* elements = reinterpret_cast<const Value*>(&node + 1);
  for (uint32_t i = 0; i < v.size; ++i) {
    if (i > 0) *cursor++ = ',';
    if (object) {
      cursor = write_member(out, cursor, *elements++, options);
      *cursor++ = ':';
    }
    cursor = write_member(out, cursor, *elements++, options);
  }
  cursor = out.ensure(cursor, 1);
  *cursor++ = object ? '}' : ']';
  return cursor;
}

std::string to_json(Value v, const WriteOptions& options) {
  OutBuffer out(1024);
  out.set_end(write_value(out, out.begin(), v, options));
  return std::string(out.view());
}

std::string to_pretty_json(std::string_view json) {
  std::string result;
  size_t depth = 0;
  const auto new_line = [&] { result.append("\n").append(2 * depth, ' '); };
  for (size_t at = 0; at < json.size(); ++at) {
    const char c = json[at];
    if (c == '"') {
      const size_t start = at++;
      while (at < json.size() && json[at] != '"') at += json[at] == '\\' ? 2 : 1;
      result += json.substr(start, at + 1 - start);
    } else if (c == '{' || c == '[') {
      result += c;
      const size_t next = json.find_first_not_of(" \t\r\n", at + 1);
      if (next != std::string_view::npos && json[next] == (c == '{' ? '}' : ']')) {
        result += json[next];
        at = next;
      } else {
        ++depth;
        new_line();
      }
    } else if (c == '}' || c == ']') {
      if (depth > 0) --depth;
      new_line();
      result += c;
    } else if (c == ',') {
      result += c;
      new_line();
    } else if (c == ':') {
      result += ": ";
    } else if (c != ' ' && c != '\t' && c != '\r' && c != '\n') {
      result += c;
    }
  }
  return result;
}

}  // namespace runnel::core
