#include "config/expressions.hpp"

#include <algorithm>

#include "config/python_text.hpp"
#include "config/yaml_token.hpp"

namespace runnel::core {
namespace {

std::optional<AddedExpression> compile(Loading& loading, ExpressionKind kind, ExpressionSource source) {
  ScriptFacts facts;
  if (auto mistake = loading.scripts.check(kind, source, facts)) {
    loading.mistakes.add(std::move(*mistake));
    return std::nullopt;
  }
  Expression expression;
  expression.kind = kind;
  expression.source = std::move(source);
  loading.flow.expressions.push_back(std::move(expression));
  return AddedExpression{loading.flow.expressions.size() - 1, facts.names_worker, facts.names_job};
}

// As a YAML scalar in whichever quotes it has not itself.
std::string in_quotes(const std::string& text) {
  if (text.find('\'') == std::string::npos) return "'" + text + "'";
  return text.find('"') == std::string::npos ? '"' + text + '"' : text;
}

// Where a path stops being one: behind the longest part that is.
size_t mistake_in_path(std::string_view text) {
  constexpr size_t kLongest = 256;  // each part is read again
  if (text.size() > kLongest) return 0;
  size_t result = 0;
  for (size_t length = 1; length < text.size(); ++length) {
    std::vector<PathStep> path;
    if (parse_path(text.substr(0, length), path).empty()) result = length;
  }
  return result;
}

}  // namespace

bool refuse_python(Loading& loading, const YamlNode& node, size_t from, std::string_view form) {
  const auto python = find_python(std::string_view(node.text).substr(from));
  if (!python) return false;
  std::string hint = "conditions are Lua: data.field == \"a\" or data.field == \"b\"";
  if (!python->lua.empty())
    hint = "in Lua: " + (form.empty() ? python->lua : in_quotes(std::string(form) + python->lua));
  loading.mistakes.error(place_inside(node, from + python->offset, python->length), "this is Python, not Lua", hint);
  return true;
}

namespace {

std::optional<AddedExpression> add_expression(Loading& loading, const YamlNode& node, std::string_view name,
                                              ExpressionKind kind) {
  if (node.kind != NodeKind::scalar) return loading.fields.refuse(node, name, "a Lua expression");
  const std::string_view text = node.text;
  size_t from = text.find_first_not_of(" \t\r\n");
  if (from != std::string_view::npos && text[from] == '=') from = text.find_first_not_of(" \t\r\n", from + 1);
  if (from == std::string_view::npos) return loading.fields.refuse(node, name, "a Lua expression");
  if (refuse_python(loading, node, from)) return std::nullopt;
  return compile(loading, kind, expression_source(node, from));
}

}  // namespace

std::optional<AddedExpression> add_lua_expression(Loading& loading, const YamlNode& node, std::string_view name) {
  return add_expression(loading, node, name, ExpressionKind::lua_expression);
}

std::optional<AddedExpression> add_record_expression(Loading& loading, const YamlNode& node, std::string_view name) {
  return add_expression(loading, node, name, ExpressionKind::lua_record);
}

std::optional<AddedExpression> add_lua_script(Loading& loading, const YamlNode& node, std::string_view name) {
  if (node.kind != NodeKind::scalar) return loading.fields.refuse(node, name, "a Lua script");
  return compile(loading, ExpressionKind::lua_script, expression_source(node));
}

std::optional<AddedExpression> add_text(Loading& loading, const YamlNode& node, std::string_view name) {
  if (node.kind != NodeKind::scalar) {
    const bool braces = node.kind == NodeKind::map;  // text: {data.user} is a map in YAML
    return loading.fields.refuse(node, name, "text", braces ? "put it in quotes: '{data.user}'" : "");
  }
  return compile(loading, ExpressionKind::text, expression_source(node));
}

std::optional<std::vector<PathStep>> read_path(Loading& loading, const YamlNode& node, std::string_view name,
                                               const PathHints& hints) {
  if (node.kind != NodeKind::scalar) return loading.fields.refuse(node, name, "a path such as a.b[0].c");
  const std::string_view text = node.text;
  if (const size_t variable = text.find("${"); variable != std::string_view::npos) {
    const size_t end = std::min(text.find('}', variable), text.size() - 1);
    const std::string braced(text.substr(variable, end + 1 - variable));
    loading.mistakes.error(
        place_inside(node, variable, braced.size()), "a path cannot hold a variable",
        !hints.variable.empty()
            ? hints.variable
            : "write {value: \"" + braced + "\"} for its text, or '= env.NAME' to read it in an expression");
    return std::nullopt;
  }
  std::vector<PathStep> path;
  const std::string message = parse_path(text, path);
  if (message.empty()) return path;
  loading.mistakes.error(place_inside(node, mistake_in_path(text)), quoted(text) + " is not a path: " + message,
                         hints.otherwise);
  return std::nullopt;
}

}  // namespace runnel::core
