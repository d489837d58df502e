// What the sections of a flow file share while it is loaded.
#pragma once

#include <deque>
#include <unordered_map>

#include "config/environment.hpp"
#include "config/fields.hpp"
#include "config/flow_loader.hpp"
#include "config/mistakes.hpp"
#include "config/yaml_tree.hpp"

namespace runnel::core {

// A routine while it is read. What is not known because of a mistake is not checked further.
struct RoutineDraft {
  const YamlEntry* entry = nullptr;
  bool slots_known = false;
  bool events_known = false;
  size_t first_expression = 0;  // its expressions: [first, end)
  size_t end_expression = 0;
};

struct Loading {
  Loading(Registry& classes, ScriptCompiler& compiler, const LoadOptions& load_options, Flow& made, Mistakes& found,
          std::deque<YamlSource>& texts)
      : registry(classes), scripts(compiler), options(load_options), flow(made), mistakes(found), sources(texts) {}

  Registry& registry;          // the flow's own
  bool lacks_classes = false;  // a plugin was refused: what class it would have had is not known
  ScriptCompiler& scripts;
  const LoadOptions& options;
  Flow& flow;
  Mistakes& mistakes;
  std::deque<YamlSource>& sources;  // what places point into
  Environment environment{options.environment, options.untrusted};
  Fields fields{environment, mistakes};
  ErrorHandlerSpec flow_error_handler{};
  std::vector<RoutineDraft> drafts;  // of flow.routines
  std::unordered_map<std::string, uint32_t> routine_numbers;

  std::vector<std::string> routine_ids() const {
    std::vector<std::string> ids;
    for (const Routine& routine : flow.routines) ids.push_back(routine.id);
    return ids;
  }
};

// Each reads one part of the file. What is wrong is reported; the flow is then not used.
void read_top(Loading&, const YamlNode& root);
void add_plugins_of_options(Loading&);
void read_plugins(Loading&, const YamlNode& plugins);
void read_environment(Loading&, const YamlNode& env);
void read_execution(Loading&, const YamlNode& execution);
// Microseconds, more than 0.
std::optional<int64_t> read_timeout(Loading&, const YamlNode&);
ErrorHandlerSpec read_error_handler(Loading&, const YamlNode&, const std::string& where);
void read_routines(Loading&, const YamlNode& routines);
// What a routine says of its activation; null: nothing.
struct PolicyNodes {
  const YamlNode* activation;
  const YamlNode* on_flush;
  const YamlNode* scope;
};
void read_policy(Loading&, Routine&, const PolicyNodes&);
void read_connections(Loading&, const YamlNode& connections);
void read_entry(Loading&, const YamlNode& entry);
void check_graph(Loading&, const YamlNode& root);

}  // namespace runnel::core
