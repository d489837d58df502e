// What a batch will do, checked before it does anything.
#pragma once

#include <optional>
#include <string>

#include "embed/batch_worker.hpp"
#include "embed/line_feed.hpp"
#include "runnel/batch.hpp"
#include "source/input_format.hpp"

namespace runnel::core {

struct CheckedBatch {
  BatchPlan plan;
  JobOptions jobs;
  FeedOptions feed;
  InputFormat format = InputFormat::jsonl;
  EntryChoice entry;  // where none is named
};

// The mistake in the options, or "". `memory` keeps values of `out`.
std::string check_batch(const Flow&, const RuntimeOptions&, const BatchOptions&, Arena& memory, CheckedBatch& out);

// The mistake in the inputs, or "". Reads no more of a file than its header.
std::string check_inputs(const BlockReader&);

}  // namespace runnel::core
