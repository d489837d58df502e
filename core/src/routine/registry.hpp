// The routine classes a flow may name. Filled before flows are loaded, constant afterwards.
#pragma once

#include <runnel/plugin.h>

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "routine/spec.hpp"

namespace runnel::core {

class Registry {
 public:
  // Initialises the plugin with our host table and adds its classes; the message of what is wrong, or "".
  std::string add(const runnel_plugin&, std::string owner, bool listed = true);
  const RoutineSpec* find(std::string_view name) const;
  std::vector<const RoutineSpec*> all() const;  // listed ones, by name
  std::vector<std::string> names() const;       // of the listed ones

 private:
  std::map<std::string, RoutineSpec, std::less<>> specs_;
};

// The table every routine calls us through.
const runnel_host& host_table();

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
