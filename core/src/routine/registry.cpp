#include "routine/registry.hpp"

namespace runnel::core {

namespace {

std::string mistake_in(const runnel_type& type) {
  if (!type.create || !type.activate || !type.destroy) return "a function of it is null";
  if (!is_id(view(type.name))) return "its name is not [A-Za-z_][A-Za-z0-9_-]*";
  for (uint32_t i = 0; i < type.param_count; ++i) {
    if (type.params[i].kind > RUNNEL_PARAM_TEXT) {
      return "parameter " + std::string(view(type.params[i].name)) + " has an unknown kind";
    }
  }
  return "";
}

}  // namespace

std::string Registry::add(const runnel_plugin& plugin, std::string owner, bool listed) {
  if (plugin.init && !plugin.init(&host_table())) return "its init function failed";
  for (uint32_t i = 0; i < plugin.type_count; ++i) {
    const runnel_type& type = *plugin.types[i];
    RoutineSpec spec = spec_of(type, owner);
    spec.listed = listed;
    if (std::string mistake = mistake_in(type); !mistake.empty()) return "class \"" + spec.name + "\": " + mistake;
    const std::string name = spec.name;
    auto [at, is_new] = specs_.try_emplace(name, std::move(spec));
    if (!is_new) return "class \"" + name + "\" is already there, from " + at->second.owner;
  }
  return "";
}

const RoutineSpec* Registry::find(std::string_view name) const {
  auto at = specs_.find(name);
  return at == specs_.end() ? nullptr : &at->second;
}

std::vector<const RoutineSpec*> Registry::all() const {
  std::vector<const RoutineSpec*> result;
  for (const auto& [name, spec] : specs_) {
    if (spec.listed) result.push_back(&spec);
  }
  return result;
}

std::vector<std::string> Registry::names() const {
  std::vector<std::string> result;
  for (const RoutineSpec* spec : all()) result.push_back(spec->name);
  return result;
}

}  // namespace runnel::core
