#include "config/yaml_value.hpp"
#include "plugin/library.hpp"
#include "routine/registry.hpp"
#include "runnel/runtime.hpp"

namespace runnel {

Classes::Classes() : registry_(std::make_unique<core::Registry>()) {
  core::add_extension(RUNNEL_YAML_EXTENSION, &core::yaml_extension());
}
Classes::~Classes() = default;
Classes::Classes(Classes&&) noexcept = default;
Classes& Classes::operator=(Classes&&) noexcept = default;

std::string Classes::add(const runnel_plugin& plugin, const std::string& owner) {
  const auto refusal = registry_->add(plugin, owner);
  return refusal ? refusal->message : "";
}

std::optional<Message> Classes::open(const std::string& path, bool child_first) {
  auto refusal = core::add_library(path, *registry_, child_first);
  if (!refusal) return std::nullopt;
  return Message{true, path, 0, 0, std::move(refusal->message), std::move(refusal->hint)};
}

}  // namespace runnel
