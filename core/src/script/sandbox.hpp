// What scripts see: each add_ function puts its names into the table of globals at index `globals`. Scripts can reach
// none of these tables: libraries are userdata whose metatable reads them, metatables are protected.
#pragma once

#include "script/convert.hpp"

namespace runnel::core {

// A lua_CFunction that fills a new state: leaves the table of globals.
int set_up_sandbox(lua_State*);

void add_proxies(lua_State*);
void add_nil_rules(lua_State*);
void add_base(lua_State*, int globals);
void add_iteration(lua_State*, int globals);  // pairs, ipairs, next
void add_strings(lua_State*, int globals);
void add_tables(lua_State*, int globals);
void add_math(lua_State*, int globals);
void add_json(lua_State*, int globals);
void add_regular_expressions(lua_State*, int globals);
void add_activation(lua_State*, int globals);  // emit, fail, print, now and the names of the context
void add_slots(lua_State*, int globals);
void add_job(lua_State*, int globals);
void add_worker(lua_State*, int globals);
void add_served_jobs(lua_State*, int globals);  // jobs, job_of

// A metatable with these functions that scripts can neither see nor replace.
void push_metatable(lua_State*, const char* name, const luaL_Reg* functions);
Box* push_box(lua_State*, BoxKind, uint32_t number = 0);
// Pops a table of functions and makes it the read-only library `name`.
void add_library(lua_State*, int globals, const char* name);
// Pops a table and pushes a userdata of that kind that reads it.
void push_reader(lua_State*, BoxKind, const char* name, lua_CFunction refuse_write);

// No function of ours returns more: a huge stack makes some operations of Lua slow (see LuaAllocator::kMostStack).
constexpr lua_Unsigned kMostResults = 10'000;

// The names of the context that are set or answered run by run.
const std::vector<std::string>& context_names();

// The context, for something a condition may not do; raises there.
runnel_context& effect_context(lua_State*, const char* what);
// The job an emit is for, from its options {job = i}; without them all that are served.
void target_of_emit(lua_State*, int options);
// Raises with the right way to call it when a function of `job` or `worker` was called with a colon.
void refuse_colon(lua_State*, BoxKind, const char* usage);
// Prints scratch.text, a line, into the job's output.
void print_line(LuaEngine&);
double double_of_box(const ValueBox&);
// Sorts elements 1 to n of a table without metatable; stable. less: whether the value at -2 belongs before the one at
// -1.
using Less = bool (*)(lua_State*, int comparator);
void sort_sequence(lua_State*, int table, lua_Integer n, Less, int comparator);
// The keys of a table in their fixed order, as a new sequence on the stack: numbers, strings by their bytes, then
// others.
void push_sorted_keys(lua_State*, int table);

}  // namespace runnel::core
