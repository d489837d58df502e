// Slots and events of a routine: those of its class and those the flow file names.
#pragma once

#include "config/loading.hpp"
#include "config/map_reader.hpp"

namespace runnel::core {

// `routine.spec` is known. Sets routine.names and what the draft knows of them.
void read_ports(Loading&, Routine&, RoutineDraft&, const MapReader& body);
// Adds what the class found in its configuration; a bad name is reported at `place`.
void add_ports(Loading&, Routine&, const LoadReport&, const Place& place);

}  // namespace runnel::core
