// A finished job -> its record, one line of JSON: keys and their order are those of core/README.md, "Records".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "job/job_context.hpp"
#include "sink/secret_mask.hpp"
#include "value/writer.hpp"

namespace runnel::core {

struct RecordOptions {
  std::vector<std::string> fields;  // only these keys; empty: all
  bool always_input = false;        // `input` in every record, not only failed ones
  bool always_post = false;         // `post` likewise
  bool pretty = false;
  WriteOptions write;
  std::vector<std::string> secrets;  // texts to be shown as ***
};

// One per worker: keeps the text of the last second.
class RecordWriter {
 public:
  explicit RecordWriter(RecordOptions);
  void write(OutBuffer&, JobContext&);  // with its newline; computes the job's input_hash where the record needs it
  // Text for people about a job, secrets shown as ***.
  std::string without_secrets(std::string_view text) const {
    return mask_.active() ? mask_.masked(text) : std::string(text);
  }
  void write_line(OutBuffer&, Value);  // any value as one line: --emit, --select

  static const std::vector<std::string>& field_names();  // that `fields` may hold

 private:
  enum Field : uint32_t;
  bool chosen(Field field) const { return chosen_ >> field & 1; }
  bool has_tail(const JobContext&) const;
  void write_compact(OutBuffer&, JobContext&);
  // Every field comes with a comma before it; write_compact makes a brace of the first.
  char* write_head(OutBuffer&, char*, const JobContext&);
  char* write_data(OutBuffer&, char*, const JobContext&);
  char* write_trace(OutBuffer&, char*, const JobContext&);
  char* write_tail(OutBuffer&, char*, JobContext&);
  char* write_problem(OutBuffer&, char*, const Problem&, bool with_message);
  char* write_input(OutBuffer&, char*, JobContext&);
  char* write_post(OutBuffer&, char*, const JobContext&);
  char* write_raw_line(OutBuffer&, char*, const JobContext&);
  char* write_any(OutBuffer&, char*, Value);
  char* write_text(OutBuffer&, char*, std::string_view, bool is_cut = false);  // made valid UTF-8
  char* write_text_or_null(OutBuffer&, char*, std::string_view);

  RecordOptions options_;
  SecretMask mask_;
  uint32_t chosen_ = ~uint32_t{0};  // bit per field
  uint8_t fast_flags_;              // a string with one of these is written as it stands
  TimeWriter time_;
  OutBuffer scratch_{0};
};

}  // namespace runnel::core
