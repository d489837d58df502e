// Flows made by hand for tests of the engine: routines are C++ functions, conditions too.
#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <runnel/routine.hpp>
#include <string>
#include <utility>
#include <vector>

#include "flow/flow.hpp"
#include "routine/registry.hpp"
#include "runtime/job_runner.hpp"
#include "value/builder.hpp"
#include "value/writer.hpp"

namespace runnel::test {

using Logic = std::function<void(Activation&)>;
using Condition = std::function<bool(runnel_context&)>;

inline std::vector<Logic>& logics() {
  static std::vector<Logic> all;
  return all;
}

class FunctionRoutine {
 public:
  explicit FunctionRoutine(Config config) : logic_(static_cast<size_t>(config.object().raw().as.integer)) {}
  void activate(Activation& in) { logics()[logic_](in); }
  static constexpr auto spec() { return routine("function", "A function of a test"); }

 private:
  size_t logic_;
};

// Conditions throw std::runtime_error to fail.
class Conditions : public core::ScriptEngine {
 public:
  explicit Conditions(const std::vector<Condition>& all) : all_(all) {}
  bool evaluate(size_t expression, runnel_context& context, core::Value& out) override {
    try {
      out = core::make_bool(all_[expression](context));
      return true;
    } catch (const std::exception& error) {
      core::fail(context, "script.error", error.what(), "test.yaml:1:1");
      return false;
    }
  }

 private:
  const std::vector<Condition>& all_;
};

class FlowBuilder {
 public:
  FlowBuilder() : spec_(core::spec_of(TypeOf<FunctionRoutine>::type, "test")) {
    detail::host = &core::host_table();
    flow_.id = "test";
    flow_.routines.reserve(64);  // add() lends references
    flow_.constants.flow_id = core::literal("test");
    flow_.entry = core::SlotRef{0, 0};
  }

  core::Routine& add(const std::string& id, std::vector<std::string> slots, std::vector<std::string> events,
                     Logic logic) {
    ids_.push_back(std::make_unique<std::string>(id));
    core::Routine routine;
    routine.id = id;
    routine.spec = &spec_;
    events.push_back("error");
    routine.connections.resize(events.size());
    routine.names = {core::string_view_value(*ids_.back()), std::move(slots), std::move(events)};
    routine.config = core::make_int(static_cast<int64_t>(logics().size()));
    routine.place = {"test.yaml", static_cast<uint32_t>(flow_.routines.size() + 1), 3};
    logics().push_back(std::move(logic));
    flow_.flush_order.push_back(static_cast<uint32_t>(flow_.routines.size()));
    flow_.routines.push_back(std::move(routine));
    return flow_.routines.back();
  }

  void connect(const std::string& from, const std::string& event, const std::string& to, const std::string& slot,
               Condition when = nullptr) {
    core::Connection connection;
    connection.from = *flow_.routine_number(from);
    connection.to = *flow_.routine_number(to);
    connection.event = index(flow_.routines[connection.from].names.events, event);
    connection.slot = index(flow_.routines[connection.to].names.slots, slot);
    connection.place = {"test.yaml", static_cast<uint32_t>(100 + flow_.connections.size()), 5};
    if (when) connection.when = add_condition(std::move(when));
    flow_.routines[connection.from].connections[connection.event].push_back(
        static_cast<uint32_t>(flow_.connections.size()));
    flow_.connections.push_back(std::move(connection));
  }

  size_t add_condition(Condition condition) {
    conditions_.push_back(std::move(condition));
    flow_.expressions.push_back({core::ExpressionKind::lua_expression, {}, {}, {}});
    return conditions_.size() - 1;
  }

  core::Flow& flow() { return flow_; }

  core::JobContext& run(const std::string& json, core::JobOptions options = {}) {
    start(options);
    return again(json);
  }
  core::JobContext& again(const std::string& json) { return *post(json); }
  void start(core::JobOptions options) {
    if (core::is_missing(options.metadata)) options.metadata = core::make_object(memory_, {});
    runner_ = std::make_unique<core::JobRunner>(flow_, 0, std::make_unique<Conditions>(conditions_), options);
  }
  // Null: the job waits.
  core::JobContext* post(const std::string& json) {
    text_ = json;
    core::JobRequest request;
    request.text = text_;
    request.number = request.place.ordinal = ++ordinal_;
    request.place.source = "test.jsonl";
    request.place.line = ordinal_;
    request.slot = *flow_.entry;
    return runner_->run(request);
  }
  void forget_input() { std::fill(text_.begin(), text_.end(), '#'); }
  core::JobRunner& runner() { return *runner_; }

 private:
  static uint32_t index(const std::vector<std::string>& names, const std::string& name) {
    return static_cast<uint32_t>(std::find(names.begin(), names.end(), name) - names.begin());
  }

  core::RoutineSpec spec_;
  core::Flow flow_;
  std::vector<std::unique_ptr<std::string>> ids_;
  std::vector<Condition> conditions_;
  std::unique_ptr<core::JobRunner> runner_;
  core::Arena memory_;
  std::string text_;
  uint64_t ordinal_ = 0;
};

inline std::string data_of(core::JobContext& job) {
  return core::to_json(core::make_object(job.arena, job.data.members()));
}

// "routine:action routine:action ..."
inline std::string trace_of(core::JobContext& job) {
  std::string text;
  for (size_t i = 0; i < job.trace_log.size(); ++i) {
    const core::TraceEntry& entry = job.trace_log.at(i);
    text += (text.empty() ? "" : " ") + core::to_std_string(entry.routine_id) + ":" + core::to_std_string(entry.action);
  }
  return text;
}

inline Logic pass(uint32_t event = 0) {
  return [event](Activation& in) {
    for (uint32_t slot = 0; slot < 4; ++slot) {
      for (uint32_t i = 0; i < in.slot(slot).size(); ++i) in.emit(event, in.slot(slot)[i]);
    }
  };
}

// Adds the item to the list in data.seen, with the routine's name.
inline Logic note(const std::string& name) {
  return [name](Activation& in) {
    std::string text = in.job().get_data("seen").string_or("");
    for (uint32_t slot = 0; slot < 4; ++slot) {
      for (uint32_t i = 0; i < in.slot(slot).size(); ++i)
        text += name + std::to_string(in.slot(slot)[i].int_or(-1)) + " ";
    }
    in.job().set_data("seen", text);
  };
}

inline std::string seen(core::JobContext& job) { return core::to_std_string(job.data.get("seen")); }

// A routine that emits 1, 2, ... n on its event.
inline Logic emit_numbers(int n) {
  return [n](Activation& in) {
    for (int i = 1; i <= n; ++i) in.emit(0, i);
  };
}

}  // namespace runnel::test
