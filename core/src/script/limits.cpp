// What ends a run whatever the script does about it: instructions, memory, failures of the context.
#include "script/engine.hpp"

namespace runnel::core {
namespace {

constexpr int kHookInterval = 1000;
constexpr int64_t kMostRunTime = 10'000'000;  // microseconds of computing: for what no count can see
constexpr size_t kLargeBytesPerInstruction = 64;

}  // namespace

void LuaEngine::set_hook(bool armed) {
  if (armed == hook_armed_ && !hook_dirty_) return;
  hook_armed_ = armed;
  hook_dirty_ = false;
  lua_sethook(state_, armed ? hook : nullptr, armed ? LUA_MASKCOUNT : 0, armed ? kHookInterval : 0);
}

void LuaEngine::hook(lua_State* L, lua_Debug*) {
  LuaEngine& engine = engine_of(L);
  if (engine.doomed_) engine.end_failed();
  if (engine.hook_dirty_) engine.set_hook(engine.hook_armed_);
  const int64_t now = thread_cpu_us();
  if (engine.started_us_ == 0) engine.started_us_ = now;
  if (now - engine.started_us_ > kMostRunTime)
    engine.doom("limit.instructions", "a script computed for more than 10 s in one activation");
  engine.check_time();
  engine.charge(kHookInterval);
}

void LuaEngine::check_time() {
  if (context_->has_failed) return;
  const bool is_cancelled = cancelled_ && cancelled_->load(std::memory_order_relaxed);
  if (!is_cancelled && (context_->deadline_us == 0 || monotonic_us() < context_->deadline_us)) return;
  context_->is_out_of_time = true;
  doom("timeout", "the time is over");
}

void LuaEngine::charge(uint64_t instructions) {
  if (instructions < budget_) {
    budget_ -= instructions;
    return;
  }
  budget_ = 0;
  scratch.text = "more than " + std::to_string(limits_.instructions) + " Lua instructions in one activation";
  doom("limit.instructions", scratch.text.c_str());
}

void LuaEngine::doom(std::string_view code, const char* message) {
  if (!doomed_) {
    doom_.code = code;
    doom_.message = message;
    set_doomed();
  }
  lua_checkstack(state_, 4);
  luaL_error(state_, "%s", message);
  __builtin_unreachable();
}

void LuaEngine::end_failed() {
  if (!doomed_) {
    doom_.code.clear();
    set_doomed();
  }
  lua_checkstack(state_, 4);
  lua_pushliteral(state_, "the activation has failed");
  lua_error(state_);
  __builtin_unreachable();
}

// From here on every Lua function ends at its next instruction: a script that catches the error gets no further.
void LuaEngine::set_doomed() {
  doomed_ = true;
  doom_.line = current_line();
  doom_.named = current_function();
  hook_next();
}

void LuaEngine::require_room(size_t bytes) {
  if (bytes <= limits_.memory) return;
  lose_memory();
  luaL_error(state_, "not enough memory");
}

void LuaEngine::lose_memory() {
  if (doomed_) return;
  doom_.code = "limit.memory";
  doom_.message = "scripts of one worker need more than " + std::to_string(limits_.memory) + " bytes";
  set_doomed();
  if (doom_.line == 0) doom_.line = refused_line_;
  must_reopen_ = true;
}

// Each refusal makes Lua collect all its garbage first, and what led to it may have taken seconds within one
// instruction: the clock is looked at before the next one.
void LuaEngine::refused() {
  constexpr uint64_t kCost = 50'000;
  refused_line_ = current_line();
  charge_later(kCost);
  if (context_) hook_next();
}

// Copying large blocks takes time the hook does not count.
void LuaEngine::large_block(size_t bytes) { charge_later(bytes / kLargeBytesPerInstruction); }

// As charge, where nothing may be raised: the next instruction will.
void LuaEngine::charge_later(uint64_t instructions) {
  if (!context_) return;
  budget_ = instructions < budget_ ? budget_ - instructions : 0;
  if (budget_ == 0 && !doomed_) hook_next();
}

void LuaEngine::hook_next() {
  lua_sethook(state_, hook, LUA_MASKCOUNT, 1);
  hook_dirty_ = true;
}

uint32_t LuaEngine::current_line() {
  lua_Debug frame;
  for (int level = 0; lua_getstack(state_, level, &frame); ++level) {
    lua_getinfo(state_, "l", &frame);
    if (frame.currentline > 0) return static_cast<uint32_t>(frame.currentline);
  }
  return 0;
}

std::string LuaEngine::current_function() {
  lua_Debug frame;
  if (!lua_getstack(state_, 0, &frame)) return {};
  lua_getinfo(state_, "nS", &frame);
  return frame.name && *frame.what == 'C' ? frame.name : "";
}

}  // namespace runnel::core
