// Reads an output file from its start: its records, and where the last whole one ends.
#pragma once

#include "sink/file_lines.hpp"
#include "sink/written_record.hpp"

namespace runnel::core {

class OutputScan {
 public:
  enum class Got : uint8_t { record, end, damaged, failed };

  OutputScan(const CheckedFile& file, bool stable_ids) : lines_(file), reader_(stable_ids) {}

  // damaged: a line that is no record has whole ones behind it. What stands behind the last whole one is no damage: a
  // writer that was killed leaves such.
  Got next();
  const WrittenRecord& record() const { return record_; }
  std::string_view line() const { return lines_.line(); }  // of the record, without its newline
  uint64_t whole_bytes() const { return whole_; }          // up to the end of the last record
  uint64_t line_number() const { return bad_line_ ? bad_line_ : lines_.number(); }  // of the damaged one, or the record
  int error() const { return lines_.error(); }

 private:
  FileLines lines_;
  WrittenRecordReader reader_;
  WrittenRecord record_;
  uint64_t whole_ = 0;
  uint64_t bad_line_ = 0;
};

}  // namespace runnel::core
