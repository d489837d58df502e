// What makes a run the one it is, for its state file.
#pragma once

#include "flow/flow.hpp"
#include "runnel/batch.hpp"
#include "sink/state_header.hpp"

namespace runnel::core {

StateHeader run_header(const Flow&, const RuntimeOptions&, const BatchOptions&);

}  // namespace runnel::core
