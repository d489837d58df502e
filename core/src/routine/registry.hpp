// The routine classes a flow may name. Each flow keeps a copy of its own, with the classes of its plugins added.
#pragma once

#include <runnel/plugin.h>

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "routine/manifest.hpp"
#include "routine/spec.hpp"

namespace runnel::core {

class Registry {
 public:
  // Checks the library's table (`readable` bytes of it may be read), initialises the library and adds its classes: all
  // of them or none. A library that is there already is no mistake.
  std::optional<Refusal> add(const runnel_plugin&, const std::string& owner, size_t readable = sizeof(runnel_plugin));
  const RoutineSpec* find(std::string_view name) const;
  std::vector<const RoutineSpec*> all() const;  // by name
  std::vector<std::string> names() const;

 private:
  std::map<std::string, std::shared_ptr<const RoutineSpec>, std::less<>> specs_;
};

// A class's own activation policy; null: it has none.
inline bool (*ready_of(const runnel_type& type))(runnel_context*, void*) {
  return type.struct_size > offsetof(runnel_type, ready) ? type.ready : nullptr;
}

// The table every routine calls us through.
const runnel_host& host_table();
// What runnel_host.get_extension gives for the id; both live as long as the process. Added again: nothing happens.
void add_extension(std::string_view id, const void* table);

// [worker] Makes `context` the one that runnel_host.current returns on this thread, for the lifetime of this object.
class CurrentContext {
 public:
  explicit CurrentContext(runnel_context* context);
  ~CurrentContext();
  CurrentContext(const CurrentContext&) = delete;
  CurrentContext& operator=(const CurrentContext&) = delete;

 private:
  runnel_context* before_;
};
runnel_context* current_context();

}  // namespace runnel::core
