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
               "the script; sees data, slots, job, worker, emit, fail, print, env, re, json, now")
        .flag(RUNNEL_FREE_SLOTS)
        .flag(RUNNEL_FREE_EVENTS);
  }

 private:
  runnel::Expression lua_;
};

}  // namespace

RUNNEL_PLUGIN("script", "0.1.0", Script)
