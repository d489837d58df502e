// The flow file -> checked Flow: YAML into a positioned tree, interpolation, every check, all mistakes at once.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/diagnostic.hpp"
#include "flow/flow.hpp"
#include "routine/registry.hpp"
#include "routine/script_engine.hpp"

namespace runnel::core {

struct LoadOptions {
  std::vector<std::string> sets;                                 // --set PATH=VALUE, in order
  std::vector<std::pair<std::string, std::string>> environment;  // NAME, value: --env-file over the process's
  bool strict = false;                                           // warnings are errors
  bool untrusted = false;       // the flow may name no plugin, no variable and no class that reaches out
  uint64_t window = 4096;       // jobs under way at once; warns of batches across jobs that are larger
  bool asks_for_entry = false;  // warns if the flow does not say where jobs enter
  std::string select;           // --select: an expression for finished jobs; "": none
  std::string where;            // --where: the same for records that are to be posted again
  std::vector<std::pair<std::string, std::string>> metadata_from;  // --metadata-from: name, expression for a job's data
  std::string job_id_from;                                         // --job-id-from: the same; "": none
  std::optional<std::string> script;                               // -e: the Lua of a flow that has no file
  std::vector<std::string> plugins;                                // --plugin PATH, in order
  // Adds the classes of a shared library, or says why not. Null: this loader opens none.
  std::function<std::optional<Refusal>(const std::string& path, Registry&)> add_library;
};

struct LoadedFlow {
  std::shared_ptr<const Flow> flow;                          // null when there is an error
  bool forbidden = false;                                    // untrusted, and it wants more than it may
  std::vector<std::string> secrets;                          // also when there is no flow: not to be shown
  Diagnostics diagnostics;                                   // sorted; warnings only when there is no error
  std::vector<std::pair<std::string, std::string>> sources;  // name, text: what the places point into
};

// `name` is the path as messages show it; `text` the file's bytes.
LoadedFlow load_flow(const std::string& name, std::string text, const Registry&, ScriptCompiler&, const LoadOptions&);

}  // namespace runnel::core
