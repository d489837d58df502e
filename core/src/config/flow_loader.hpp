// The flow file -> checked Flow: YAML into a positioned tree, interpolation, every check, all mistakes at once.
#pragma once

#include <memory>
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
  std::string select;                                            // --select: an expression for finished jobs; "": none
};

struct LoadedFlow {
  std::shared_ptr<const Flow> flow;                          // null when there is an error
  Diagnostics diagnostics;                                   // sorted; warnings only when there is no error
  std::vector<std::pair<std::string, std::string>> sources;  // name, text: what the places point into
};

// `name` is the path as messages show it; `text` the file's bytes.
LoadedFlow load_flow(const std::string& name, std::string text, const Registry&, ScriptCompiler&, const LoadOptions&);

}  // namespace runnel::core
