#include "base/edit_distance.hpp"
#include "config/config_section.hpp"
#include "config/loading.hpp"
#include "config/map_reader.hpp"
#include "config/ports_section.hpp"
#include "config/python_names.hpp"
#include "config/trial.hpp"
#include "routine/class_name.hpp"
#include "value/builder.hpp"

namespace runnel::core {
namespace {

constexpr std::string_view kShared = "_shared";  // what all routines share in a worker's state

void read_class(Loading& loading, Routine& routine, const YamlNode& node) {
  const auto name = loading.fields.text(node, "\"class\"");
  if (!name) return;
  routine.spec = find_class(loading.registry, *name);
  if (!routine.spec && !loading.lacks_classes) {
    const std::string ours = class_name_of(*name);
    std::string hint = instead_of_class(ours);
    if (const std::string meant = nearest(ours, loading.registry.names()); hint.empty() && !meant.empty())
      hint = "did you mean " + quoted(meant) + "?";
    if (hint.empty()) hint = "`runnel list` prints the classes";
    loading.mistakes.error(node.place(), "unknown class " + quoted(*name), std::move(hint));
  }
}

// What depends on the class. On a mistake the routine's ports may not be known.
void read_by_class(Loading& loading, Routine& routine, RoutineDraft& draft, const MapReader& body) {
  if (loading.options.untrusted && routine.spec->has(RUNNEL_REACHES_OUT)) {
    loading.mistakes.forbid(draft.entry->value.find("class")->value.place(),
                            "class " + quoted(routine.spec->name) + ", which reaches out to files or processes");
    return;
  }
  routine.keeps_state = routine.spec->has(RUNNEL_KEEPS_STATE);
  read_ports(loading, routine, draft, body);
  bool is_good = read_config(loading, routine, *draft.entry, body.is_misspelt("config"));
  if (is_good) {
    is_good = resolve_routine(loading, routine, draft);
  }
  if (!is_good && routine.spec->type->resolve) draft.slots_known = draft.events_known = false;
  routine.names.events.emplace_back("error");
  if (is_good && draft.slots_known && draft.events_known) try_routine(loading, routine, draft);
}

void read_routine(Loading& loading, const YamlEntry& entry) {
  Routine routine;
  RoutineDraft draft;
  draft.entry = &entry;
  draft.first_expression = loading.flow.expressions.size();
  routine.id = entry.key.text;
  routine.place = entry.key.place();
  routine.names.id = make_string(*loading.flow.memory, routine.id, RUNNEL_CLEAN);
  routine.error_handler = loading.flow_error_handler;
  if (!is_id(routine.id)) {
    loading.mistakes.error(entry.key.place(), quoted(routine.id) + " is not a routine id",
                           "letters, digits, \"_\" and \"-\", starting with a letter or \"_\"");
  } else if (routine.id == kShared) {
    loading.mistakes.error(entry.key.place(), "\"_shared\" is the name of the state all routines share");
  }
  if (entry.value.kind == NodeKind::map) {
    MapReader body(entry.value, loading.mistakes,
                   {"class", "config", "slots", "events", "activation", "on_flush", "scope", "error_handler", "timeout",
                    "description"},
                   " in routine " + quoted(routine.id));
    if (const YamlNode* node = body.require("class", entry.key.place())) read_class(loading, routine, *node);
    if (routine.spec) read_by_class(loading, routine, draft, body);
    read_policy(loading, routine, {body.get("activation"), body.get("on_flush"), body.get("scope")});
    if (const YamlNode* node = body.get("error_handler")) {
      routine.error_handler = read_error_handler(loading, *node, " of routine " + quoted(routine.id));
    }
    if (const YamlNode* node = body.get("timeout")) {
      routine.timeout_us = read_timeout(loading, *node).value_or(0);
    }
    const YamlNode* description = body.get("description");
    if (description && description->kind != NodeKind::null) loading.fields.any_text(*description, "\"description\"");
  } else {
    loading.fields.refuse(entry.value, "routine " + quoted(routine.id), "a map");
  }
  draft.end_expression = loading.flow.expressions.size();
  loading.routine_numbers.emplace(routine.id, static_cast<uint32_t>(loading.flow.routines.size()));
  loading.flow.routines.push_back(std::move(routine));
  loading.drafts.push_back(draft);
}

}  // namespace

void read_routines(Loading& loading, const YamlNode& routines) {
  if (routines.kind != NodeKind::map) {
    loading.fields.refuse(routines, "\"routines\"", "a map of routine ids");
    return;
  }
  if (routines.entries.empty()) {
    loading.mistakes.error(routines.place(), "\"routines\" names no routine");
    return;
  }
  for (const YamlEntry& entry : routines.entries) read_routine(loading, entry);
}

}  // namespace runnel::core
