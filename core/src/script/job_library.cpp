// job: its fields, its data and what an activation may do to it. `job` itself is nil where there is no single job.
#include <algorithm>
#include <array>

#include "script/sandbox.hpp"
#include "value/builder.hpp"

namespace runnel::core {
namespace {

int refuse_write(lua_State* L) { return luaL_error(L, "job is read-only: use job.set_data"); }

void set_or_end(LuaEngine& engine, Value key, Value value) {
  set_data(engine.context(), key, is_missing(value) ? null_value() : value);
  if (engine.context().has_failed) engine.end_failed();
}

int job_trace(lua_State* L) {
  LuaEngine& engine = engine_of(L);
  runnel_context& context = effect_context(L, "job.trace");
  refuse_colon(L, BoxKind::job, "job.trace(action, details)");
  const Value action = string_value(L, 1);
  const Value details = to_value(L, 2);
  if (!is_missing(details) && details.kind != RUNNEL_OBJECT) {
    return luaL_error(L, "job.trace: the details must be an object, not %s", luaL_typename(L, 2));
  }
  trace(context, action, details);
  if (context.has_failed) engine.end_failed();
  return 0;
}

int job_set_data(lua_State* L) {
  effect_context(L, "job.set_data");
  refuse_colon(L, BoxKind::job, "job.set_data(key, value)");
  const Value key = string_value(L, 1);
  const Value value = to_value(L, 2);
  set_or_end(engine_of(L), key, value);
  return 0;
}

// Pushes a value, or what stands at `otherwise` where it is nil.
int push_or(lua_State* L, Value value, int otherwise) {
  if (is_nothing(value)) {
    lua_settop(L, otherwise);
  } else {
    push_value(L, value);
  }
  return 1;
}

std::string_view key_argument(lua_State* L) {
  luaL_checktype(L, 1, LUA_TSTRING);
  size_t size = 0;
  const char* key = lua_tolstring(L, 1, &size);
  return {key, size};
}

int job_get_data(lua_State* L) {
  refuse_colon(L, BoxKind::job, "job.get_data(key, default)");
  return push_or(L, get_data(engine_of(L).context(), key_argument(L)), 2);
}

Value data_of_routine(lua_State* L) {
  const runnel_context& context = engine_of(L).context();
  if (!context.routine) luaL_error(L, "there is no routine here");
  return get_data(context, raw_text(context.routine->id));
}

int job_get_routine_data(lua_State* L) {
  refuse_colon(L, BoxKind::job, "job.get_routine_data(key, default)");
  return push_or(L, get(data_of_routine(L), key_argument(L)), 2);
}

// The object with one member set, in the arena.
Value with_member(LuaEngine& engine, Value object, Member member) {
  std::vector<Member>& members = engine.scratch.members;
  members.clear();
  if (object.kind == RUNNEL_OBJECT) members.assign(members_of(object), members_of(object) + object.size);
  members.push_back(member);
  return make_object(*engine.context().arena, members);
}

int job_set_routine_data(lua_State* L) {
  LuaEngine& engine = engine_of(L);
  effect_context(L, "job.set_routine_data");
  refuse_colon(L, BoxKind::job, "job.set_routine_data(key, value)");
  const Value before = data_of_routine(L);
  const Value key = string_value(L, 1);
  const Value value = to_value(L, 2);
  engine.charge(1 + (before.kind == RUNNEL_OBJECT ? before.size : 0));
  const Value after = with_member(engine, before, {key, is_missing(value) ? null_value() : value});
  require_memory(engine);
  set_or_end(engine, engine.context().routine->id, after);
  return 0;
}

int job_complete(lua_State* L) {
  LuaEngine& engine = engine_of(L);
  runnel_context& context = effect_context(L, "job.complete");
  refuse_colon(L, BoxKind::job, "job.complete(status, error)");
  size_t size = 0;
  const char* status = luaL_optlstring(L, 1, "completed", &size);
  const Value error = to_value(L, 2);
  complete(context, {status, size}, error);
  if (context.has_failed) engine.end_failed();
  return 0;
}

// Index functions get (methods, name): the fields behind the methods.
int job_field_of(lua_State* L) {
  static constexpr std::array<std::string_view, 10> kFields{"job_id", "worker_id",  "flow_id",      "status",
                                                            "error",  "created_at", "completed_at", "metadata",
                                                            "data",   "trace_log"};
  if (lua_type(L, 2) != LUA_TSTRING) return 0;
  size_t size = 0;
  const char* name = lua_tolstring(L, 2, &size);
  const auto* field = std::find(kFields.begin(), kFields.end(), std::string_view(name, size));
  if (field == kFields.end()) return 0;
  const auto number = static_cast<uint32_t>(field - kFields.begin());
  if (number == RUNNEL_JOB_DATA) {
    lua_pushvalue(L, lua_upvalueindex(1));
    return 1;
  }
  LuaEngine& engine = engine_of(L);
  if (number == RUNNEL_JOB_TRACE_LOG && engine.context().job) engine.charge(4 * engine.context().job->trace_log.size());
  const Value value = job_field(engine.context(), number);
  require_memory(engine);
  push_value(L, value);
  return 1;
}

// ---- job.data: always the data as it is now.

int index_data(lua_State* L) {
  if (lua_type(L, 2) != LUA_TSTRING) return 0;
  size_t size = 0;
  const char* key = lua_tolstring(L, 2, &size);
  push_value(L, get_data(engine_of(L).context(), {key, size}));
  return 1;
}

int count_data(lua_State* L) {
  const JobContext* job = engine_of(L).context().job;
  lua_pushinteger(L, job ? static_cast<lua_Integer>(job->data.members().size()) : 0);
  return 1;
}

// Upvalue: how many were given.
int next_data(lua_State* L) {
  const JobContext* job = engine_of(L).context().job;
  const auto i = static_cast<size_t>(lua_tointeger(L, lua_upvalueindex(1)));
  if (!job || i >= job->data.members().size()) return 0;
  lua_pushinteger(L, static_cast<lua_Integer>(i + 1));
  lua_replace(L, lua_upvalueindex(1));
  const Member member = job->data.members()[i];
  push_value(L, member.key);
  push_value(L, member.value);
  return 2;
}

int data_pairs(lua_State* L) {
  lua_pushinteger(L, 0);
  lua_pushcclosure(L, next_data, 1);
  return 1;
}

void push_job_data(lua_State* L) {
  constexpr luaL_Reg kFunctions[] = {{"__index", index_data},
                                     {"__newindex", refuse_write},
                                     {"__len", count_data},
                                     {"__pairs", data_pairs},
                                     {nullptr, nullptr}};
  push_box(L, BoxKind::job_data);
  push_metatable(L, "job.data", kFunctions);
  lua_setmetatable(L, -2);
}

}  // namespace

void refuse_colon(lua_State* L, BoxKind kind, const char* usage) {
  if (lua_type(L, 1) == LUA_TUSERDATA && is_box(L, 1, kind)) luaL_error(L, "call it with a dot: %s", usage);
}

void add_job(lua_State* L, int globals) {
  constexpr luaL_Reg kMethods[] = {{"trace", job_trace},
                                   {"set_data", job_set_data},
                                   {"get_data", job_get_data},
                                   {"set_routine_data", job_set_routine_data},
                                   {"get_routine_data", job_get_routine_data},
                                   {"complete", job_complete},
                                   {nullptr, nullptr}};
  constexpr luaL_Reg kNone[] = {{nullptr, nullptr}};
  lua_newtable(L);
  luaL_setfuncs(L, kMethods, 0);
  push_metatable(L, "job", kNone);
  push_job_data(L);
  lua_pushcclosure(L, job_field_of, 1);
  lua_setfield(L, -2, "__index");
  lua_setmetatable(L, -2);
  push_reader(L, BoxKind::job, "job", refuse_write);
  lua_pushvalue(L, -1);
  keep_top(L, kJob);
  lua_setfield(L, globals, "job");
}

}  // namespace runnel::core
