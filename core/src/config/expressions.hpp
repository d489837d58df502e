// Expressions of the flow file: compiled while it is loaded, kept in flow.expressions.
#pragma once

#include <optional>

#include "config/loading.hpp"

namespace runnel::core {

struct AddedExpression {
  size_t index = 0;
  bool names_worker = false;
};

// `name`: what the expression is of, as messages show it. A mistake is reported and gives nothing.
// A condition or computed value; a leading `=` is allowed.
std::optional<AddedExpression> add_lua_expression(Loading&, const YamlNode&, std::string_view name);
std::optional<AddedExpression> add_lua_script(Loading&, const YamlNode&, std::string_view name);
std::optional<AddedExpression> add_text(Loading&, const YamlNode&, std::string_view name);
// A path, '= expr', {path, default}, {value: literal} or a constant.
std::optional<AddedExpression> add_mapper_value(Loading&, const YamlNode&, std::string_view name);

// A node as a JSON value in the flow's memory, variables put in. Strings with a leading `=` stay text.
std::optional<Value> literal_value(Loading&, const YamlNode&, std::string_view name);
// A scalar of it.
std::optional<Value> scalar_value(Loading&, const YamlNode&, std::string_view name);

// The path a scalar holds; a mistake is reported inside it.
std::optional<std::vector<PathStep>> read_path(Loading&, const YamlNode&, std::string_view name);

}  // namespace runnel::core
