// Conditions of routines: a field, a map of fields, a list, '= expr', true or false.
#include <algorithm>
#include <cctype>
#include <iterator>

#include "config/expressions.hpp"
#include "config/yaml_token.hpp"

namespace runnel::core {
namespace {

constexpr std::string_view kForms = "a field, a map {field: value}, a list of values or '= expression'";

AddedExpression add(Loading& loading, Condition condition, bool names_worker = false) {
  Expression expression;
  expression.kind = ExpressionKind::condition;
  expression.condition = std::move(condition);
  loading.flow.expressions.push_back(std::move(expression));
  return {loading.flow.expressions.size() - 1, names_worker};
}

PathHints hints_for(const std::string& expression) {
  return {"a field is a.b[0].c; an expression starts with =, as in " + expression,
          "name the field itself, or read the variable in an expression: '= data[env.NAME]'"};
}

// `data` is the item in Lua, and a field of it in a path: who writes data.email mostly means the former.
void warn_of_data(Loading& loading, const YamlNode& node) {
  constexpr std::string_view kItem = "data.";
  if (!node.text.starts_with(kItem)) return;
  const std::string rest = node.text.substr(kItem.size());
  loading.mistakes.warning(node.place(), quoted(node.text) + " is read as a field of the item's field \"data\"",
                           "write " + rest + " for the item's own, $." + node.text + " to mean it so");
}

// A text such as '= a' among the values would be compared as it is, which nobody means.
bool holds_expression(Loading& loading, const YamlNode& node) {
  for (const YamlNode& item : node.items) {
    if (holds_expression(loading, item)) return true;
  }
  for (const YamlEntry& entry : node.entries) {
    if (holds_expression(loading, entry.value)) return true;
  }
  if (node.kind != NodeKind::scalar || !node.text.starts_with('=')) return false;
  loading.mistakes.error(node.place(), "a value to compare with is no expression",
                         "write the whole condition as one: '= data.field == ...'");
  return true;
}

std::optional<AddedExpression> add_map(Loading& loading, const YamlNode& node, std::string_view name) {
  if (node.entries.empty()) {
    loading.mistakes.error(node.place(), std::string(name) + " names no field", "write true for what is always so");
    return std::nullopt;
  }
  Condition condition;
  condition.form = Condition::Form::all_equal;
  bool is_good = true;
  for (const YamlEntry& entry : node.entries) {
    auto path = read_path(loading, entry.key, name, hints_for("'= data.n > 3'"));
    warn_of_data(loading, entry.key);
    if (holds_expression(loading, entry.value)) {
      is_good = false;
      continue;
    }
    const auto expected = literal_value(loading, entry.value, quoted(entry.key.text));
    is_good = is_good && path && expected;
    if (is_good) condition.tests.push_back({std::move(*path), *expected});
  }
  if (!is_good) return std::nullopt;
  return add(loading, std::move(condition));
}

std::optional<AddedExpression> add_list(Loading& loading, const YamlNode& node, std::string_view name) {
  if (node.items.empty()) {
    loading.mistakes.error(node.place(), std::string(name) + " lists no value", "write false for what is never so");
    return std::nullopt;
  }
  if (holds_expression(loading, node)) return std::nullopt;
  const auto list = literal_value(loading, node, name);
  if (!list) return std::nullopt;
  Condition condition;
  condition.form = Condition::Form::one_of;
  condition.list = *list;
  return add(loading, std::move(condition));
}

std::optional<AddedExpression> add_expression(Loading& loading, const YamlNode& node, std::string_view name) {
  const auto lua = add_lua_expression(loading, node, name);
  if (!lua) return std::nullopt;
  Condition condition;
  condition.form = Condition::Form::expression;
  condition.expression = lua->index;
  return add(loading, std::move(condition), lua->names_worker);
}

// The expression somebody meant who wrote `amount > 500` as a field.
std::string as_expression(std::string_view text) {
  constexpr std::string_view kInScope[] = {"data",       "slots", "job", "worker",         "env",
                                           "re",         "json",  "now", "policy_message", "flow_id",
                                           "routine_id", "not",   "nil", "true",           "false"};
  size_t end = 0;
  while (end < text.size() && (std::isalnum(static_cast<unsigned char>(text[end])) || text[end] == '_')) ++end;
  const std::string_view first = text.substr(0, end);
  const bool is_field = !first.empty() && !std::isdigit(static_cast<unsigned char>(first[0])) &&
                        std::find(std::begin(kInScope), std::end(kInScope), first) == std::end(kInScope);
  return "'= " + std::string(is_field ? "data." : "") + std::string(text) + "'";
}

std::optional<AddedExpression> add_field(Loading& loading, const YamlNode& node, std::string_view name) {
  if (refuse_python(loading, node, 0, "= ")) return std::nullopt;
  const bool is_short =
      !node.text.empty() && node.text.size() <= 40 && node.text.find_first_of("'\n") == std::string::npos;
  auto path = read_path(loading, node, name, hints_for(is_short ? as_expression(node.text) : "'= data.n > 3'"));
  if (!path) return std::nullopt;
  warn_of_data(loading, node);
  Condition condition;
  condition.form = Condition::Form::truthy;
  condition.tests.push_back({std::move(*path), {}});
  return add(loading, std::move(condition));
}

}  // namespace

std::optional<AddedExpression> add_condition(Loading& loading, const YamlNode& node, std::string_view name) {
  if (node.kind == NodeKind::map) return add_map(loading, node, name);
  if (node.kind == NodeKind::list) return add_list(loading, node, name);
  if (node.kind == NodeKind::null) return loading.fields.refuse(node, name, kForms);
  if (node.text.starts_with('=')) return add_expression(loading, node, name);
  const Scalar scalar = read_scalar(node.text);
  if (node.is_text || scalar.type == ScalarType::text) return add_field(loading, node, name);
  if (scalar.type != ScalarType::boolean) return loading.fields.refuse(node, name, kForms);
  Condition condition;
  condition.constant = scalar.boolean;
  return add(loading, std::move(condition));
}

}  // namespace runnel::core
