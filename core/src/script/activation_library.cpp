// What an activation offers: emit, fail, print, now, and the names that stand for parts of its context.
#include "base/utf8.hpp"
#include "script/sandbox.hpp"

namespace runnel::core {
namespace {

int emit_item(lua_State* L) {
  LuaEngine& engine = engine_of(L);
  runnel_context& context = effect_context(L, "emit");
  size_t size = 0;
  luaL_checktype(L, 1, LUA_TSTRING);
  const char* name = lua_tolstring(L, 1, &size);
  if (lua_gettop(L) > 3) return luaL_error(L, "emit takes an event, an item and {job = i}");
  if (!context.emissions || !context.routine) return luaL_error(L, "emit is not possible here");
  const std::string_view event(name, size);
  if (!context.routine->events.empty() && event == context.routine->events.back()) {
    fail(context, "event.unknown", "the event \"error\" is emitted by the runtime; fail instead");
  } else {
    const Value item = to_value(L, 2);
    target_of_emit(L, 3);
    emit(context, event, item);
  }
  if (context.has_failed) engine.end_failed();
  return 0;
}

// Text for messages: any value, always valid UTF-8.
std::string_view message_argument(lua_State* L, int index) {
  push_text(L, index);
  size_t size = 0;
  const char* text = lua_tolstring(L, -1, &size);
  return {text, size};
}

void fail_context(runnel_context& context, std::string_view code, std::string_view message) {
  fail(context, is_utf8(code) ? std::string(code) : printable(code),
       is_utf8(message) ? std::string(message) : printable(message));
}

int fail_activation(lua_State* L) {
  luaL_checktype(L, 1, LUA_TSTRING);
  size_t size = 0;
  const char* code = lua_tolstring(L, 1, &size);
  luaL_argcheck(L, size > 0, 1, "a code is not empty");
  const std::string_view message = lua_isnoneornil(L, 2) ? std::string_view(code, size) : message_argument(L, 2);
  LuaEngine& engine = engine_of(L);
  fail_context(engine.context(), {code, size}, message);
  engine.end_failed();
}

int print_texts(lua_State* L) {
  LuaEngine& engine = engine_of(L);
  const int count = lua_gettop(L);
  for (int i = 1; i <= count; ++i) {
    luaL_checkstack(L, 4, nullptr);
    push_text(L, i);
    lua_replace(L, i);
  }
  std::string& line = engine.scratch.text;
  line.clear();
  for (int i = 1; i <= count; ++i) {
    size_t size = 0;
    const char* text = lua_tolstring(L, i, &size);
    if (i > 1) line += '\t';
    line.append(text, size);
    engine.require_room(line.size());
  }
  line += '\n';
  engine.charge(line.size() / 64);
  print_line(engine);
  return 0;
}

int now(lua_State* L) {
  LuaEngine& engine = engine_of(L);
  char text[kTimeTextSize];
  engine.times.write(text, now_us(engine.context()));
  lua_pushlstring(L, text, kTimeTextSize);
  return 1;
}

Value context_value(const runnel_context& context, std::string_view name) {
  if (name == "policy_message") return context.policy_message;
  if (name == "routine_id") return context.routine ? context.routine->id : missing();
  if (name == "flow_id" && context.constants) return context.constants->flow_id;
  if (name == "env" && context.constants) return context.constants->env;
  if (name == "metadata" && context.job) return context.job->metadata;
  return missing();
}

// Asked for names that are no globals of ours.
int context_global(lua_State* L) {
  if (lua_type(L, 2) != LUA_TSTRING) return 0;
  size_t size = 0;
  const char* name = lua_tolstring(L, 2, &size);
  push_value(L, context_value(engine_of(L).context(), {name, size}));
  return 1;
}

}  // namespace

const std::vector<std::string>& context_names() {
  static const std::vector<std::string> names{"data",           "env",       "flow_id", "job", "metadata",
                                              "policy_message", "routine_id"};
  return names;
}

void print_line(LuaEngine& engine) {
  const std::string& line = engine.scratch.text;
  if (ServedJobs* served = engine.context().served) served->target = kAllJobs;
  if (is_utf8(line)) {
    print(engine.context(), line);
  } else {
    print(engine.context(), printable(line.substr(0, line.size() - 1)) + "\n");
  }
}

runnel_context& effect_context(lua_State* L, const char* what) {
  runnel_context& context = engine_of(L).context();
  if (context.is_condition) luaL_error(L, "%s is not allowed in a condition", what);
  return context;
}

void add_activation(lua_State* L, int globals) {
  constexpr luaL_Reg kFunctions[] = {
      {"emit", emit_item}, {"fail", fail_activation}, {"print", print_texts}, {"now", now}, {nullptr, nullptr}};
  lua_pushvalue(L, globals);
  luaL_setfuncs(L, kFunctions, 0);
  constexpr luaL_Reg kNone[] = {{nullptr, nullptr}};
  push_metatable(L, "globals", kNone);
  lua_pushcfunction(L, context_global);
  lua_setfield(L, -2, "__index");
  lua_setmetatable(L, -2);
  lua_pop(L, 1);
}

}  // namespace runnel::core
