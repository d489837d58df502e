#include "isolate/wire.hpp"

#include "job/input_decoder.hpp"

namespace runnel::core {

std::string_view Unpacker::take_text() {
  const auto size = take<uint64_t>();
  if (size > from_.size()) return is_sound_ = false, std::string_view();
  const std::string_view text = from_.substr(0, size);
  from_.remove_prefix(size);
  return text;
}

std::string frame_head(FrameKind kind, size_t body) {
  std::string head;
  Packer packer(head);
  packer.add(static_cast<uint32_t>(body));
  packer.add(kind);
  return head;
}

std::optional<Frame> next_frame(std::string_view& bytes, bool& is_sound) {
  Unpacker head(bytes);
  const auto size = head.take<uint32_t>();
  const auto kind = head.take<FrameKind>();
  if (head.is_sound() && size > kMostFrame) is_sound = false;
  if (!head.is_sound() || !is_sound || bytes.size() - kFrameHead < size) return std::nullopt;
  const Frame frame{kind, bytes.substr(kFrameHead, size)};
  bytes.remove_prefix(kFrameHead + size);
  return frame;
}

void pack_request(Packer& packer, const JobRequest& request, std::string_view decoder) {
  packer.add(request.place.ordinal);
  packer.add(request.place.line);
  packer.add_text(request.place.source);
  packer.add_text(request.text);
  packer.add_text(request.job_id);
  packer.add(request.slot);
  packer.add(request.too_long);
  packer.add(request.has_hash);
  packer.add(request.text_hash);
  packer.add(request.column);
  packer.add(request.is_post);
  packer.add_text(request.format);
  packer.add_text(request.replay_of);
  packer.add_text(request.base_metadata);
  packer.add_text(request.post_routine);
  packer.add_text(request.post_slot);
  packer.add_text(decoder);
  packer.add(request.problem != nullptr);
  if (!request.problem) return;
  packer.add_text(request.problem->code);
  packer.add_text(request.problem->message);
  packer.add(static_cast<uint64_t>(request.problem->offset));
  packer.add(request.problem->is_readable);
}

PackedRequest unpack_request(Unpacker& from) {
  PackedRequest packed;
  JobRequest& request = packed.request;
  request.place.ordinal = request.number = from.take<uint64_t>();
  request.place.line = from.take<uint64_t>();
  request.place.source = from.take_text();
  request.text = from.take_text();
  request.job_id = from.take_text();
  request.slot = from.take<SlotRef>();
  request.too_long = from.take<bool>();
  request.has_hash = from.take<bool>();
  request.text_hash = from.take<uint64_t>();
  request.column = from.take<uint32_t>();
  request.is_post = from.take<bool>();
  request.format = from.take_text();
  request.replay_of = from.take_text();
  request.base_metadata = from.take_text();
  request.post_routine = from.take_text();
  request.post_slot = from.take_text();
  packed.decoder = from.take_text();
  packed.has_problem = from.take<bool>();
  if (!packed.has_problem) return packed;
  packed.problem_code = from.take_text();
  packed.problem_message = from.take_text();
  packed.problem_offset = from.take<uint64_t>();
  packed.problem_is_readable = from.take<bool>();
  return packed;
}

void pack_verdict(Packer& packer, const Verdict& verdict) {
  packer.add_text(verdict.code);
  packer.add_text(verdict.message);
  packer.add_text(verdict.cause);
  packer.add(verdict.routine);
  packer.add(verdict.created_at);
}

Verdict unpack_verdict(Unpacker& from) {
  Verdict verdict;
  verdict.code = from.take_text();
  verdict.message = from.take_text();
  verdict.cause = from.take_text();
  verdict.routine = from.take<uint32_t>();
  verdict.created_at = from.take<int64_t>();
  return verdict;
}

void pack_done(std::string& to, const DoneFrame& done) {
  Packer packer(to);
  const size_t texts = done.critical.size() + done.output.size() + done.failures.size();
  packer.add(static_cast<uint32_t>(sizeof(uint64_t) + 5 + 3 * sizeof(uint64_t) + texts));
  packer.add(FrameKind::done);
  packer.add(done.ordinal);
  packer.add(done.status);
  packer.add(done.is_bad_input);
  packer.add(done.is_unfinished);
  packer.add(done.is_printed);
  packer.add(done.select_failed);
  packer.add_text(done.critical);
  packer.add_text(done.failures);
  packer.add(static_cast<uint64_t>(done.output.size()));
}

std::optional<DoneFrame> unpack_done(std::string_view body) {
  Unpacker from(body);
  DoneFrame done;
  done.ordinal = from.take<uint64_t>();
  const auto status = from.take<uint8_t>();
  done.is_bad_input = from.take<bool>();
  done.is_unfinished = from.take<bool>();
  done.is_printed = from.take<bool>();
  done.select_failed = from.take<bool>();
  done.critical = from.take_text();
  done.failures = from.take_text();
  done.output = from.take_text();
  if (!from.is_at_end() || status > static_cast<uint8_t>(Status::cancelled)) return std::nullopt;
  done.status = static_cast<Status>(status);
  return done;
}

}  // namespace runnel::core
