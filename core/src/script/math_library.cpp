// math, with numbers drawn from a generator that is the job's: its sequence depends on nothing but the job.
#include "script/sandbox.hpp"
#include "value/hash.hpp"

namespace runnel::core {
namespace {

uint64_t mix(uint64_t x) {  // splitmix64
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

uint64_t seed_of(const JobContext& job) {
  if (job.place.ordinal != kNoOrdinal) return mix(job.place.ordinal);
  return content_hash(raw_text(job.job_id));
}

uint64_t next_random(LuaEngine& engine) {
  runnel_context& context = engine.context();
  uint64_t& state = context.job ? context.job->random_state : engine.random_state;
  if (state == 0) state = context.job ? seed_of(*context.job) : 1;
  state += 0x9e3779b97f4a7c15u;
  return mix(state);
}

// A number from 0 to `most`, all equally likely.
uint64_t below_or_equal(LuaEngine& engine, uint64_t most) {
  if (most == UINT64_MAX) return next_random(engine);
  const uint64_t count = most + 1;
  const uint64_t refused_from = UINT64_MAX - (UINT64_MAX % count + 1) % count;
  for (;;) {
    const uint64_t drawn = next_random(engine);
    if (drawn <= refused_from) return drawn % count;
  }
}

int random(lua_State* L) {
  LuaEngine& engine = engine_of(L);
  lua_Integer low = 1;
  lua_Integer high = 0;
  switch (lua_gettop(L)) {
    case 0:
      lua_pushnumber(L, static_cast<double>(next_random(engine) >> 11) * 0x1p-53);
      return 1;
    case 1:
      high = luaL_checkinteger(L, 1);
      if (high == 0) {
        lua_pushinteger(L, static_cast<lua_Integer>(next_random(engine)));
        return 1;
      }
      break;
    case 2:
      low = luaL_checkinteger(L, 1);
      high = luaL_checkinteger(L, 2);
      break;
    default:
      return luaL_error(L, "wrong number of arguments");
  }
  luaL_argcheck(L, low <= high, lua_gettop(L), "interval is empty");
  const uint64_t drawn = below_or_equal(engine, static_cast<uint64_t>(high) - static_cast<uint64_t>(low));
  lua_pushinteger(L, static_cast<lua_Integer>(static_cast<uint64_t>(low) + drawn));
  return 1;
}

}  // namespace

void add_math(lua_State* L, int globals) {
  lua_pushcfunction(L, luaopen_math);
  lua_call(L, 0, 1);
  lua_pushnil(L);
  lua_setfield(L, -2, "randomseed");
  lua_pushcfunction(L, random);
  lua_setfield(L, -2, "random");
  add_library(L, globals, "math");
}

}  // namespace runnel::core
