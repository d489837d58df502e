// Mapper values and literals: what of a configuration is computed from the item or kept as it is.
#include <cmath>

#include "config/expressions.hpp"
#include "config/map_reader.hpp"
#include "value/builder.hpp"

namespace runnel::core {
namespace {

AddedExpression add(Loading& loading, ExpressionKind kind, std::vector<PathStep> path, Value fallback) {
  Expression expression;
  expression.kind = kind;
  expression.path = std::move(path);
  expression.fallback = fallback;
  loading.flow.expressions.push_back(std::move(expression));
  return {loading.flow.expressions.size() - 1, false};
}

// {path, default} and {value: literal}.
std::optional<AddedExpression> add_from_map(Loading& loading, const YamlNode& node, std::string_view name) {
  const size_t mistakes = loading.mistakes.errors();
  const MapReader map(node, loading.mistakes, {"path", "default", "value"}, " in " + std::string(name), "key",
                      [](const std::string& key) -> std::string {
                        if (key != "transform") return "";
                        return "write the value as an expression: '= data.user.first .. \" \" .. data.user.last'";
                      });
  const YamlNode* value = map.get("value");
  const YamlNode* path_node = map.get("path");
  if (value && (path_node || map.get("default"))) {
    loading.mistakes.error(map.entry("value")->key.place(),
                           "\"value\" stands alone: " + std::string(name) + " is either {path, default} or {value}");
    return std::nullopt;
  }
  if (value) {
    const auto literal = literal_value(loading, *value, name);
    if (!literal) return std::nullopt;
    return add(loading, ExpressionKind::constant, {}, *literal);
  }
  if (!path_node) {
    if (loading.mistakes.errors() == mistakes) {
      loading.mistakes.error(node.place(), std::string(name) + " needs \"path\" or \"value\"",
                             "write {value: ...} for a constant map");
    }
    return std::nullopt;
  }
  auto path = read_path(loading, *path_node, "\"path\"");
  Value fallback = missing();
  if (const YamlNode* otherwise = map.get("default")) {
    const auto literal = literal_value(loading, *otherwise, "\"default\"");
    if (!literal) return std::nullopt;
    fallback = *literal;
  }
  if (!path) return std::nullopt;
  return add(loading, ExpressionKind::path, std::move(*path), fallback);
}

std::optional<Value> number_value(Loading& loading, const YamlNode& node, std::string_view name, const Scalar& scalar) {
  if (scalar.json.empty() && !scalar.integer) {
    return loading.fields.refuse(node, name, "a value that JSON can hold");
  }
  if (scalar.integer) return make_int(*scalar.integer);
  if (scalar.type == ScalarType::number && std::isfinite(scalar.number)) return make_double(scalar.number);
  Value number = make_string(*loading.flow.memory, scalar.json, RUNNEL_CLEAN);  // beyond int64 or double: kept as text
  number.kind = RUNNEL_NUMBER;
  return number;
}

}  // namespace

std::optional<AddedExpression> add_mapper_value(Loading& loading, const YamlNode& node, std::string_view name) {
  constexpr std::string_view kForms = "a path, '= expression', {path, default} or {value: ...}";
  if (node.kind == NodeKind::map) return add_from_map(loading, node, name);
  if (node.kind == NodeKind::list) return loading.fields.refuse(node, name, kForms, "write {value: [...]} for a list");
  const bool is_text =
      node.is_text || (node.kind == NodeKind::scalar && read_scalar(node.text).type == ScalarType::text);
  if (!is_text) {
    const auto constant = scalar_value(loading, node, name);
    if (!constant) return std::nullopt;
    return add(loading, ExpressionKind::constant, {}, *constant);
  }
  if (node.text.starts_with('=')) return add_lua_expression(loading, node, name);
  auto path = read_path(loading, node, name);
  if (!path) return std::nullopt;
  return add(loading, ExpressionKind::path, std::move(*path), missing());
}

std::optional<Value> scalar_value(Loading& loading, const YamlNode& node, std::string_view name) {
  if (node.kind == NodeKind::null) return null_value();
  const auto interpolated = loading.fields.interpolate(node);
  if (!interpolated) return std::nullopt;
  if (!node.is_text && !interpolated->changed) {
    const Scalar scalar = read_scalar(node.text);
    switch (scalar.type) {
      case ScalarType::null:
        return null_value();
      case ScalarType::boolean:
        return make_bool(scalar.boolean);
      case ScalarType::integer:
      case ScalarType::number:
        return number_value(loading, node, name, scalar);
      case ScalarType::text:
        break;
    }
  }
  return make_string(*loading.flow.memory, interpolated->text);
}

std::optional<Value> literal_value(Loading& loading, const YamlNode& node, std::string_view name) {
  Arena& memory = *loading.flow.memory;
  bool is_good = true;
  if (node.kind == NodeKind::list) {
    std::vector<Value> items;
    for (const YamlNode& item : node.items) {
      const auto value = literal_value(loading, item, name);
      is_good &= value.has_value();
      items.push_back(value.value_or(missing()));
    }
    return is_good ? std::optional(make_array(memory, items)) : std::nullopt;
  }
  if (node.kind == NodeKind::map) {
    std::vector<Member> members;
    for (const YamlEntry& entry : node.entries) {
      const auto value = literal_value(loading, entry.value, name);
      is_good &= value.has_value();
      members.push_back({make_string(memory, entry.key.text), value.value_or(missing())});
    }
    return is_good ? std::optional(make_object(memory, members)) : std::nullopt;
  }
  return scalar_value(loading, node, name);
}

}  // namespace runnel::core
