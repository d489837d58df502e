// What a flow file holds that is computed at run time: Lua expressions, scripts and texts with placeholders, and mapper
// values.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "base/diagnostic.hpp"
#include "value/value.hpp"

namespace runnel::core {

enum class ExpressionKind : uint8_t {
  lua_expression,  // `data.amount > 500`: one value
  lua_script,      // a chunk; its value is not used
  lua_record,      // an expression over a finished job's record, which is the context's `data`: `record`, `job`
  text,            // "hello {data.user.name}": a string
  path,            // a.b[0].c of the item, with a fall-back
  constant,        // {value: 3}
  condition        // true or false: a test of the item, or of an expression's value
};

// Lua source and where it stands in the flow file.
struct ExpressionSource {
  std::string text;
  std::string file;   // as messages name it
  uint32_t line = 1;  // of the text's first character, 1-based
  uint32_t column = 1;
  bool exact_lines = true;  // plain and literal block scalars: line n of the text is line + n - 1 of the file;
                            // otherwise (quoted, folded) every mistake is reported at `line`
  uint32_t indent = 0;      // columns the YAML block indents each line after the first by
};

struct PathStep {
  std::string key;     // a member, or
  uint32_t index = 0;  // an element, from 0
  bool is_index = false;
};

// A condition in one of its written forms.
struct Condition {
  enum class Form : uint8_t {
    constant,    // true or false
    all_equal,   // {status: active, kind: [a, b]}: each field is, or is one of
    truthy,      // user.email: the field is there and not null, false, "", 0, [] or {}
    one_of,      // [a, b]: the item is one of them
    expression,  // '= expr': neither nil nor false
  };
  struct Test {
    std::vector<PathStep> path;
    Value expected{};  // lives in the flow, as `list` does
  };

  Form form = Form::constant;
  bool constant = false;
  std::vector<Test> tests;  // all_equal, and the one of truthy
  Value list{};             // one_of
  size_t expression = 0;    // number of the Lua expression
};

struct Expression {
  ExpressionKind kind = ExpressionKind::constant;
  ExpressionSource source;
  std::vector<PathStep> path;  // kind path
  Value fallback{};            // kind path: when the path leads nowhere; kind constant: the value. Lives in the flow
  Condition condition{};       // kind condition
};

// All expressions of a flow; a RUNNEL_EXPRESSION value's as.integer is an index into it.
using ExpressionTable = std::vector<Expression>;

inline Value expression_value(size_t index) {
  Value v{};
  v.kind = RUNNEL_EXPRESSION;
  v.as.integer = static_cast<int64_t>(index);
  return v;
}

// Reads `a.b[0].c`, `$.a.b` or `$`; the message of a mistake, or "".
std::string parse_path(std::string_view text, std::vector<PathStep>& out);
Value follow_path(Value item, const std::vector<PathStep>& path);

// There and neither null, false, 0, empty text, an empty list nor an empty object.
bool is_truthy(Value);
// Every form but `expression`.
bool holds(const Condition&, Value item);

}  // namespace runnel::core
