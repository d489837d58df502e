// A record of an earlier run -> what its job is posted again as.
#pragma once

#include <string>
#include <string_view>

#include "source/block_reader.hpp"

namespace runnel::core {

// `record` was read from the line. Texts that do not stand there as they are go to block.ids. Why the job cannot be
// posted again, or "".
std::string read_replay(std::string_view line, Value record, Block& block, Replay& out);

// The job fails with it, under the record's whole line.
void refuse_replay(Block& block, std::string_view line, std::string message, Replay& out);

}  // namespace runnel::core
