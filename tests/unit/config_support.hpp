// Flow files for the tests of the config layer: a few classes made by hand and a compiler that needs no Lua.
#pragma once

#include <runnel/plugin.h>

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "config/flow_loader.hpp"
#include "value/writer.hpp"

namespace config_test {

using namespace runnel::core;

constexpr runnel_text text(std::string_view t) { return {t.data(), t.size()}; }

// Refuses what contains "@@@", at that place; keeps what it was given.
class FakeCompiler final : public ScriptCompiler {
 public:
  std::optional<Diagnostic> check(ExpressionKind kind, const ExpressionSource& source, ScriptFacts& facts) override {
    seen.push_back({kind, source});
    facts.names_worker = source.text.find("worker") != std::string::npos;
    if (source.text.find("@@@") == std::string::npos) return std::nullopt;
    Diagnostic mistake;
    mistake.place = {source.file, source.line, source.column, 3};
    mistake.message = "does not compile";
    return mistake;
  }
  std::vector<std::pair<ExpressionKind, ExpressionSource>> seen;
};

inline void* make(runnel_context*, runnel_value) {
  static int instance;
  return &instance;
}
inline void activate(runnel_context*, void*) {}
inline void destroy(void*) {}

// Refuses {name: bad} at its third byte.
inline void* make_picky(runnel_context* context, runnel_value config) {
  const Value name = get(config, "name");
  if (to_std_string(name) != "bad") return make(context, config);
  host_table().reject(context, text("name"), 2, text("is bad"));
  return nullptr;
}
// One event per item of `routes`; refuses a name of blanks.
inline bool resolve_routes(runnel_context* context, runnel_value config) {
  const Value routes = get(config, "routes");
  for (uint32_t i = 0; i < routes.size; ++i) {
    const std::string name = to_std_string(get(items_of(routes)[i], "name"));
    if (name == " ") {
      host_table().reject(context, text("routes[" + std::to_string(i) + "].name"), 0, text("a route needs a name"));
      return false;
    }
    host_table().add_event(context, text(name));
  }
  host_table().add_flags(context, RUNNEL_KEEPS_STATE);
  return true;
}

inline const Registry& classes() {
  static const runnel_port kInput[] = {{text("input"), {}}};
  static const runnel_port kOutput[] = {{text("output"), {}}};
  static const runnel_param kKinds[] = {
      {text("any"), RUNNEL_PARAM_ANY, 0, {}, {}, {}},
      {text("bool"), RUNNEL_PARAM_BOOL, 0, text("true"), {}, {}},
      {text("int"), RUNNEL_PARAM_INT, 0, text("7"), {}, {}},
      {text("number"), RUNNEL_PARAM_NUMBER, 0, {}, {}, {}},
      {text("string"), RUNNEL_PARAM_STRING, 0, text("\"calm\""), text("calm|loud"), {}},
      {text("array"), RUNNEL_PARAM_ARRAY, 0, {}, {}, {}},
      {text("object"), RUNNEL_PARAM_OBJECT, 0, {}, {}, {}},
      {text("duration"), RUNNEL_PARAM_DURATION, 0, {}, {}, {}},
      {text("expression"), RUNNEL_PARAM_EXPRESSION, 0, {}, {}, {}},
      {text("text"), RUNNEL_PARAM_TEXT, 0, text("\"hi {data.name}\""), {}, {}},
      {text("condition"), RUNNEL_PARAM_CONDITION, 0, {}, {}, {}},
      {text("values"), RUNNEL_PARAM_OBJECT, 0, {}, {}, {}},
      {text("values.*"), RUNNEL_PARAM_VALUE, 0, {}, {}, {}},
      {text("routes"), RUNNEL_PARAM_ARRAY, 0, {}, {}, {}},
      {text("routes[].name"), RUNNEL_PARAM_STRING, 1, {}, {}, {}},
      {text("routes[].weight"), RUNNEL_PARAM_INT, 0, text("1"), {}, {}},
  };
  static const runnel_param kLua[] = {{text("lua"), RUNNEL_PARAM_LUA, 1, {}, {}, {}}};
  static const runnel_param kName[] = {{text("name"), RUNNEL_PARAM_STRING, 0, {}, {}, {}}};
  static const auto type = [](std::string_view name, uint32_t flags, bool ports, const auto& params) {
    runnel_type result{};
    result.struct_size = sizeof result;
    result.flags = flags;
    result.name = text(name);
    result.slots = kInput;
    result.events = kOutput;
    result.slot_count = result.event_count = ports ? 1 : 0;
    result.params = params;
    result.param_count = static_cast<uint32_t>(std::size(params));
    result.create = make;
    result.activate = activate;
    result.destroy = destroy;
    return result;
  };
  static const runnel_type kStep = type("step", 0, true, kName);
  static const runnel_type kAll = type("all_kinds", 0, true, kKinds);
  static const runnel_type kFree = type("free", RUNNEL_FREE_SLOTS | RUNNEL_FREE_EVENTS, false, kLua);
  static const runnel_type kPicky = [] {
    runnel_type result = type("picky", RUNNEL_KEEPS_STATE, true, kName);
    result.create = make_picky;
    return result;
  }();
  static const runnel_type kRouter = [] {
    runnel_type result = type("router", 0, true, kKinds);
    result.resolve = resolve_routes;
    return result;
  }();
  static const runnel_type* const kTypes[] = {&kStep, &kAll, &kFree, &kPicky, &kRouter};
  static const Registry registry = [] {
    static const runnel_plugin plugin = {RUNNEL_PLUGIN_MAGIC,
                                         sizeof(runnel_plugin),
                                         RUNNEL_ABI_MAJOR,
                                         RUNNEL_ABI_MINOR,
                                         text("test"),
                                         text("1"),
                                         text("1"),
                                         kTypes,
                                         static_cast<uint32_t>(std::size(kTypes)),
                                         0,
                                         nullptr,
                                         nullptr};
    Registry result;
    if (auto refusal = result.add(plugin, "test")) throw std::logic_error(refusal->message);
    return result;
  }();
  return registry;
}

struct Loaded {
  LoadedFlow result;
  FakeCompiler compiler;

  const Flow& flow() const { return *result.flow; }
  // file:line:col: message, a line each; hints and notes indented.
  std::string messages() const {
    std::string all;
    for (const Diagnostic& one : result.diagnostics) {
      all += one.place.text() + ": " + one.message + "\n";
      for (const Note& note : one.notes) all += "  " + note.place.text() + ": " + note.message + "\n";
    }
    return all;
  }
};

inline Loaded load(std::string flow, const LoadOptions& options = {}) {
  Loaded loaded;
  loaded.result = load_flow("f", std::move(flow), classes(), loaded.compiler, options);
  return loaded;
}

inline LoadOptions with_environment(std::vector<std::pair<std::string, std::string>> variables) {
  LoadOptions options;
  options.environment = std::move(variables);
  return options;
}
inline LoadOptions with_sets(std::vector<std::string> sets) {
  LoadOptions options;
  options.sets = std::move(sets);
  return options;
}

// A correct flow of one routine whose configuration is `config`.
inline std::string flow_of(std::string_view class_name, std::string_view config) {
  return "flow_id: t\nroutines:\n  a: {class: " + std::string(class_name) + ", config: " + std::string(config) + "}\n";
}

}  // namespace config_test
