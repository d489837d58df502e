// What every record has. The cursor is passed in and returned so that it stays in a register.
#include "sink/record_writer.hpp"

#include <algorithm>
#include <cstring>

#include "sink/record_field.hpp"

namespace runnel::core {
namespace {

char* put_quoted(char* to, Value string) {
  *to++ = '"';
  to = put_short(to, string.as.text, string.size);
  *to++ = '"';
  return to;
}

constexpr size_t kRoom = 256;  // more than all fixed text between two values

}  // namespace

const std::vector<std::string>& RecordWriter::field_names() {
  static const std::vector<std::string> names = {
      "job_id",        "worker_id",      "flow_id",        "status",       "error",  "created_at", "completed_at",
      "metadata",      "data",           "trace_log",      "error_detail", "errors", "output",     "discarded",
      "trace_dropped", "output_dropped", "errors_dropped", "replay_of",    "input",  "post"};
  return names;
}

RecordWriter::RecordWriter(RecordOptions options) : options_(std::move(options)), mask_(options_.secrets) {
  if (!options_.fields.empty()) {
    const auto& names = field_names();
    chosen_ = 0;
    for (uint32_t field = 0; field < kFieldCount; ++field) {
      if (std::ranges::find(options_.fields, names[field]) != options_.fields.end()) chosen_ |= 1u << field;
    }
  }
  fast_flags_ = options_.write.ascii ? RUNNEL_CLEAN : RUNNEL_CLEAN | RUNNEL_ESCAPED | kPlainText;
  if (mask_.active()) {
    fast_flags_ = 0;
    options_.write.splice = false;
  }
}

void RecordWriter::write(OutBuffer& out, JobContext& job) {
  if (options_.pretty) {
    scratch_.clear();
    write_compact(scratch_, job);
    out.append(to_pretty_json(scratch_.view()));
  } else {
    write_compact(out, job);
  }
  out.append("\n");
}

void RecordWriter::write_line(OutBuffer& out, Value value) {
  if (options_.pretty) {
    scratch_.clear();
    scratch_.set_end(write_any(scratch_, scratch_.begin(), value));
    out.append(to_pretty_json(scratch_.view()));
  } else {
    out.set_end(write_any(out, out.end(), value));
  }
  out.append("\n");
}

void RecordWriter::write_compact(OutBuffer& out, JobContext& job) {
  const size_t start = out.size();
  char* cursor = write_head(out, out.end(), job);
  if (chosen(kData)) cursor = write_data(out, cursor, job);
  if (chosen(kTraceLog)) cursor = write_trace(out, cursor, job);
  if (has_tail(job)) cursor = write_tail(out, cursor, job);
  cursor = out.ensure(cursor, 2);
  char* const first = out.begin() + start;
  if (cursor == first) ++cursor;
  *first = '{';
  *cursor++ = '}';
  out.set_end(cursor);
}

char* RecordWriter::write_head(OutBuffer& out, char* cursor, const JobContext& job) {
  const auto field = [&](std::string_view name, Value value) {
    cursor = put(out.ensure(cursor, kRoom), name);
    cursor = write_any(out, cursor, value);
  };
  if (chosen(kJobId)) field(R"(,"job_id":)", job.job_id);
  if (chosen(kWorkerId)) field(R"(,"worker_id":)", job.worker_id);
  if (chosen(kFlowId)) field(R"(,"flow_id":)", job.flow_id);
  cursor = out.ensure(cursor, kRoom);
  if (chosen(kStatus)) {
    cursor = put(cursor, R"(,"status":")");
    cursor = put(cursor, text_of(job.status));
    *cursor++ = '"';
  }
  if (chosen(kError)) {
    if (mask_.active() && job.error.kind == RUNNEL_STRING) {
      cursor = write_text(out, put(out.ensure(cursor, kRoom), R"(,"error":)"), to_std_string(job.error), true);
    } else {
      field(R"(,"error":)", job.error);
    }
  }
  cursor = out.ensure(cursor, kRoom);
  if (chosen(kCreatedAt)) {
    cursor = put(cursor, R"(,"created_at":")");
    cursor = time_.write(cursor, job.created_at);
    *cursor++ = '"';
  }
  if (chosen(kCompletedAt)) {
    cursor = put(cursor, R"(,"completed_at":")");
    cursor = time_.write(cursor, job.completed_at);
    *cursor++ = '"';
  }
  if (chosen(kMetadata)) {
    if (is_missing(job.metadata)) {
      cursor = put(cursor, R"(,"metadata":{})");
    } else {
      field(R"(,"metadata":)", job.metadata);
    }
  }
  return cursor;
}

char* RecordWriter::write_data(OutBuffer& out, char* cursor, const JobContext& job) {
  cursor = put(out.ensure(cursor, kRoom), R"(,"data":{)");
  bool first = true;
  for (const Member& member : job.data.members()) {
    if (!first) *cursor++ = ',';
    first = false;
    cursor = write_any(out, cursor, member.key);
    cursor = out.ensure(cursor, 1);
    *cursor++ = ':';
    cursor = out.ensure(write_any(out, cursor, member.value), kRoom);
  }
  *cursor++ = '}';
  return cursor;
}

char* RecordWriter::write_trace(OutBuffer& out, char* cursor, const JobContext& job) {
  cursor = put(out.ensure(cursor, kRoom), R"(,"trace_log":[)");
  const size_t count = job.trace_log.size();
  for (size_t i = 0; i < count; ++i) {
    const TraceEntry& entry = job.trace_log.at(i);
    if (i > 0) *cursor++ = ',';
    cursor = put(cursor, R"({"timestamp":")");
    cursor = time_.write(cursor, entry.time_us);
    cursor = put(cursor, R"(","routine_id":)");
    cursor = write_any(out, cursor, entry.routine_id);
    cursor = put(out.ensure(cursor, kRoom), R"(,"action":)");
    cursor = write_any(out, cursor, entry.action);
    cursor = put(out.ensure(cursor, kRoom), R"(,"details":)");
    if (is_missing(entry.details)) {
      cursor = put(cursor, "{}");
    } else {
      cursor = write_any(out, cursor, entry.details);
    }
    cursor = out.ensure(cursor, kRoom);
    *cursor++ = '}';
  }
  *cursor++ = ']';
  return cursor;
}

char* RecordWriter::write_any(OutBuffer& out, char* cursor, Value value) {
  if (value.kind == RUNNEL_STRING && value.flags & fast_flags_) {
    return put_quoted(out.ensure(cursor, value.size + size_t{2}), value);
  }
  if (!mask_.active()) return write_value(out, cursor, value, options_.write);
  const auto from = static_cast<size_t>(cursor - out.begin());
  return mask_.mask(out, from, write_value(out, cursor, value, options_.write), options_.write);
}

}  // namespace runnel::core
