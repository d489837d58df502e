// A record as it stands in an output file: what a resumed run needs to know of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "job/status.hpp"
#include "value/arena.hpp"
#include "value/reader.hpp"

namespace runnel::core {

struct WrittenRecord {
  uint64_t ordinal = 0;
  uint64_t hash = 0;  // of the line it was made from
  Status status = Status::completed;
  bool bad_input = false;  // the line could not be read
};

class WrittenRecordReader {
 public:
  // stable_ids: each has a job_id, which is made of ordinal and hash, so it must fit them.
  explicit WrittenRecordReader(bool stable_ids) : stable_ids_(stable_ids) {}

  // Nothing: the line is no whole record.
  std::optional<WrittenRecord> read(std::string_view line);

 private:
  const bool stable_ids_;
  Reader reader_{kRecordDepth};
  Arena memory_;
};

}  // namespace runnel::core
