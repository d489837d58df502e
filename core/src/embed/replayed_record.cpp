#include "embed/replayed_record.hpp"

#include "base/diagnostic.hpp"
#include "sink/base64.hpp"
#include "source/line_decoder.hpp"
#include "value/member_text.hpp"

namespace runnel::core {
namespace {

const InputProblem* add_problem(Block& block, std::string_view code, std::string message) {
  block.problems.push_back(std::make_unique<InputProblem>(InputProblem{code, std::move(message)}));
  return block.problems.back().get();
}

std::string_view text_of(Value value, Block& block) {
  return value.kind == RUNNEL_STRING ? string_of(value, block.ids) : std::string_view();
}

// The bytes of a line that could not be read. False: there are none.
bool read_line(Value post, Block& block, std::string_view& line) {
  if (const Value text = get(post, "text"); text.kind == RUNNEL_STRING) {
    line = string_of(text, block.ids);
    return true;
  }
  const Value packed = get(post, "base64");
  const auto bytes = packed.kind == RUNNEL_STRING ? from_base64(to_std_string(packed)) : std::nullopt;
  if (bytes) line = {block.ids.copy(*bytes), bytes->size()};
  return bytes.has_value();
}

// Reads the line as it was read before. What takes more than the line (the header of a table, the text around a JSON
// value) fails as it did.
std::string read_again(Value record, InputFormat format, Block& block, Replay& out) {
  out.format = format == InputFormat::jsonl ? std::string_view() : input_format_names()[static_cast<size_t>(format)];
  switch (format) {
    case InputFormat::jsonl:
      return "";
    case InputFormat::lines:
      out.decoder = &line_decoder();
      return "";
    case InputFormat::jobs:
      out.is_post = true;
      return "";
    default:
      break;
  }
  const std::string_view code = text_of(get(get(record, "error_detail"), "code"), block);
  const std::string message = to_std_string(get(record, "error"));
  out.problem = add_problem(block, code.empty() ? "input.syntax" : code,
                            message.empty() ? "the line could not be read" : message);
  return "";
}

}  // namespace

std::string read_replay(std::string_view line, Value record, Block& block, Replay& out) {
  const Value post = get(record, "post");
  const Value job_id = get(record, "job_id");
  out.replay_of = text_of(job_id, block);
  const std::string whose =
      out.replay_of.empty() ? "the record" : "the record of job " + printable(to_std_string(job_id));
  if (record.kind != RUNNEL_OBJECT || (is_missing(job_id) && is_missing(post) && is_missing(get(record, "status"))))
    return "this is no record of a run";
  if (is_missing(post)) {
    return whose +
           " has no \"post\", so the job cannot be posted again: records have it when they are written with "
           "--record-input, and those of failed jobs always (--status failed)";
  }
  const Value truncated = get(post, "truncated");
  if (truncated.kind == RUNNEL_BOOL && truncated.as.integer) {
    return whose +
           " has post.truncated: only the beginning of its line was kept; leave it out by --where 'not "
           "record.post.truncated'";
  }
  const Value metadata = get(record, "metadata");
  if (!is_missing(metadata) && metadata.kind != RUNNEL_OBJECT) return whose + " has metadata that is no object";
  const std::string_view post_text = member_text(line, "post");
  if (metadata.size > 0) out.metadata = member_text(line, "metadata");
  out.routine = text_of(get(post, "routine"), block);
  out.slot = text_of(get(post, "slot"), block);
  if (out.routine.empty() || out.slot.empty()) return whose + " has a post without routine or slot";
  if (!is_missing(get(post, "data"))) {
    out.text = member_text(post_text, "data");
    return "";
  }
  if (!read_line(post, block, out.text)) return whose + " has a post without data";
  const Value format = get(post, "format");
  const auto known = is_missing(format) ? InputFormat::jsonl : input_format_of(to_std_string(format));
  if (!known) return whose + " has a post of an unknown format";
  return read_again(record, *known, block, out);
}

void refuse_replay(Block& block, std::string_view line, std::string message, Replay& out) {
  const std::string_view replay_of = out.replay_of;
  out = Replay();
  out.replay_of = replay_of;
  out.text = line;
  out.format = input_format_names()[static_cast<size_t>(InputFormat::records)];
  out.problem = add_problem(block, "input.record", std::move(message));
}

}  // namespace runnel::core
