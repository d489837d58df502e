// What a worker process writes down in the moment of its death, for its supervisor: which thread died, and how.
#pragma once

#include "isolate/shared_flag.hpp"

namespace runnel::core {

struct DeathNote {
  SharedFlag on_worker;     // it was the thread that runs jobs
  SharedFlag on_other;      // it was another one
  SharedFlag from_outside;  // another process sent the signal
  SharedFlag out_of_stack;
  SharedFlag out_of_memory;  // outside of a routine
};

// [the thread that runs jobs] Signals that crash and exit() are noted from now on. The note lives as long as the
// process. Nothing of exit() runs then but what was registered later, as by libraries that are opened later.
void write_death_note_to(DeathNote&);

}  // namespace runnel::core
