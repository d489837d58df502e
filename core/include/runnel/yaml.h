/* The extension "runnel.yaml" of runnel_host.get_extension: YAML to values, by the guarded parser of flow files. */
#ifndef RUNNEL_YAML_H
#define RUNNEL_YAML_H

#include <runnel/plugin.h>

#define RUNNEL_YAML_EXTENSION "runnel.yaml"

typedef struct runnel_yaml {
  uint32_t struct_size;
  uint32_t reserved;
  /* [worker] One document, at most 1 MiB, 100,000 nodes with aliases expanded and 100 levels; scalars by the core
   * schema of YAML 1.2. RUNNEL_MISSING if it is none, has duplicate keys, or holds what JSON cannot. */
  runnel_value (*parse)(runnel_context*, runnel_text yaml);
} runnel_yaml;

#endif
