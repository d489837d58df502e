// Joins an output file with the records of jobs that were run again.
#pragma once

#include "sink/checked_file.hpp"

namespace runnel::core {

// Writes to `to` the records of `before` that did not fail, and all of `again`: by ordinal if both are in input order,
// else the latter behind the former. errno; EBADMSG: a file has changed meanwhile.
int merge_outputs(const CheckedFile& before, const CheckedFile& again, bool in_order, bool stable_ids,
                  const CheckedFile& to);

}  // namespace runnel::core
