#include "runtime/routine_set.hpp"

#include "routine/context.hpp"

namespace runnel::core {

RoutineSet::RoutineSet(const Flow& flow, std::unique_ptr<ScriptEngine> scripts)
    : flow_(flow), scripts_(std::move(scripts)), state_(flow.routines.size()) {
  for (const Routine& routine : flow.routines) {
    LoadReport report;
    runnel_context context;
    context.arena = &memory_;
    context.routine = &routine.names;
    context.constants = &flow.constants;
    context.expressions = &flow.expressions;
    context.load = &report;
    void* instance = routine.spec->type->create(&context, routine.config);
    if (!instance && problem_.empty()) {
      problem_ = "routine \"" + routine.id + "\" cannot be made" +
                 (report.problems.empty() ? "" : ": " + report.problems.front().message);
    }
    instances_.push_back(instance);
  }
}

RoutineSet::~RoutineSet() {
  for (size_t i = 0; i < instances_.size(); ++i) {
    if (instances_[i]) flow_.routines[i].spec->type->destroy(instances_[i]);
  }
}

}  // namespace runnel::core
