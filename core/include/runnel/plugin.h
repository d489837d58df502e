/* The ABI between the runner and its routines, in C11. C++ authors use runnel/routine.hpp over it.
 *
 * A library exports one constant, `runnel_plugin_entry`. Types and functions only grow at their end; a reader looks
 * no further than struct_size. Text is UTF-8 as pointer and size. What the host lends is valid until the called
 * function returns; what it is given it copies. No exception, longjmp or C++ library type crosses.
 *
 * Thread tags: [load] while a flow is loaded, on the loading thread; [worker] inside activate, on that worker's thread;
 * [any] any thread. A routine instance belongs to one worker.
 */
#ifndef RUNNEL_PLUGIN_H
#define RUNNEL_PLUGIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define RUNNEL_PLUGIN_MAGIC 0x4c4e4e52u /* "RNNL" */
#define RUNNEL_ALL_JOBS UINT32_MAX
#define RUNNEL_ABI_MAJOR 0u
#define RUNNEL_ABI_MINOR 1u

typedef struct runnel_text {
  const char* data;
  size_t size;
} runnel_text;

/* ---- Values: immutable JSON ---------------------------------------------------------------------------------- */

enum runnel_kind {
  RUNNEL_MISSING = 0, /* no value here: an absent key, an index past the end, Lua's nil; written as null */
  RUNNEL_NULL = 1,
  RUNNEL_BOOL = 2,      /* as.integer is 0 or 1 */
  RUNNEL_INT = 3,       /* as.integer */
  RUNNEL_DOUBLE = 4,    /* as.number, finite */
  RUNNEL_NUMBER = 5,    /* a number kept as its text: host->integer and host->number read it */
  RUNNEL_STRING = 6,    /* as.text, size bytes; with RUNNEL_ESCAPED, JSON text: host->text decodes it */
  RUNNEL_ARRAY = 7,     /* size elements: host->at */
  RUNNEL_OBJECT = 8,    /* size members: host->get, host->member */
  RUNNEL_EXPRESSION = 9 /* only in a routine's configuration: host->evaluate */
};

enum runnel_value_flag {
  RUNNEL_STATIC = 1, /* the text lives as long as the process: the host need not copy it */
  RUNNEL_CLEAN = 2,  /* the text is ASCII without control bytes, quotes and backslashes */
  RUNNEL_ESCAPED = 4 /* the text still has JSON escapes (only made by the host) */
};

/* 16 bytes. Scalars may be made and read in place; strings, arrays and objects only through the host. */
typedef struct runnel_value {
  uint8_t kind;
  uint8_t flags;
  uint16_t reserved;
  uint32_t size;
  union {
    int64_t integer;
    double number;
    const char* text;
    const void* node;
  } as;
} runnel_value;

typedef struct runnel_member {
  runnel_value key; /* a string, never RUNNEL_ESCAPED */
  runnel_value value;
} runnel_member;

/* One call of the host into a routine: an activation, or the making of a routine. Values made in it live in it. */
typedef struct runnel_context runnel_context;

/* A suspended activation; may be copied and kept for as long as you like. */
typedef struct runnel_later {
  uint64_t worker;
  uint64_t activation;
} runnel_later;

/* ---- What a routine class says of itself ---------------------------------------------------------------------- */

enum runnel_param_kind {
  RUNNEL_PARAM_ANY = 0,
  RUNNEL_PARAM_BOOL = 1,
  RUNNEL_PARAM_INT = 2,
  RUNNEL_PARAM_NUMBER = 3,
  RUNNEL_PARAM_STRING = 4,
  RUNNEL_PARAM_ARRAY = 5,
  RUNNEL_PARAM_OBJECT = 6,
  RUNNEL_PARAM_DURATION = 7,   /* 5, 250ms, 5s, 2m, 1h; given to the routine as seconds */
  RUNNEL_PARAM_LUA = 8,        /* a script; given as RUNNEL_EXPRESSION */
  RUNNEL_PARAM_EXPRESSION = 9, /* '= expr'; given as RUNNEL_EXPRESSION */
  RUNNEL_PARAM_VALUE = 10,     /* a path, '= expr', {path, default} or {value}; given as RUNNEL_EXPRESSION */
  RUNNEL_PARAM_TEXT = 11,      /* text with {placeholders}; given as RUNNEL_EXPRESSION */
  RUNNEL_PARAM_CONDITION = 12  /* a field, a map of fields, a list, '= expr' or true or false; given as
                                  RUNNEL_EXPRESSION whose value is a boolean */
};

/* Of an item that lies in a slot, for the class's own policy. */
typedef struct runnel_lying {
  int64_t since; /* when it arrived: microseconds of a clock that only runs on */
  int64_t note;  /* 0 at first; what the class wants to remember of it, such as a hash of its key */
} runnel_lying;

typedef struct runnel_port {
  runnel_text name;
  runnel_text summary;
} runnel_port;

typedef struct runnel_param {
  runnel_text name;         /* `a`; `a.*` for each value of the map a; `a[].b` for b of each element of the list a */
  uint32_t kind;            /* enum runnel_param_kind */
  uint32_t required;        /* 0 or 1 */
  runnel_text default_json; /* empty: none */
  runnel_text choices;      /* "a|b|c": the only strings allowed; empty: any */
  runnel_text summary;
} runnel_param;

enum runnel_type_flag {
  RUNNEL_KEEPS_STATE = 1, /* its results depend on earlier jobs of the worker */
  RUNNEL_MAY_SUSPEND = 2,
  RUNNEL_REACHES_OUT = 4, /* files, network or processes */
  RUNNEL_FREE_SLOTS = 8,  /* slots are named in the flow file */
  RUNNEL_FREE_EVENTS = 16 /* events are named in the flow file */
};

typedef struct runnel_type {
  uint32_t struct_size;
  uint32_t flags; /* enum runnel_type_flag */
  runnel_text name;
  runnel_text summary;
  const runnel_port* slots;
  const runnel_port* events;
  const runnel_param* params;
  uint32_t slot_count;
  uint32_t event_count;
  uint32_t param_count;
  uint32_t reserved;
  /* [load] Optional: adds slots, events and flags that depend on the configuration. False after host->reject. */
  bool (*resolve)(runnel_context*, runnel_value config);
  /* [load] One instance for one worker; null after host->reject. config lives as long as the instance. */
  void* (*create)(runnel_context*, runnel_value config);
  /* [worker] The routine's logic. It failed if host->fail was called. */
  void (*activate)(runnel_context*, void* self);
  /* [load] */
  void (*destroy)(void* self);
  /* [worker] Optional: the class's own activation policy, where the flow names none. Judged when an item has arrived
   * and when the time it asked for by host->judge_after is over; items() are those lying in the slots, oldest first.
   * True: activate now with what host->take named, with all if it named none. Only reads, else it fails. */
  bool (*ready)(runnel_context*, void* self);
} runnel_type;

/* ---- What the host offers ------------------------------------------------------------------------------------- */

enum runnel_job_field {
  RUNNEL_JOB_ID = 0,
  RUNNEL_JOB_WORKER_ID = 1,
  RUNNEL_JOB_FLOW_ID = 2,
  RUNNEL_JOB_STATUS = 3,
  RUNNEL_JOB_ERROR = 4,
  RUNNEL_JOB_CREATED_AT = 5,
  RUNNEL_JOB_COMPLETED_AT = 6,
  RUNNEL_JOB_METADATA = 7,
  RUNNEL_JOB_DATA = 8,
  RUNNEL_JOB_TRACE_LOG = 9
};

typedef struct runnel_host {
  uint32_t struct_size;
  uint32_t abi_major;
  uint32_t abi_minor;
  uint32_t reserved;

  /* Values [load] [worker]. A value of the wrong kind gives RUNNEL_MISSING, false or an empty text. */
  runnel_text (*text)(runnel_context*, runnel_value string_or_number);
  bool (*integer)(runnel_context*, runnel_value, int64_t* out); /* only when it is exactly an int64 */
  bool (*number)(runnel_context*, runnel_value, double* out);   /* only when finite */
  runnel_value (*get)(runnel_context*, runnel_value object, runnel_text key);
  runnel_value (*at)(runnel_context*, runnel_value array, uint32_t index);       /* from 0 */
  runnel_member (*member)(runnel_context*, runnel_value object, uint32_t index); /* in written order */
  runnel_value (*make_string)(runnel_context*, runnel_text);                     /* bad UTF-8 fails the activation */
  runnel_value (*make_array)(runnel_context*, const runnel_value*, uint32_t count);
  runnel_value (*make_object)(runnel_context*, const runnel_member*, uint32_t count); /* of equal keys the last wins */
  runnel_value (*make_time)(runnel_context*, int64_t microseconds_utc); /* "2024-01-01T10:00:00.000000Z" */
  runnel_value (*parse_json)(runnel_context*, runnel_text);             /* RUNNEL_MISSING if it is not JSON */
  runnel_text (*write_json)(runnel_context*, runnel_value);

  /* The activation [worker]. Slots and events are numbered as the flow declares them, from 0. */
  const runnel_value* (*items)(runnel_context*, uint32_t slot, uint32_t* count);
  runnel_value (*policy_message)(runnel_context*);
  void (*emit)(runnel_context*, uint32_t event, runnel_value item);     /* takes effect when activate returns */
  void (*fail)(runnel_context*, runnel_text code, runnel_text message); /* the first call counts */
  bool (*failed)(runnel_context*);
  /* `data` of the expression is the item, or the first one taken if the item is missing. On an error the activation has
   * failed. A script gives RUNNEL_MISSING. */
  runnel_value (*evaluate)(runnel_context*, runnel_value expression, runnel_value item);
  void (*print)(runnel_context*, runnel_text); /* into the job's output */
  int64_t (*now)(runnel_context*);             /* microseconds UTC, the job's clock */

  /* Its job [worker] */
  runnel_value (*job)(runnel_context*, uint32_t field); /* enum runnel_job_field */
  runnel_value (*get_data)(runnel_context*, runnel_text key);
  void (*set_data)(runnel_context*, runnel_value key, runnel_value value); /* at once */
  void (*trace)(runnel_context*, runnel_value action, const runnel_member* details, uint32_t count);
  void (*complete)(runnel_context*, runnel_text status, runnel_value error); /* takes effect when activate returns */

  /* State of the worker [worker]: this routine's object, or the one all routines share. Own writes are seen at once, by
   * others when activate returns without failing. */
  runnel_value (*state_get)(runnel_context*, bool shared, runnel_text key);
  void (*state_set)(runnel_context*, bool shared, runnel_text key, runnel_value value);

  /* The making of a routine [load] */
  void (*reject)(runnel_context*, runnel_text param_path, size_t byte_offset, runnel_text message);
  void (*add_slot)(runnel_context*, runnel_text name);  /* in resolve */
  void (*add_event)(runnel_context*, runnel_text name); /* in resolve */
  void (*add_flags)(runnel_context*, uint32_t flags);   /* in resolve */

  /* [any] The context of the activation this thread is in, or null. */
  runnel_context* (*current)(void);
  /* [any] Null when unknown. */
  const void* (*get_extension)(runnel_text id);

  /* Suspension. Between suspend and the return of what finishes it, an activation holds no value: what the host lent is
   * gone when activate returns; the items can be read again when it goes on. Its emits, complete() and state take
   * effect together at its end. */
  /* [worker] The activation is not over when activate (or `rest`) returns. Called again in one call: the same handle.
   */
  runnel_later (*suspend)(runnel_context*);
  /* [any] `rest` runs on the worker as the rest of the activation; `release` (may be null) is called once, then or, if
   * the activation was finished before or its job is over, instead. False: it is known already that it will not run. */
  bool (*finish)(runnel_later, void (*rest)(runnel_context*, void* data), void (*release)(void* data), void* data);
  /* [worker] Suspends, too. Finished by itself after so many microseconds, unless that was done before. */
  void (*finish_after)(runnel_context*, int64_t microseconds, void (*rest)(runnel_context*, void* data),
                       void (*release)(void* data), void* data);
  /* [worker] Suspends. Called if the job ends before the activation is finished; asked for anew each time it suspends.
   */
  void (*on_cancel)(runnel_context*, void (*cancel)(void* data), void (*release)(void* data), void* data);

  /* [load] In resolve and create: something the author of the flow should know, shown as a warning at the parameter. */
  void (*warn)(runnel_context*, runnel_text param_path, size_t byte_offset, runnel_text message);

  /* The class's own policy [worker], in ready only: an item for the activation; judge again after so long. */
  void (*take)(runnel_context*, uint32_t slot, uint32_t index);
  void (*judge_after)(runnel_context*, int64_t microseconds);

  /* Slots of `scope: worker` [worker]: an activation serves the jobs its items belong to, counted from 0. job() and the
   * like have no job to speak of until use_job names one; print, trace and emit concern all of them. */
  uint32_t (*job_count)(runnel_context*); /* 1 in an ordinary activation */
  uint32_t (*job_of)(runnel_context*, uint32_t slot, uint32_t index);
  void (*use_job)(runnel_context*, uint32_t job); /* for the calls that follow; RUNNEL_ALL_JOBS: as at the start */

  /* [worker] In ready only: of each of the items of a slot, and what time it is on that clock. Null if there is none.
   */
  runnel_lying* (*lying)(runnel_context*, uint32_t slot, int64_t* now);
  /* [load] in create, [worker] The name of a slot, as the flow has it; empty past the last one. */
  runnel_text (*slot_name)(runnel_context*, uint32_t slot);
} runnel_host;

/* ---- What a library exports ----------------------------------------------------------------------------------- */

typedef struct runnel_plugin {
  uint32_t magic;
  uint32_t struct_size;
  uint32_t abi_major;
  uint32_t abi_minor;
  runnel_text name;
  runnel_text version;
  runnel_text sdk_version;
  const runnel_type* const* types;
  uint32_t type_count;
  uint32_t reserved;
  /* [load] Called once before any other function; false refuses the library. The table lives as long as the process. */
  bool (*init)(const runnel_host*);
  void (*deinit)(void); /* [load] may be null */
} runnel_plugin;

#if defined(_WIN32)
#define RUNNEL_EXPORT __declspec(dllexport)
#else
#define RUNNEL_EXPORT __attribute__((visibility("default")))
#endif

#ifdef __cplusplus
}
#endif
#endif
