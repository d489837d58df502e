// Expressions of the flow file: compiled while it is loaded, kept in flow.expressions.
#pragma once

#include <optional>

#include "config/loading.hpp"

namespace runnel::core {

struct AddedExpression {
  size_t index = 0;
  bool names_worker = false;
  bool names_job = false;
};

// `name`: what the expression is of, as messages show it. A mistake is reported and gives nothing.
// A condition or computed value; a leading `=` is allowed.
std::optional<AddedExpression> add_lua_expression(Loading&, const YamlNode&, std::string_view name);
// The same over a job's record: --where.
std::optional<AddedExpression> add_record_expression(Loading&, const YamlNode&, std::string_view name);
std::optional<AddedExpression> add_lua_script(Loading&, const YamlNode&, std::string_view name);
std::optional<AddedExpression> add_text(Loading&, const YamlNode&, std::string_view name);
// A path, '= expr', {path, default}, {value: literal} or a constant.
std::optional<AddedExpression> add_mapper_value(Loading&, const YamlNode&, std::string_view name);

// A field, a map of fields, a list, '= expr', true or false.
std::optional<AddedExpression> add_condition(Loading&, const YamlNode&, std::string_view name);

// A node as a JSON value in the flow's memory, variables put in. Strings with a leading `=` stay text.
std::optional<Value> literal_value(Loading&, const YamlNode&, std::string_view name);
// A scalar of it.
std::optional<Value> scalar_value(Loading&, const YamlNode&, std::string_view name);

// The path a scalar holds; a mistake is reported inside it. The hints: what to write instead of something that is no
// path and of a variable.
struct PathHints {
  std::string otherwise = "a path is a.b[0].c; write {value: ...} for a constant, '= ...' for an expression";
  std::string variable = "";
};
std::optional<std::vector<PathStep>> read_path(Loading&, const YamlNode&, std::string_view name,
                                               const PathHints& hints = {});
// Reports text that is Python behind byte `from`; true if it is. `form`: what stands before Lua in the hint.
bool refuse_python(Loading&, const YamlNode&, size_t from, std::string_view form = {});

}  // namespace runnel::core
