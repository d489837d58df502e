// script: a Lua script with slots and events of the author's choice.
#include <runnel/routine.hpp>

namespace {

class Script {
 public:
  explicit Script(runnel::Config config) : lua_(config.expression("lua")) {}

  void activate(runnel::Activation& in) { in.evaluate(lua_); }

  static constexpr auto spec() {
    return runnel::routine("script", "Runs a Lua script")
        .param("lua", runnel::kind::lua, runnel::required,
               "the script. It sees data (the item), slots.NAME[i], emit(event, item), fail(code, message), print(...) "
               "(into the "
               "record's output), job.trace(action, details), job.set_data(key, value), job.get_data(key, default), "
               "job.complete(status, error), job.metadata, worker.get/set/update (state that outlives jobs), env.NAME, "
               "re (RE2), json, now(), policy_message")
        .flag(RUNNEL_FREE_SLOTS)
        .flag(RUNNEL_FREE_EVENTS);
  }

 private:
  runnel::Expression lua_;
};

}  // namespace

RUNNEL_PLUGIN("script", "0.1.0", Script)
