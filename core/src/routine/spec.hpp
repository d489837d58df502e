// RoutineSpec: what a routine class says of itself (runnel_type of plugin.h), as the loader, `describe` and messages
// use it.
#pragma once

#include <runnel/plugin.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace runnel::core {

inline std::string_view view(runnel_text text) { return {text.data, text.size}; }
inline runnel_text text_of(std::string_view view) { return {view.data(), view.size()}; }

struct PortSpec {
  std::string name;
  std::string summary;
};

struct ParamSpec {
  std::string name;  // `a`, `a.*`, `a[].b`
  runnel_param_kind kind;
  bool required;
  std::string default_json;  // empty: none
  std::vector<std::string> choices;
  std::string summary;
};

constexpr std::string_view kBuiltIn = "built in";  // the owner of our own classes

struct RoutineSpec {
  std::string name;
  std::string summary;
  std::string owner;  // "built in", or the library's path
  uint32_t flags = 0;
  std::vector<PortSpec> slots;
  std::vector<PortSpec> events;
  std::vector<ParamSpec> params;
  const runnel_type* type = nullptr;

  bool has(runnel_type_flag flag) const { return (flags & flag) != 0; }
};

std::string_view name_of(runnel_param_kind);  // "string", "duration", ...: as messages and `describe` say it
RoutineSpec spec_of(const runnel_type&, std::string owner);
std::vector<std::string> split_choices(std::string_view);  // "a|b|c"

// Ids of flows, routines, slots and events: [A-Za-z_][A-Za-z0-9_-]*
bool is_id(std::string_view);

}  // namespace runnel::core
