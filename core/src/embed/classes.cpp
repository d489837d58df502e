#include "routine/registry.hpp"
#include "runnel/runtime.hpp"

namespace runnel {

Classes::Classes() : registry_(std::make_unique<core::Registry>()) {}
Classes::~Classes() = default;
Classes::Classes(Classes&&) noexcept = default;
Classes& Classes::operator=(Classes&&) noexcept = default;

std::string Classes::add(const runnel_plugin& plugin, std::string owner, bool listed) {
  return registry_->add(plugin, std::move(owner), listed);
}

}  // namespace runnel
