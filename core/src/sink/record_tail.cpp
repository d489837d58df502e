// The keys of a record that are only there when there is something to say.
#include "base/diagnostic.hpp"
#include "base/job_id.hpp"
#include "base/utf8.hpp"
#include "sink/base64.hpp"
#include "sink/record_field.hpp"
#include "sink/record_writer.hpp"
#include "value/hash.hpp"

namespace runnel::core {
namespace {

constexpr size_t kMostRawBytes = 64 * 1024;
constexpr size_t kLongestCharacter = 4;

char* put_number(OutBuffer& out, char* cursor, std::string_view name, uint64_t number) {
  cursor = put(out.ensure(cursor, name.size() + 20), name);
  return write_int(cursor, static_cast<int64_t>(number));
}

char* put_name(OutBuffer& out, char* cursor, std::string_view name) {
  return put(out.ensure(cursor, name.size()), name);
}

// The bytes of a line that a record shows; whole characters if they are UTF-8.
struct Shown {
  std::string_view bytes;
  bool is_text;
};
Shown shown_part(std::string_view line) {
  const std::string_view most = line.substr(0, kMostRawBytes);
  if (is_utf8(most)) return {most, true};
  const std::string_view whole = most.substr(0, first_bad_utf8(most));
  const bool cut_character = line.size() > most.size() && most.size() - whole.size() < kLongestCharacter &&
                             first_bad_utf8(line.substr(whole.size(), kLongestCharacter)) != 0;
  return cut_character ? Shown{whole, true} : Shown{most, false};
}

}  // namespace

bool RecordWriter::has_tail(const JobContext& job) const {
  return job.status == Status::failed || options_.always_input || options_.always_post || job.error_detail ||
         !job.errors.empty() || !job.output.empty() || job.discarded > 0 || job.trace_log.dropped() > 0 ||
         !is_missing(job.replay_of);
}

char* RecordWriter::write_tail(OutBuffer& out, char* cursor, JobContext& job) {
  const bool failed = job.status == Status::failed;
  if (chosen(kErrorDetail) && job.error_detail) {
    cursor = put_name(out, cursor, R"(,"error_detail":)");
    cursor = write_problem(out, cursor, *job.error_detail, false);
  }
  if (chosen(kErrors) && !job.errors.empty()) {
    cursor = put_name(out, cursor, R"(,"errors":)");
    char before = '[';
    for (const Problem& problem : job.errors) {
      cursor = out.ensure(cursor, 1);
      *cursor++ = before;
      before = ',';
      cursor = write_problem(out, cursor, problem, true);
    }
    cursor = put_name(out, cursor, "]");
  }
  if (chosen(kOutput) && !job.output.empty()) {
    cursor = put_name(out, cursor, R"(,"output":)");
    cursor = write_text(out, cursor, job.output.text(), job.output.dropped() > 0);
  }
  if (chosen(kDiscarded) && job.discarded > 0) cursor = put_number(out, cursor, R"(,"discarded":)", job.discarded);
  if (const uint64_t dropped = job.trace_log.dropped(); chosen(kTraceDropped) && dropped > 0) {
    cursor = put_number(out, cursor, R"(,"trace_dropped":)", dropped);
  }
  if (const uint64_t dropped = job.output.dropped(); chosen(kOutputDropped) && dropped > 0) {
    cursor = put_number(out, cursor, R"(,"output_dropped":)", dropped);
  }
  if (chosen(kErrorsDropped) && job.errors_dropped > 0) {
    cursor = put_number(out, cursor, R"(,"errors_dropped":)", job.errors_dropped);
  }
  if (chosen(kReplayOf) && !is_missing(job.replay_of)) {
    cursor = write_any(out, put_name(out, cursor, R"(,"replay_of":)"), job.replay_of);
  }
  const bool from_input = job.place.ordinal != kNoOrdinal;
  if (chosen(kInput) && from_input && (failed || options_.always_input)) cursor = write_input(out, cursor, job);
  if (chosen(kPost) && (failed || options_.always_post)) cursor = write_post(out, cursor, job);
  return cursor;
}

char* RecordWriter::write_problem(OutBuffer& out, char* cursor, const Problem& problem, bool with_message) {
  cursor = write_text(out, put_name(out, cursor, R"({"code":)"), problem.code);
  if (with_message) cursor = write_text(out, put_name(out, cursor, R"(,"message":)"), problem.message, true);
  cursor = write_text_or_null(out, put_name(out, cursor, R"(,"routine_id":)"), problem.routine_id);
  cursor = put_number(out, cursor, R"(,"attempt":)", problem.attempt);
  cursor = write_text_or_null(out, put_name(out, cursor, R"(,"location":)"), problem.location);
  cursor = write_text_or_null(out, put_name(out, cursor, R"(,"cause":)"), problem.cause);
  return put_name(out, cursor, "}");
}

char* RecordWriter::write_input(OutBuffer& out, char* cursor, JobContext& job) {
  if (!job.has_input_hash) {
    job.input_hash = content_hash(job.input_text);
    job.has_input_hash = true;
  }
  cursor = write_text(out, put_name(out, cursor, R"(,"input":{"source":)"), job.place.source);
  cursor = put_number(out, cursor, R"(,"line":)", job.place.line);
  cursor = put_number(out, cursor, R"(,"ordinal":)", job.place.ordinal);
  cursor = put_name(out, cursor, R"(,"sha":")");
  cursor = put_name(out, cursor, hex16(job.input_hash));
  return put_name(out, cursor, "\"}");
}

char* RecordWriter::write_post(OutBuffer& out, char* cursor, const JobContext& job) {
  cursor = write_any(out, put_name(out, cursor, R"(,"post":{"routine":)"), job.post_routine);
  cursor = write_any(out, put_name(out, cursor, R"(,"slot":)"), job.post_slot);
  if (job.input_read || !is_missing(job.post_data)) {
    cursor = write_any(out, put_name(out, cursor, R"(,"data":)"), job.post_data);
  } else {
    if (!job.input_format.empty()) {
      cursor = put_name(out, put_name(out, cursor, R"(,"format":")"), job.input_format);
      cursor = put_name(out, cursor, "\"");
    }
    cursor = write_raw_line(out, cursor, job);
  }
  return put_name(out, cursor, "}");
}

char* RecordWriter::write_raw_line(OutBuffer& out, char* cursor, const JobContext& job) {
  std::string masked;
  std::string_view line = job.input_text;
  if (mask_.active()) line = masked = mask_.masked_line(job.input_truncated ? mask_.masked_cut(line) : line);
  const Shown shown = shown_part(line);
  if (shown.is_text) {
    cursor = put_name(out, cursor, R"(,"text":)");
    cursor = write_string(out, cursor, shown.bytes, 0, options_.write);
  } else {
    cursor = put_name(out, cursor, R"(,"base64":")");
    cursor = put_name(out, cursor, to_base64(shown.bytes));
    cursor = put_name(out, cursor, "\"");
  }
  const bool truncated = job.input_truncated || shown.bytes.size() < line.size();
  return truncated ? put_name(out, cursor, R"(,"truncated":true)") : cursor;
}

char* RecordWriter::write_text(OutBuffer& out, char* cursor, std::string_view text, bool is_cut) {
  if (text.empty()) return put_name(out, cursor, R"("")");
  std::string valid;
  if (!is_utf8(text)) text = valid = printable(text);
  if (!mask_.active()) return write_string(out, cursor, text, 0, options_.write);
  return write_string(out, cursor, is_cut ? mask_.masked_cut(text) : mask_.masked(text), 0, options_.write);
}

char* RecordWriter::write_text_or_null(OutBuffer& out, char* cursor, std::string_view text) {
  return text.empty() ? put_name(out, cursor, "null") : write_text(out, cursor, text);
}

}  // namespace runnel::core
