// What is remembered of each record of a file: where it stands, whose it is, and a digest of what it says.
#pragma once

#include <string>
#include <vector>

#include "diff/record_compare.hpp"
#include "diff/record_file.hpp"
#include "job/status.hpp"
#include "value/reader.hpp"

namespace runnel::core {

struct RecordIndex {
  // By record, in the order of the file. Hashes and ordinals are 0 where the record has nothing.
  std::vector<uint64_t> offsets;
  std::vector<uint64_t> digests;
  std::vector<uint64_t> posts;
  std::vector<uint64_t> ids;       // hashes of job_id
  std::vector<uint64_t> replays;   // of replay_of; empty: no record has it
  std::vector<uint64_t> ordinals;  // of input; empty: not all records have one
  std::vector<uint8_t> statuses;
  std::string note;  // about the end of the file

  size_t size() const { return offsets.size(); }
  uint64_t line_of(size_t record) const;

  // Why the file cannot be compared, with the place behind its name; "": it was read.
  std::string read(RecordFile&, const RecordCompare&);

 private:
  std::string add(Value record, uint64_t offset, Arena&, const RecordCompare&);

  std::vector<std::pair<size_t, uint64_t>> lines_;  // first record and its line, where blank lines came before
  bool has_ordinals_ = true;
};

}  // namespace runnel::core
