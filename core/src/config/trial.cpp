#include "config/trial.hpp"

#include <algorithm>
#include <charconv>

#include "config/ports_section.hpp"
#include "config/yaml_token.hpp"

namespace runnel::core {
namespace {

// The node a path such as `routes[1].when` leads to from `config`; the last one on the way where it leads nowhere.
const YamlNode* node_at(const YamlNode* node, std::string_view path) {
  while (!path.empty()) {
    if (path.starts_with('.')) path.remove_prefix(1);
    if (path.starts_with('[')) {
      size_t index = 0;
      const size_t close = std::min(path.find(']'), path.size());
      std::from_chars(path.data() + 1, path.data() + close, index);
      if (node->kind != NodeKind::list || index >= node->items.size()) return node;
      node = &node->items[index];
      path.remove_prefix(std::min(close + 1, path.size()));
      continue;
    }
    // A key may hold dots itself: the longest that is there.
    size_t end = path.size();
    const YamlEntry* entry = node->find(path);
    while (!entry && end > 0) {
      end = std::min(path.find_last_of(".[", end - 1), path.size());
      if (end == path.size() || end == 0) break;
      entry = node->find(path.substr(0, end));
    }
    if (!entry) return node;
    node = &entry->value;
    path.remove_prefix(end);
  }
  return node;
}

Place place_of(const LoadProblem& problem, const RoutineDraft& draft) {
  const YamlEntry* config = draft.entry->value.find("config");
  if (!config) return draft.entry->value.find("class")->value.place();
  if (problem.param_path.empty()) return config->key.place();
  const YamlNode* node = node_at(&config->value, problem.param_path);
  if (node == &config->value) return config->key.place();  // a default, or a parameter that is not given
  if (node->kind != NodeKind::scalar || problem.byte_offset == 0) return node->place();
  return place_inside(*node, problem.byte_offset);
}

class Trial {
 public:
  Trial(Loading& loading, Routine& routine) : loading_(loading) {
    context.arena = &memory_;
    context.routine = &routine.names;
    context.constants = &loading.flow.constants;
    context.expressions = &loading.flow.expressions;
    context.load = &found;
  }

  // Reports what the class said; `accepted`: what its function returned.
  bool finish(const RoutineSpec& spec, const RoutineDraft& draft, bool accepted) {
    if (context.has_failed && found.problems.empty()) found.problems.push_back({"", 0, context.failure.message});
    if (!accepted && found.problems.empty()) {
      found.problems.push_back({"", 0, "class " + quoted(spec.name) + " refuses this configuration"});
    }
    for (const LoadProblem& problem : found.problems) {
      const std::string subject = problem.param_path.empty() ? "" : quoted(problem.param_path) + ": ";
      loading_.mistakes.error(place_of(problem, draft), subject + problem.message);
    }
    for (const LoadProblem& warning : found.warnings) {
      const std::string subject = warning.param_path.empty() ? "" : quoted(warning.param_path) + ": ";
      loading_.mistakes.warning(place_of(warning, draft), subject + warning.message);
    }
    return found.problems.empty();
  }

  runnel_context context;
  LoadReport found;

 private:
  Loading& loading_;
  Arena memory_;
};

}  // namespace

bool resolve_routine(Loading& loading, Routine& routine, RoutineDraft& draft) {
  const runnel_type& type = *routine.spec->type;
  if (!type.resolve) return true;
  Trial trial(loading, routine);
  bool accepted = false;
  {
    const CurrentContext current(&trial.context);
    accepted = type.resolve(&trial.context, routine.config);
  }
  if (!trial.finish(*routine.spec, draft, accepted)) return false;
  const size_t errors = loading.mistakes.errors();
  add_ports(loading, routine, trial.found, draft.entry->value.find("class")->value.place());
  if (loading.options.untrusted && trial.found.flags & RUNNEL_REACHES_OUT) {
    loading.mistakes.forbid(
        draft.entry->value.find("class")->value.place(),
        "this configuration of class " + quoted(routine.spec->name) + ", which reads or writes files");
  }
  routine.keeps_state |= (trial.found.flags & RUNNEL_KEEPS_STATE) != 0;
  return loading.mistakes.errors() == errors;
}

bool try_routine(Loading& loading, Routine& routine, const RoutineDraft& draft) {
  const runnel_type& type = *routine.spec->type;
  Trial trial(loading, routine);
  const CurrentContext current(&trial.context);
  void* instance = type.create(&trial.context, routine.config);
  const bool accepted = trial.finish(*routine.spec, draft, instance != nullptr);
  if (instance) type.destroy(instance);
  return accepted;
}

}  // namespace runnel::core
