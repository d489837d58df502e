// How a run that was stopped is gone on with, as words for its user.
#pragma once

#include <runnel/batch.hpp>
#include <string>

#include "options.hpp"

namespace runnel::cli {

// Behind a message that says how the run ended. posted: how many jobs were admitted and recorded, if that is known.
std::string how_to_go_on(const RunArguments&, const BatchOptions&, const uint64_t* posted);

}  // namespace runnel::cli
