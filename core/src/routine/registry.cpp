#include "routine/registry.hpp"

namespace runnel::core {

std::optional<Refusal> Registry::add(const runnel_plugin& plugin, const std::string& owner, size_t readable) {
  if (auto refusal = check_manifest(plugin, readable)) return refusal;
  for (uint32_t i = 0; i < plugin.type_count; ++i) {
    const RoutineSpec* known = find(view(plugin.types[i]->name));
    if (!known || known->type == plugin.types[i]) continue;
    return Refusal{"its class \"" + known->name + "\" is already there (" + known->owner + ")",
                   "rename it in the plugin's source, or leave the other one out"};
  }
  if (!initialise(plugin)) {
    return Refusal{"its init function refuses this runnel",
                   "its author knows what it needs; it may have said so on stderr"};
  }
  for (uint32_t i = 0; i < plugin.type_count; ++i) {
    auto spec = std::make_shared<const RoutineSpec>(spec_of(*plugin.types[i], owner));
    specs_.try_emplace(spec->name, spec);
  }
  return std::nullopt;
}

const RoutineSpec* Registry::find(std::string_view name) const {
  auto at = specs_.find(name);
  return at == specs_.end() ? nullptr : at->second.get();
}

std::vector<const RoutineSpec*> Registry::all() const {
  std::vector<const RoutineSpec*> result;
  for (const auto& [name, spec] : specs_) result.push_back(spec.get());
  return result;
}

std::vector<std::string> Registry::names() const {
  std::vector<std::string> result;
  for (const RoutineSpec* spec : all()) result.push_back(spec->name);
  return result;
}

}  // namespace runnel::core
