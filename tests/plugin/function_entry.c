/* The right name for the wrong thing. */
#include <runnel/plugin.h>

RUNNEL_EXPORT int runnel_plugin_entry(void);
int runnel_plugin_entry(void) { return 42; }
