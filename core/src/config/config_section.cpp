#include "config/config_section.hpp"

#include "config/expressions.hpp"
#include "config/map_reader.hpp"
#include "config/param_tree.hpp"
#include "config/python_names.hpp"
#include "config/yaml_parser.hpp"
#include "value/builder.hpp"

namespace runnel::core {
namespace {

class ConfigReader {
 public:
  ConfigReader(Loading& loading, Routine& routine) : loading_(loading), routine_(routine) {}

  // A map with known keys; what it has not gets its default.
  std::optional<Value> read_fields(const YamlNode* node, const ParamNode& param, const std::string& path,
                                   const Place& place, bool tolerates_missing) {
    static const YamlNode kNothing = [] {
      YamlNode map;
      map.kind = NodeKind::map;
      return map;
    }();
    std::vector<std::string> known;
    for (const ParamNode& field : param.fields) known.push_back(field.name);
    const bool is_top = path.empty();
    MapReader map(node ? *node : kNothing, loading_.mistakes, std::move(known),
                  is_top ? " of class " + quoted(routine_.spec->name) : " in " + quoted(path),
                  is_top ? "parameter" : "key", [&](const std::string& key) {
                    return is_top ? instead_of_parameter(routine_.spec->name, key) : std::string();
                  });
    std::vector<Member> members;
    bool is_good = true;
    for (const ParamNode& field : param.fields) {
      const std::string name = is_top ? field.name : path + "." + field.name;
      std::optional<Value> value;
      if (const YamlNode* given = map.get(field.name)) {
        value = read(*given, field, name);
      } else if (field.required()) {
        if (!tolerates_missing) map.require(field.name, place);
      } else {
        value = default_of(field, name);
      }
      if (!value) {
        is_good = false;
      } else if (!is_missing(*value)) {
        members.push_back({make_string(memory(), field.name), *value});
      }
    }
    return is_good ? std::optional(make_object(memory(), members)) : std::nullopt;
  }

 private:
  Arena& memory() { return *loading_.flow.memory; }

  std::optional<Value> read(const YamlNode& node, const ParamNode& param, const std::string& path) {
    if (!param.fields.empty()) {
      if (node.kind != NodeKind::map) return loading_.fields.refuse(node, quoted(path), "a map", keys_hint(param));
      return read_fields(&node, param, path, node.place(), false);
    }
    if (param.value) return read_values(node, *param.value, path);
    if (param.item) return read_items(node, *param.item, path);
    return read_leaf(node, param.spec ? param.spec->kind : RUNNEL_PARAM_ANY, param.spec, path);
  }

  static std::string keys_hint(const ParamNode& param) {
    std::string hint;
    for (const ParamNode& field : param.fields) hint += (hint.empty() ? "its keys: " : ", ") + field.name;
    return hint;
  }

  std::optional<Value> read_values(const YamlNode& node, const ParamNode& param, const std::string& path) {
    if (node.kind != NodeKind::map) return loading_.fields.refuse(node, quoted(path), "a map");
    if (node.entries.empty() && param.required()) return loading_.fields.refuse(node, quoted(path), "a map with keys");
    std::vector<Member> members;
    bool is_good = true;
    for (const YamlEntry& entry : node.entries) {
      const auto value = read(entry.value, param, path + "." + entry.key.text);
      is_good &= value.has_value();
      members.push_back({make_string(memory(), entry.key.text), value.value_or(missing())});
    }
    return is_good ? std::optional(make_object(memory(), members)) : std::nullopt;
  }

  std::optional<Value> read_items(const YamlNode& node, const ParamNode& param, const std::string& path) {
    if (node.kind != NodeKind::list) return loading_.fields.refuse(node, quoted(path), "a list");
    if (node.items.empty() && param.required()) return loading_.fields.refuse(node, quoted(path), "a list with items");
    std::vector<Value> items;
    bool is_good = true;
    for (const YamlNode& item : node.items) {
      const auto value = read(item, param, path + "[" + std::to_string(items.size()) + "]");
      is_good &= value.has_value();
      items.push_back(value.value_or(missing()));
    }
    return is_good ? std::optional(make_array(memory(), items)) : std::nullopt;
  }

  std::optional<Value> read_leaf(const YamlNode& node, runnel_param_kind kind, const ParamSpec* spec,
                                 const std::string& path) {
    const std::string name = quoted(path);
    Fields& fields = loading_.fields;
    switch (kind) {
      case RUNNEL_PARAM_ANY:
        return read_any(node, name);
      case RUNNEL_PARAM_BOOL:
        if (const auto value = fields.boolean(node, name)) return make_bool(*value);
        return std::nullopt;
      case RUNNEL_PARAM_INT:
        if (const auto value = fields.integer(node, name)) return make_int(*value);
        return std::nullopt;
      case RUNNEL_PARAM_NUMBER:
        return read_number(node, name);
      case RUNNEL_PARAM_STRING: {
        const auto value =
            spec && !spec->choices.empty() ? fields.choice(node, name, spec->choices) : fields.text(node, name);
        return value ? std::optional(make_string(memory(), *value)) : std::nullopt;
      }
      case RUNNEL_PARAM_ARRAY:
        return node.kind == NodeKind::list ? read_any(node, name) : fields.refuse(node, name, "a list");
      case RUNNEL_PARAM_OBJECT:
        return node.kind == NodeKind::map ? read_any(node, name) : fields.refuse(node, name, "a map");
      case RUNNEL_PARAM_DURATION:
        if (const auto seconds = fields.duration(node, name)) return make_double(*seconds);
        return std::nullopt;
      case RUNNEL_PARAM_LUA:
        return keep(add_lua_script(loading_, node, name));
      case RUNNEL_PARAM_EXPRESSION:
        return keep(add_lua_expression(loading_, node, name));
      case RUNNEL_PARAM_VALUE:
        return keep(add_mapper_value(loading_, node, name));
      case RUNNEL_PARAM_TEXT:
        return keep(add_text(loading_, node, name));
      case RUNNEL_PARAM_CONDITION:
        return keep(add_condition(loading_, node, name));
    }
    return std::nullopt;
  }

  std::optional<Value> keep(const std::optional<AddedExpression>& added) {
    if (!added) return std::nullopt;
    routine_.keeps_state |= added->names_worker;
    return expression_value(added->index);
  }

  std::optional<Value> read_number(const YamlNode& node, const std::string& name) {
    const auto number = loading_.fields.number(node, name);
    if (!number) return std::nullopt;
    if (number->integer) return make_int(*number->integer);
    return make_double(number->number);
  }

  // Any JSON; a string with a leading `=` is an expression.
  std::optional<Value> read_any(const YamlNode& node, const std::string& name) {
    bool is_good = true;
    if (node.kind == NodeKind::list) {
      std::vector<Value> items;
      for (const YamlNode& item : node.items) {
        const auto value = read_any(item, name);
        is_good &= value.has_value();
        items.push_back(value.value_or(missing()));
      }
      return is_good ? std::optional(make_array(memory(), items)) : std::nullopt;
    }
    if (node.kind == NodeKind::map) {
      std::vector<Member> members;
      for (const YamlEntry& entry : node.entries) {
        const auto value = read_any(entry.value, name);
        is_good &= value.has_value();
        members.push_back({make_string(memory(), entry.key.text), value.value_or(missing())});
      }
      return is_good ? std::optional(make_object(memory(), members)) : std::nullopt;
    }
    if (node.kind == NodeKind::scalar && node.text.starts_with('=')) {
      return keep(add_lua_expression(loading_, node, name));
    }
    return scalar_value(loading_, node, name);
  }

  // The class author's JSON goes the way of the user's YAML.
  std::optional<Value> default_of(const ParamNode& field, const std::string& name) {
    if (!field.spec || field.spec->default_json.empty()) return missing();
    const std::string source_name = "default of " + routine_.spec->name + "." + name;
    loading_.sources.emplace_back(source_name, field.spec->default_json);
    const YamlSource& source = loading_.sources.back();
    const size_t errors = loading_.mistakes.errors();
    const auto node = parse_yaml(source, loading_.mistakes);
    if (!node || loading_.mistakes.errors() > errors) return std::nullopt;
    return node->kind == NodeKind::null ? null_value() : read(*node, field, name);
  }

  Loading& loading_;
  Routine& routine_;
};

}  // namespace

bool read_config(Loading& loading, Routine& routine, const YamlEntry& entry, bool config_misspelt) {
  const YamlEntry* config = entry.value.find("config");
  const size_t errors = loading.mistakes.errors();
  if (config && config->value.kind != NodeKind::map) {
    loading.fields.refuse(config->value, "\"config\"", "a map");
    return false;
  }
  const ParamNode params = param_tree(routine.spec->params);
  const Place place = config ? config->key.place() : entry.value.find("class")->value.place();
  ConfigReader reader(loading, routine);
  const auto value = reader.read_fields(config ? &config->value : nullptr, params, "", place, config_misspelt);
  if (value) routine.config = *value;
  return value.has_value() && loading.mistakes.errors() == errors;
}

}  // namespace runnel::core
