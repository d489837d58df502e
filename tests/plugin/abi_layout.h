/* The layout of plugin.h is a promise: libraries built yesterday are read today. Functions of the host table and
 * members of runnel_type and runnel_plugin are only added at the end; a line here is added with them and never changed.
 * Compiled as C11 and as C++11 to 20. */
#include <assert.h>
#include <runnel/plugin.h>
#include <stddef.h>

#define VALUE(name, number) static_assert((int)(name) == (number), #name)

#if defined(__LP64__)
#define SIZE(type, size) static_assert(sizeof(type) == (size), "size of " #type)
#define AT(type, member, offset) static_assert(offsetof(type, member) == (offset), #type "." #member)
#define HOST(function, number) AT(runnel_host, function, 16 + 8 * (number))

SIZE(runnel_text, 16);
AT(runnel_text, data, 0);
AT(runnel_text, size, 8);

SIZE(runnel_value, 16);
AT(runnel_value, kind, 0);
AT(runnel_value, flags, 1);
AT(runnel_value, reserved, 2);
AT(runnel_value, size, 4);
AT(runnel_value, as, 8);

SIZE(runnel_member, 32);
AT(runnel_member, key, 0);
AT(runnel_member, value, 16);

SIZE(runnel_later, 16);
AT(runnel_later, worker, 0);
AT(runnel_later, activation, 8);

SIZE(runnel_port, 32);
AT(runnel_port, name, 0);
AT(runnel_port, summary, 16);

SIZE(runnel_param, 72);
AT(runnel_param, name, 0);
AT(runnel_param, kind, 16);
AT(runnel_param, required, 20);
AT(runnel_param, default_json, 24);
AT(runnel_param, choices, 40);
AT(runnel_param, summary, 56);

SIZE(runnel_lying, 16);
AT(runnel_lying, since, 0);
AT(runnel_lying, note, 8);

SIZE(runnel_type, 120);
AT(runnel_type, struct_size, 0);
AT(runnel_type, flags, 4);
AT(runnel_type, name, 8);
AT(runnel_type, summary, 24);
AT(runnel_type, slots, 40);
AT(runnel_type, events, 48);
AT(runnel_type, params, 56);
AT(runnel_type, slot_count, 64);
AT(runnel_type, event_count, 68);
AT(runnel_type, param_count, 72);
AT(runnel_type, reserved, 76);
AT(runnel_type, resolve, 80);
AT(runnel_type, create, 88);
AT(runnel_type, activate, 96);
AT(runnel_type, destroy, 104);
AT(runnel_type, ready, 112);

SIZE(runnel_plugin, 96);
AT(runnel_plugin, magic, 0);
AT(runnel_plugin, struct_size, 4);
AT(runnel_plugin, abi_major, 8);
AT(runnel_plugin, abi_minor, 12);
AT(runnel_plugin, name, 16);
AT(runnel_plugin, version, 32);
AT(runnel_plugin, sdk_version, 48);
AT(runnel_plugin, types, 64);
AT(runnel_plugin, type_count, 72);
AT(runnel_plugin, reserved, 76);
AT(runnel_plugin, init, 80);
AT(runnel_plugin, deinit, 88);

AT(runnel_host, struct_size, 0);
AT(runnel_host, abi_major, 4);
AT(runnel_host, abi_minor, 8);
AT(runnel_host, reserved, 12);
HOST(text, 0);
HOST(integer, 1);
HOST(number, 2);
HOST(get, 3);
HOST(at, 4);
HOST(member, 5);
HOST(make_string, 6);
HOST(make_array, 7);
HOST(make_object, 8);
HOST(make_time, 9);
HOST(parse_json, 10);
HOST(write_json, 11);
HOST(items, 12);
HOST(policy_message, 13);
HOST(emit, 14);
HOST(fail, 15);
HOST(failed, 16);
HOST(evaluate, 17);
HOST(print, 18);
HOST(now, 19);
HOST(job, 20);
HOST(get_data, 21);
HOST(set_data, 22);
HOST(trace, 23);
HOST(complete, 24);
HOST(state_get, 25);
HOST(state_set, 26);
HOST(reject, 27);
HOST(add_slot, 28);
HOST(add_event, 29);
HOST(add_flags, 30);
HOST(current, 31);
HOST(get_extension, 32);
HOST(suspend, 33);
HOST(finish, 34);
HOST(finish_after, 35);
HOST(on_cancel, 36);
HOST(warn, 37);
HOST(take, 38);
HOST(judge_after, 39);
HOST(job_count, 40);
HOST(job_of, 41);
HOST(use_job, 42);
HOST(lying, 43);
HOST(slot_name, 44);
SIZE(runnel_host, 16 + 8 * 45);
#endif

VALUE(RUNNEL_MISSING, 0);
VALUE(RUNNEL_NULL, 1);
VALUE(RUNNEL_BOOL, 2);
VALUE(RUNNEL_INT, 3);
VALUE(RUNNEL_DOUBLE, 4);
VALUE(RUNNEL_NUMBER, 5);
VALUE(RUNNEL_STRING, 6);
VALUE(RUNNEL_ARRAY, 7);
VALUE(RUNNEL_OBJECT, 8);
VALUE(RUNNEL_EXPRESSION, 9);
VALUE(RUNNEL_STATIC, 1);
VALUE(RUNNEL_CLEAN, 2);
VALUE(RUNNEL_ESCAPED, 4);
VALUE(RUNNEL_PARAM_ANY, 0);
VALUE(RUNNEL_PARAM_BOOL, 1);
VALUE(RUNNEL_PARAM_INT, 2);
VALUE(RUNNEL_PARAM_NUMBER, 3);
VALUE(RUNNEL_PARAM_STRING, 4);
VALUE(RUNNEL_PARAM_ARRAY, 5);
VALUE(RUNNEL_PARAM_OBJECT, 6);
VALUE(RUNNEL_PARAM_DURATION, 7);
VALUE(RUNNEL_PARAM_LUA, 8);
VALUE(RUNNEL_PARAM_EXPRESSION, 9);
VALUE(RUNNEL_PARAM_VALUE, 10);
VALUE(RUNNEL_KEEPS_STATE, 1);
VALUE(RUNNEL_MAY_SUSPEND, 2);
VALUE(RUNNEL_REACHES_OUT, 4);
VALUE(RUNNEL_FREE_SLOTS, 8);
VALUE(RUNNEL_FREE_EVENTS, 16);
VALUE(RUNNEL_JOB_ID, 0);
VALUE(RUNNEL_JOB_WORKER_ID, 1);
VALUE(RUNNEL_JOB_FLOW_ID, 2);
VALUE(RUNNEL_JOB_STATUS, 3);
VALUE(RUNNEL_JOB_ERROR, 4);
VALUE(RUNNEL_JOB_CREATED_AT, 5);
VALUE(RUNNEL_JOB_COMPLETED_AT, 6);
VALUE(RUNNEL_JOB_METADATA, 7);
VALUE(RUNNEL_JOB_DATA, 8);
VALUE(RUNNEL_JOB_TRACE_LOG, 9);
