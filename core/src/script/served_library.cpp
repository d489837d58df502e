// The jobs an activation works for: jobs(), job_of(slot, i) and emit's {job = i}. With worker-scoped slots they may be
// several, and `job` is nil.
#include "script/sandbox.hpp"

namespace runnel::core {
namespace {

uint32_t count_of(const runnel_context& context) {
  return context.served ? static_cast<uint32_t>(context.served->jobs.size()) : context.job ? 1 : 0;
}

void use(lua_State* L, lua_Integer number) {
  runnel_context& context = engine_of(L).context();
  if (number < 0 || number >= static_cast<lua_Integer>(count_of(context))) {
    luaL_error(L, "this job belongs to an earlier activation");
  }
  if (context.served) context.served->target = static_cast<uint32_t>(number);
}

// Upvalues: the job's number and a function of `job`.
int call_for_job(lua_State* L) {
  use(L, lua_tointeger(L, lua_upvalueindex(1)));
  lua_pushvalue(L, lua_upvalueindex(2));
  lua_insert(L, 1);
  lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
  return lua_gettop(L);
}

// Upvalue: the job's number. Arguments: the job and a name.
int index_served(lua_State* L) {
  LuaEngine& engine = engine_of(L);
  use(L, lua_tointeger(L, lua_upvalueindex(1)));
  if (lua_type(L, 2) == LUA_TSTRING && std::string_view(lua_tostring(L, 2)) == "data") {
    push_value(L, job_field(engine.context(), RUNNEL_JOB_DATA));
    return 1;
  }
  push_kept(L, kJob);
  lua_pushvalue(L, 2);
  lua_gettable(L, -2);
  if (!lua_iscfunction(L, -1)) return 1;
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_insert(L, -2);
  lua_pushcclosure(L, call_for_job, 2);
  return 1;
}

int refuse_write(lua_State* L) { return luaL_error(L, "a job is read-only: use its set_data"); }

int list_jobs(lua_State* L) {
  LuaEngine& engine = engine_of(L);
  const uint32_t count = count_of(engine.context());
  engine.charge(uint64_t{4} * count);
  lua_createtable(L, static_cast<int>(std::min<uint32_t>(count, 1U << 20)), 0);
  for (uint32_t i = 0; i < count; ++i) {
    constexpr luaL_Reg kFunctions[] = {{"__newindex", refuse_write}, {nullptr, nullptr}};
    push_box(L, BoxKind::job);
    push_metatable(L, "job", kFunctions);
    lua_pushinteger(L, i);
    lua_pushcclosure(L, index_served, 1);
    lua_setfield(L, -2, "__index");
    lua_setmetatable(L, -2);
    lua_rawseti(L, -2, static_cast<lua_Integer>(i) + 1);
  }
  return 1;
}

int job_of(lua_State* L) {
  const runnel_context& context = engine_of(L).context();
  size_t size = 0;
  const char* text = luaL_checklstring(L, 1, &size);
  const lua_Integer index = luaL_optinteger(L, 2, 1);
  const std::string_view name(text, size);
  lua_Integer before = 0;
  for (size_t slot = 0; context.routine && slot < context.slots.size(); ++slot) {
    const lua_Integer count = context.slots[slot].count;
    if (context.routine->slots[slot] != name) {
      before += count;
      continue;
    }
    if (index < 1 || index > count) return 0;
    const auto at = static_cast<size_t>(before + index - 1);
    lua_pushinteger(L, context.served ? lua_Integer{context.served->job_of[at]} + 1 : 1);
    return 1;
  }
  engine_of(L).scratch.text = "no slot \"" + printable(name) + "\"";
  return luaL_error(L, "%s", engine_of(L).scratch.text.c_str());
}

}  // namespace

void target_of_emit(lua_State* L, int options) {
  runnel_context& context = engine_of(L).context();
  if (context.served) context.served->target = kAllJobs;
  if (lua_isnoneornil(L, options)) return;
  luaL_checktype(L, options, LUA_TTABLE);
  lua_pushliteral(L, "job");
  lua_rawget(L, options);
  int is_integer = 0;
  const lua_Integer number = lua_tointegerx(L, -1, &is_integer);
  if (!is_integer) luaL_error(L, "emit: its options are {job = number}, a place in jobs()");
  if (number < 1 || number > static_cast<lua_Integer>(count_of(context))) {
    luaL_error(L, "emit: there is no job %I in jobs()", number);
  }
  lua_pop(L, 1);
  use(L, number - 1);
}

void add_served_jobs(lua_State* L, int globals) {
  constexpr luaL_Reg kFunctions[] = {{"jobs", list_jobs}, {"job_of", job_of}, {nullptr, nullptr}};
  lua_pushvalue(L, globals);
  luaL_setfuncs(L, kFunctions, 0);
  lua_pop(L, 1);
}

}  // namespace runnel::core
