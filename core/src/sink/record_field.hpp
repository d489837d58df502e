// The keys of a record, in their order.
#pragma once

#include "sink/record_writer.hpp"

namespace runnel::core {

enum RecordWriter::Field : uint32_t {
  kJobId,
  kWorkerId,
  kFlowId,
  kStatus,
  kError,
  kCreatedAt,
  kCompletedAt,
  kMetadata,
  kData,
  kTraceLog,
  kErrorDetail,
  kErrors,
  kOutput,
  kDiscarded,
  kTraceDropped,
  kOutputDropped,
  kErrorsDropped,
  kReplayOf,
  kInput,
  kPost,
  kFieldCount
};

}  // namespace runnel::core
