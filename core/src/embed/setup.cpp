#include "embed/setup.hpp"

#include <sched.h>

#include <algorithm>

#include "base/diagnostic.hpp"
#include "flow/entry.hpp"
#include "runnel/batch.hpp"
#include "script/lua.hpp"
#include "value/reader.hpp"

namespace runnel::core {

namespace {

std::vector<std::string> routine_ids(const Flow& flow) {
  std::vector<std::string> ids;
  for (const Routine& routine : flow.routines) ids.push_back(routine.id);
  return ids;
}

std::string with_hint(std::string message, std::string_view name, const std::vector<std::string>& candidates) {
  if (std::string hint = suggest(name, candidates); !hint.empty()) message += "; " + hint;
  return message;
}

std::string find_routine(const Flow& flow, std::string_view routine, uint32_t& out) {
  const auto number = flow.routine_number(routine);
  if (number) {
    out = *number;
    return "";
  }
  return with_hint("no routine \"" + printable(routine) + "\" in flow \"" + flow.id + "\"", routine, routine_ids(flow));
}

std::string find_port(const Flow& flow, std::string_view routine, std::string_view name, bool event, SlotRef& out) {
  uint32_t number = 0;
  if (std::string mistake = find_routine(flow, routine, number); !mistake.empty()) return mistake;
  const RoutineNames& names = flow.routines[number].names;
  const std::vector<std::string>& ports = event ? names.events : names.slots;
  const auto at = std::find(ports.begin(), ports.end(), name);
  if (at == ports.end()) {
    const std::string what = event ? "event" : "slot";
    return with_hint("no " + what + " \"" + printable(name) + "\" in routine \"" + std::string(routine) + "\"", name,
                     ports);
  }
  out = {number, static_cast<uint32_t>(at - ports.begin())};
  return "";
}

std::string find_dotted(const Flow& flow, std::string_view text, bool event, SlotRef& out) {
  const size_t dot = text.find('.');
  if (dot == std::string_view::npos) {
    return "\"" + printable(text) + "\" is not of the form " + (event ? "ROUTINE.EVENT" : "ROUTINE.SLOT");
  }
  return find_port(flow, text.substr(0, dot), text.substr(dot + 1), event, out);
}

}  // namespace

std::string find_slot(const Flow& flow, std::string_view text, SlotRef& out) {
  return find_dotted(flow, text, false, out);
}
std::string find_event(const Flow& flow, std::string_view text, SlotRef& out) {
  return find_dotted(flow, text, true, out);
}
std::string find_slot(const Flow& flow, std::string_view routine, std::string_view slot, SlotRef& out) {
  return find_port(flow, routine, slot, false, out);
}

std::string find_only_slot(const Flow& flow, std::string_view routine, SlotRef& out) {
  uint32_t number = 0;
  if (std::string mistake = find_routine(flow, routine, number); !mistake.empty()) return mistake;
  const std::vector<std::string>& slots = flow.routines[number].names.slots;
  out = {number, 0};
  if (slots.size() == 1) return "";
  std::string names;
  for (const std::string& slot : slots) names += (names.empty() ? "" : ", ") + slot;
  if (slots.empty()) return "routine \"" + std::string(routine) + "\" has no slot";
  return "routine \"" + std::string(routine) + "\" has several slots: " + names + "; name one";
}

std::string find_entry(const Flow& flow, SlotRef& out) {
  if (flow.entry) {
    out = *flow.entry;
    return "";
  }
  return entry_question(flow) + "; " + kEntryHint;
}

std::string job_options(const Flow& flow, const RuntimeOptions& options, Arena& memory, JobOptions& out) {
  out.deterministic = options.deterministic;
  out.strand.trace_level = options.trace_level ? static_cast<TraceLevel>(*options.trace_level) : flow.trace_level;
  Reader reader;
  const char* text = memory.copy(options.metadata);
  if (!reader.read({text, options.metadata.size()}, memory, out.metadata)) {
    return "metadata is not readable as JSON: " + reader.problem().message;
  }
  if (out.metadata.kind != RUNNEL_OBJECT) return "metadata is not a JSON object";
  return "";
}

std::unique_ptr<JobRunner> make_runner(const Flow& flow, uint32_t worker, const JobOptions& options) {
  return std::make_unique<JobRunner>(
      flow, worker, make_lua_engine(flow.expressions, ScriptLimits{}, options.strand.cancelled), options);
}

}  // namespace runnel::core

namespace runnel {

std::vector<std::string> routines_reaching_out(const Flow& flow) {
  std::vector<std::string> ids;
  for (const core::Routine& routine : flow.graph()->routines) {
    if (routine.spec->has(RUNNEL_REACHES_OUT) && routine.spec->has(RUNNEL_MAY_SUSPEND)) ids.push_back(routine.id);
  }
  return ids;
}

uint32_t workers_for(const Flow& flow, uint32_t asked) {
  if (flow.graph()->keeps_state() && !flow.graph()->partition_by) return 1;
  if (asked) return asked;
  if (flow.graph()->workers) return *flow.graph()->workers;
  cpu_set_t cores;
  if (sched_getaffinity(0, sizeof cores, &cores) == 0) return static_cast<uint32_t>(std::max(1, CPU_COUNT(&cores)));
  return 1;
}

std::string note_on_workers(const Flow& flow, uint32_t asked) {
  constexpr size_t kShown = 5;
  const core::Flow& graph = *flow.graph();
  if (!asked) asked = graph.workers.value_or(1);
  if (asked <= 1 || workers_for(flow, asked) == asked) return "";
  std::string names;
  size_t count = 0;
  for (const core::Routine& routine : graph.routines) {
    if (!routine.keeps_state || ++count > kShown) continue;
    names += (names.empty() ? "\"" : ", \"") + routine.id + "\"";
  }
  if (count > kShown) names += ", ...";
  return (count == 1 ? "routine " + names + " keeps" : "routines " + names + " keep") +
         " state between jobs, so the flow runs on 1 worker, not " + std::to_string(asked) +
         "; with state per key it runs on more: execution: {partition_by: data.KEY}";
}

}  // namespace runnel
