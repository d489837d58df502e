#include <algorithm>

#include "config/loading.hpp"
#include "config/map_reader.hpp"
#include "value/builder.hpp"

namespace runnel::core {
namespace {

void read_flow_id(Loading& loading, const YamlNode& node) {
  const auto id = loading.fields.text(node, "\"flow_id\"");
  if (!id) return;
  if (!is_id(*id)) {
    loading.mistakes.error(node.place(), quoted(*id) + " is not a flow id",
                           "letters, digits, \"_\" and \"-\", starting with a letter or \"_\"");
    return;
  }
  loading.flow.id = *id;
}

// Free text of the author's; `version: 1.20` keeps its zero.
void read_note(Loading& loading, MapReader& top, const char* key, std::string& to) {
  const YamlNode* node = top.get(key);
  if (!node || node->kind == NodeKind::null) return;
  if (auto text = loading.fields.any_text(*node, quoted(key))) to = std::move(*text);
}

// A secret that is not declared besides is declared by this, without default.
void read_secrets(Loading& loading, const YamlNode& secrets) {
  if (secrets.kind != NodeKind::list) {
    loading.fields.refuse(secrets, "\"secrets\"", "a list of variable names");
    return;
  }
  for (const YamlNode& item : secrets.items) {
    if (item.kind != NodeKind::scalar || !is_variable_name(item.text)) {
      loading.fields.refuse(item, "an item of \"secrets\"", "a variable name");
      continue;
    }
    const auto& declared = loading.environment.declared();
    const bool is_declared =
        std::any_of(declared.begin(), declared.end(), [&](const auto& one) { return one.first == item.text; });
    if (!is_declared) loading.environment.declare(item.text, std::nullopt);
    const auto value = loading.environment.find(item.text);
    if (value) {
      if (!value->empty()) loading.flow.secrets.push_back(*value);
    } else if (!is_declared) {
      loading.mistakes.error(item.place(), "variable " + quoted(item.text) + " is not set");
    }
  }
}

void require_map(Loading& loading, const YamlNode* node, const char* key, void (*read)(Loading&, const YamlNode&)) {
  if (!node) return;
  if (node->kind == NodeKind::map) {
    read(loading, *node);
  } else {
    loading.fields.refuse(*node, quoted(key), "a map");
  }
}

}  // namespace

void read_top(Loading& loading, const YamlNode& root) {
  MapReader top(root, loading.mistakes,
                {"flow_id", "description", "version", "entry", "plugins", "error_handler", "execution", "env",
                 "routines", "connections", "tests"},
                "");
  const Place start = root.source->place(root.offset);
  require_map(loading, top.get("env"), "env", read_environment);
  if (const YamlNode* id = top.require("flow_id", start)) read_flow_id(loading, *id);
  read_note(loading, top, "description", loading.flow.description);
  read_note(loading, top, "version", loading.flow.version);
  if (const YamlNode* plugins = top.get("plugins")) read_plugins(loading, *plugins);
  ErrorHandlerSpec error_handler;
  if (const YamlNode* node = top.get("error_handler")) error_handler = read_error_handler(loading, *node, "");
  require_map(loading, top.get("execution"), "execution", read_execution);
  loading.flow_error_handler = error_handler;
  if (const YamlNode* routines = top.require("routines", start)) read_routines(loading, *routines);
  if (const YamlNode* connections = top.get("connections")) read_connections(loading, *connections);
  if (const YamlNode* entry = top.get("entry")) read_entry(loading, *entry);
  const YamlNode* tests = top.get("tests");
  if (tests && tests->kind != NodeKind::list) loading.fields.refuse(*tests, "\"tests\"", "a list");
}

void read_environment(Loading& loading, const YamlNode& env) {
  if (loading.environment.is_forbidden()) {
    for (const YamlEntry& entry : env.entries) {
      if (entry.key.text != "secrets")
        loading.mistakes.forbid(entry.key.place(), "the environment: " + quoted(entry.key.text));
    }
    return;
  }
  const YamlEntry* secrets = env.find("secrets");
  for (const YamlEntry& entry : env.entries) {
    if (&entry == secrets) continue;
    const std::string& name = entry.key.text;
    if (!is_variable_name(name)) {
      loading.mistakes.error(entry.key.place(), quoted(name) + " is not a variable name",
                             "letters, digits and \"_\", not starting with a digit");
      continue;
    }
    std::optional<std::string> value;
    if (entry.value.kind != NodeKind::null) {
      value = loading.fields.any_text(entry.value, "the default of " + quoted(name));
      if (!value) continue;
    }
    loading.environment.declare(name, std::move(value));
    if (loading.environment.find(name)) continue;
    loading.mistakes.error(entry.key.place(), "variable " + quoted(name) + " is not set and has no default",
                           "set it in the environment, or write " + name + ": default");
  }
  if (secrets) read_secrets(loading, secrets->value);
  std::vector<Member> members;
  for (const auto& [name, value] : loading.environment.declared()) {
    Arena& memory = *loading.flow.memory;
    if (value) members.push_back({make_string(memory, name), make_string(memory, *value)});
  }
  loading.flow.constants.env = make_object(*loading.flow.memory, members);
}

}  // namespace runnel::core
