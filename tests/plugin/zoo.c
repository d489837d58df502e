/* A small right plugin. Each animal of the zoo changes some fields of it (CMakeLists.txt): PLUGIN, TYPE and PARAM. */
#include <runnel/plugin.h>
#include <stdint.h>

#ifndef PLUGIN
#define PLUGIN
#endif
#ifndef TYPE
#define TYPE
#endif
#ifndef PARAM
#define PARAM
#endif
#define TEXT(text) \
  { text, sizeof(text) - 1 }

static const runnel_host* host;

static bool keep(const runnel_host* table) {
  host = table;
  return true;
}

static bool refuse(const runnel_host* table) { return table == NULL; }

static void* create(runnel_context* context, runnel_value config) {
  (void)context, (void)config;
  return &host;
}

static void activate(runnel_context* context, void* self) {
  (void)self;
  uint32_t count = 0;
  const runnel_value* items = host->items(context, 0, &count);
  for (uint32_t i = 0; i < count; ++i) host->emit(context, 0, items[i]);
}

static void destroy(void* self) { (void)self; }

static const runnel_port slots[] = {{TEXT("input"), TEXT("anything")}};
static const runnel_port twins[] = {{TEXT("output"), TEXT("the item")}, {TEXT("output"), TEXT("the item")}};
static const runnel_port error[] = {{TEXT("error"), TEXT("a name that is taken")}};
static const runnel_param params[] = {
    {.name = TEXT("level"), .kind = RUNNEL_PARAM_INT, .default_json = TEXT("1"), .summary = TEXT("how high"), PARAM}};
static const runnel_type type = {.struct_size = sizeof(runnel_type),
                                 .name = TEXT("beast"),
                                 .summary = TEXT("Passes items on"),
                                 .slots = slots,
                                 .events = twins,
                                 .params = params,
                                 .slot_count = 1,
                                 .event_count = 1,
                                 .param_count = 1,
                                 .create = create,
                                 .activate = activate,
                                 .destroy = destroy,
                                 TYPE};
static const runnel_type* const types[] = {&type, &type};
static const runnel_type* const nulls[] = {NULL};

/* What not every animal needs. */
const void* const zoo_unused[] = {(const void*)error, (const void*)nulls, (const void*)(uintptr_t)refuse};

extern RUNNEL_EXPORT const runnel_plugin runnel_plugin_entry;
const runnel_plugin runnel_plugin_entry = {.magic = RUNNEL_PLUGIN_MAGIC,
                                           .struct_size = sizeof(runnel_plugin),
                                           .abi_major = RUNNEL_ABI_MAJOR,
                                           .abi_minor = RUNNEL_ABI_MINOR,
                                           .name = TEXT("zoo"),
                                           .version = TEXT("1.0.0"),
                                           .sdk_version = TEXT("0.1.0"),
                                           .types = types,
                                           .type_count = 1,
                                           .init = keep,
                                           PLUGIN};
