// A random flow as YAML with Lua, and as the reference model runs it. The two halves of each statement stand together.
#include <algorithm>
#include <sstream>

#include "random_flow.hpp"

namespace runnel::test {
namespace {

const char* const kPrelude = R"(        local function number(item)
          if item.n then return item.n end
          local sum = #item.error.code
          for _, items in pairs(item.input) do
            for i = 1, #items do sum = sum + number(items[i]) end
          end
          return sum
        end
        local x, t = nil, 0
        local function add(items)
          for i = 1, #items do
            x = x or number(items[i])
            t = t + number(items[i])
          end
        end
)";

// What the prelude's number() is of: a plain item's own, a dead letter's by what it holds.
int64_t number_of(const Json& item) {
  if (item.contains("n")) return item["n"];
  auto sum = static_cast<int64_t>(std::string(item["error"]["code"]).size());
  for (const Json& items : item["input"])
    for (const Json& one : items) sum += number_of(one);
  return sum;
}

struct Sums {
  int64_t x = -1, t = 0;
};
Sums sums_of(const Json& by_slot) {
  Sums sums;
  for (const Json& items : by_slot) {
    for (const Json& item : items) {
      if (sums.x < 0) sums.x = number_of(item);
      sums.t += number_of(item);
    }
  }
  return sums;
}

std::string event_name(int number) { return number < 0 ? "error" : "e" + std::to_string(number); }
std::string event_of(const RandomRoutine& routine, int number) {
  return routine.is_later && number >= 0 ? "output" : event_name(number);
}
std::string slot_of(const RandomRoutine& routine, size_t number) {
  return routine.is_later ? "input" : "s" + std::to_string(number);
}
const char* status_of(const RandomStep& step) {
  static const char* const kStatuses[] = {"completed", "failed", "cancelled"};
  return kStatuses[step.a];
}

std::string lua_of(const RandomStep& step, size_t routine, size_t slots) {
  const std::string a = std::to_string(step.a), b = std::to_string(step.b);
  switch (step.kind) {
    case RandomStep::emit:
      return "for i = 1, (t + " + b + ") % 3 do emit(\"" + event_name(step.a) + "\", {n = (x * 3 + t + i + " + b +
             ") % 100}) end";
    case RandomStep::pass_on: {
      std::string text;
      for (size_t i = 0; i < slots; ++i) {
        const std::string slot = "slots.s" + std::to_string(i);
        text += "for i = 1, #" + slot + " do emit(\"" + event_name(step.a) + "\", " + slot + "[i]) end ";
      }
      return text;
    }
    case RandomStep::trace:
      return "job.trace(\"seen\", {x = x, t = t, why = policy_message.reason})";
    case RandomStep::set_data:
      return "job.set_data(\"k" + a + "\", t)";
    case RandomStep::add_data:
      return "job.set_data(\"sum\", job.get_data(\"sum\", 0) + t)";
    case RandomStep::print:
      return "print(\"" + routine_name(routine) + "\", x, t)";
    case RandomStep::fail:
      return "if t % " + a + " == " + b + " then fail(\"no." + b + "\", \"failed at \" .. t) end";
    case RandomStep::fail_first:
      return "if job.get_data(\"tries\", 0) < " + a +
             " then job.set_data(\"tries\", job.get_data(\"tries\", 0) + 1) fail(\"early\", \"too early\") end";
    case RandomStep::complete:
      return "if t % 8 == " + b + " then job.complete(\"" + status_of(step) + "\", \"ended at \" .. x) end";
  }
  return "";
}

void run_step(const RandomStep& step, size_t routine, ModelActivation& in, Json& job) {
  const auto [x, t] = sums_of(in.items);
  Json& data = job["data"];
  switch (step.kind) {
    case RandomStep::emit:
      for (int i = 1; i <= (t + step.b) % 3; ++i)
        in.emissions.emplace_back(event_name(step.a), Json{{"n", (x * 3 + t + i + step.b) % 100}});
      return;
    case RandomStep::pass_on:
      for (const Json& items : in.items)
        for (const Json& item : items) in.emissions.emplace_back(event_name(step.a), item);
      return;
    case RandomStep::trace:
      job["trace_log"].push_back({{"routine_id", routine_name(routine)},
                                  {"action", "seen"},
                                  {"details", {{"x", x}, {"t", t}, {"why", in.message["reason"]}}}});
      return;
    case RandomStep::set_data:
      data["k" + std::to_string(step.a)] = t;
      return;
    case RandomStep::add_data:
      data["sum"] = data.value("sum", int64_t{0}) + t;
      return;
    case RandomStep::print:
      job["output"] = std::string(job["output"]) + routine_name(routine) + "\t" + std::to_string(x) + "\t" +
                      std::to_string(t) + "\n";
      return;
    case RandomStep::fail:
      if (t % step.a == step.b) throw ModelError{"no." + std::to_string(step.b), "failed at " + std::to_string(t)};
      return;
    case RandomStep::fail_first:
      if (data.value("tries", 0) >= step.a) return;
      data["tries"] = data.value("tries", 0) + 1;
      throw ModelError{"early", "too early"};
    case RandomStep::complete:
      if (t % 8 == step.b && in.completion.is_null())
        in.completion = Json::array({status_of(step), "ended at " + std::to_string(x)});
  }
}

// Class `later` of model_support.cpp: suspends once or twice, emits before and after, and may fail in the end.
void run_later(int fails_at, int rounds, ModelActivation& in, Json&) {
  const int64_t x = sums_of(in.items).x;
  if (rounds == 0) in.emissions.emplace_back("output", Json{{"n", (x + 1) % 100}});
  if (rounds < 1 + x % 2) {
    in.suspends = true;
    in.logic = [=](ModelActivation& rest, Json& job) { run_later(fails_at, rounds + 1, rest, job); };
    return;
  }
  for (const Json& items : in.items)
    for (const Json& item : items) in.emissions.emplace_back("output", item);
  if (fails_at && (x + fails_at) % 5 == 0) throw ModelError{"late.failure", "late at " + std::to_string(x)};
}

std::string policy_text(const RandomRoutine& routine) {
  const std::string a = std::to_string(routine.policy_a);
  if (routine.policy == "batch_size") return "{batch_size: " + a + "}";
  if (routine.policy != "when") return routine.policy;
  const std::string first = "slots." + slot_of(routine, 0);
  if (routine.policy_a == 1) return "{when: '#" + first + " > 0 and (" + first + "[#" + first + "].n or 0) % 3 == 0'}";
  std::string sum;
  for (size_t i = 0; i < routine.slots; ++i) sum += (i ? " + #slots." : "#slots.") + slot_of(routine, i);
  return "{when: '" + sum + " >= " + a + "'}";
}

bool policy_holds(const RandomRoutine& routine, const Json& items) {
  if (routine.policy_a == 1) {
    const Json first = items.value(slot_of(routine, 0), Json::array());
    return !first.empty() && first.back().value("n", 0) % 3 == 0;
  }
  size_t sum = 0;
  for (const Json& list : items) sum += list.size();
  return sum >= static_cast<size_t>(routine.policy_a);
}

std::string condition_text(int when) {
  const std::string text = "(data.n or 0) % " + std::to_string(std::abs(when) + 1) + " ~= 0";
  return when > 0 ? text : text + " or fail(\"when.failed\", \"judged \" .. (data.n or 0))";
}

bool condition_holds(int when, const Json& item) {
  const int n = item.value("n", 0);
  if (n % (std::abs(when) + 1) != 0) return true;
  if (when < 0) throw ModelError{"when.failed", "judged " + std::to_string(n)};
  return false;
}

template <class Names>
std::string list_of(size_t count, Names&& name) {
  std::string text = "[";
  for (size_t i = 0; i < count; ++i) text += (i ? ", " : "") + name(i);
  return text + "]";
}

}  // namespace

std::string routine_name(size_t number) { return "r" + std::to_string(number); }

std::string yaml_of(const RandomFlow& flow) {
  std::ostringstream out;
  out << "flow_id: random\nentry: r0." << slot_of(flow.routines[0], 0) << "\nexecution: {max_hops: " << flow.hop_limit
      << ", max_emits: " << flow.emit_limit << ", trace_level: flow, trace_limit: 100000}\n";
  if (!flow.strategy.empty()) out << "error_handler: {strategy: " << flow.strategy << "}\n";
  out << "routines:\n";
  for (size_t i = 0; i < flow.routines.size(); ++i) {
    const RandomRoutine& routine = flow.routines[i];
    out << "  " << routine_name(i) << ":\n    class: " << (routine.is_later ? "later" : "script") << "\n";
    if (!routine.policy.empty()) out << "    activation: " << policy_text(routine) << "\n";
    if (!routine.on_flush.empty()) out << "    on_flush: " << routine.on_flush << "\n";
    if (routine.max_retries >= 0) {
      out << "    error_handler: {strategy: retry, max_retries: " << routine.max_retries << ", retry_delay: 1ms"
          << (routine.strategy.empty() ? "" : ", then: " + routine.strategy) << "}\n";
    } else if (!routine.strategy.empty()) {
      out << "    error_handler: {strategy: " << routine.strategy << "}\n";
    }
    if (routine.is_later) {
      out << "    config: {fails_at: " << routine.fails_at << "}\n";
      continue;
    }
    out << "    slots: " << list_of(routine.slots, [](size_t slot) { return "s" + std::to_string(slot); }) << "\n"
        << "    events: " << list_of(routine.events, [](size_t event) { return "e" + std::to_string(event); }) << "\n"
        << "    config:\n      lua: |\n"
        << kPrelude;
    for (size_t slot = 0; slot < routine.slots; ++slot) out << "        add(slots.s" << slot << ")\n";
    for (const RandomStep& step : routine.steps) out << "        " << lua_of(step, i, routine.slots) << "\n";
  }
  out << (flow.connections.empty() ? "connections: []\n" : "connections:\n");
  for (const RandomConnection& one : flow.connections) {
    out << "  - {from: " << routine_name(one.from) << "." << event_of(flow.routines[one.from], one.event)
        << ", to: " << routine_name(one.to) << "." << slot_of(flow.routines[one.to], one.slot);
    if (one.when) out << ", when: '" << condition_text(one.when) << "'";
    out << "}\n";
  }
  return out.str();
}

ModelFlow model_of(const RandomFlow& flow) {
  ModelFlow model{{}, {}, static_cast<size_t>(flow.hop_limit), static_cast<size_t>(flow.emit_limit)};
  for (size_t i = 0; i < flow.routines.size(); ++i) {
    const RandomRoutine& routine = flow.routines[i];
    ModelRoutine made;
    made.id = routine_name(i);
    for (size_t slot = 0; slot < routine.slots; ++slot) made.slots.push_back(slot_of(routine, slot));
    if (!routine.policy.empty()) made.policy = routine.policy;
    made.batch_size = static_cast<size_t>(routine.policy_a);
    made.when = [routine](const Json& items) { return policy_holds(routine, items); };
    made.on_flush = routine.on_flush;
    made.max_retries = static_cast<size_t>(std::max(0, routine.max_retries));
    if (!flow.strategy.empty() && routine.max_retries < 0) made.strategy = flow.strategy;
    if (!routine.strategy.empty()) made.strategy = routine.strategy;
    made.logic = [routine, i](ModelActivation& in, Json& job) {
      if (routine.is_later) return run_later(routine.fails_at, 0, in, job);
      for (const RandomStep& step : routine.steps) run_step(step, i, in, job);
    };
    model.routines.push_back(std::move(made));
  }
  for (const RandomConnection& one : flow.connections) {
    ModelConnection made{one.from, event_of(flow.routines[one.from], one.event), one.to,
                         slot_of(flow.routines[one.to], one.slot)};
    if (one.when) made.when = [when = one.when](const Json& item) { return condition_holds(when, item); };
    model.connections.push_back(std::move(made));
  }
  return model;
}

}  // namespace runnel::test
