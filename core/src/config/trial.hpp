// A class's own look at its configuration: resolve, and one instance made and destroyed.
#pragma once

#include "config/loading.hpp"

namespace runnel::core {

// The configuration has passed the checks of the parameters. Adds the slots, events and flags that depend on it; what
// the class refuses is reported at its place in the file. False: it was refused.
bool resolve_routine(Loading&, Routine&, RoutineDraft&);
bool try_routine(Loading&, Routine&, const RoutineDraft&);

}  // namespace runnel::core
