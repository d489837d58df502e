#include <rapidcheck.h>

#include <string>

#include "catch.hpp"
#include "isolate/wire.hpp"
#include "job/input_decoder.hpp"

using namespace runnel::core;

namespace {

JobRequest a_request() {
  JobRequest request;
  request.text = "{\"n\":1}";
  request.place = {"jobs.jsonl", 7, 5};
  request.number = 5;
  request.job_id = "five";
  request.slot = {2, 1};
  request.has_hash = true;
  request.text_hash = 0x1234567890abcdef;
  request.column = 9;
  request.is_post = true;
  request.format = "csv";
  request.replay_of = "old";
  request.base_metadata = "{\"k\":2}";
  request.post_routine = "gone";
  request.post_slot = "away";
  return request;
}

}  // namespace

TEST_CASE("A request comes out of a frame as it went in") {
  static const InputProblem problem{"input.target", "no such slot", 3, true};
  JobRequest request = a_request();
  request.problem = &problem;
  std::string bytes;
  Packer packer(bytes);
  pack_request(packer, request, "csv\na,b");
  Unpacker from(bytes);
  const PackedRequest packed = unpack_request(from);
  CHECK(from.is_at_end());
  const JobRequest& got = packed.request;
  CHECK(got.text == request.text);
  CHECK(got.place.source == request.place.source);
  CHECK(got.place.line == 7);
  CHECK(got.place.ordinal == 5);
  CHECK(got.number == 5);
  CHECK(got.job_id == "five");
  CHECK(got.slot.routine == 2);
  CHECK(got.slot.slot == 1);
  CHECK_FALSE(got.too_long);
  CHECK(got.has_hash);
  CHECK(got.text_hash == request.text_hash);
  CHECK(got.column == 9);
  CHECK(got.is_post);
  CHECK(got.format == "csv");
  CHECK(got.replay_of == "old");
  CHECK(got.base_metadata == request.base_metadata);
  CHECK(got.post_routine == "gone");
  CHECK(got.post_slot == "away");
  CHECK(packed.decoder == "csv\na,b");
  CHECK(packed.has_problem);
  CHECK(packed.problem_code == "input.target");
  CHECK(packed.problem_message == "no such slot");
  CHECK(packed.problem_offset == 3);
  CHECK(packed.problem_is_readable);
  for (size_t size = 0; size < bytes.size(); ++size) {
    Unpacker cut(std::string_view(bytes).substr(0, size));
    unpack_request(cut);
    CHECK_FALSE(cut.is_at_end());
  }
}

TEST_CASE("A verdict comes out of a frame as it went in") {
  std::string bytes;
  Packer packer(bytes);
  pack_verdict(packer, {"crash", "it died", "of old age", 3, 17});
  Unpacker from(bytes);
  const Verdict verdict = unpack_verdict(from);
  CHECK(from.is_at_end());
  CHECK(verdict.code == "crash");
  CHECK(verdict.message == "it died");
  CHECK(verdict.cause == "of old age");
  CHECK(verdict.routine == 3);
  CHECK(verdict.created_at == 17);
}

TEST_CASE("A frame is taken when it is all there, not before") {
  DoneFrame done;
  done.ordinal = 12;
  done.status = Status::failed;
  done.is_bad_input = done.is_printed = true;
  done.critical = "why";
  done.failures = "said\n";
  done.output = "{\"a\":1}\n";
  std::string bytes;
  pack_done(bytes, done);
  bytes += done.output;
  const std::string whole = bytes + frame_head(FrameKind::idle, 0);
  for (size_t size = 0; size < bytes.size(); ++size) {
    std::string_view part = std::string_view(whole).substr(0, size);
    bool is_sound = true;
    CHECK_FALSE(next_frame(part, is_sound));
    CHECK(is_sound);
    CHECK(part.size() == size);
  }
  std::string_view left = whole;
  bool is_sound = true;
  const auto frame = next_frame(left, is_sound);
  REQUIRE(frame);
  CHECK(frame->kind == FrameKind::done);
  const auto got = unpack_done(frame->body);
  REQUIRE(got);
  CHECK(got->ordinal == 12);
  CHECK(got->status == Status::failed);
  CHECK(got->is_bad_input);
  CHECK_FALSE(got->is_unfinished);
  CHECK(got->is_printed);
  CHECK_FALSE(got->select_failed);
  CHECK(got->critical == "why");
  CHECK(got->failures == "said\n");
  CHECK(got->output == done.output);
  CHECK(next_frame(left, is_sound)->kind == FrameKind::idle);
  CHECK(left.empty());
}

TEST_CASE("Whatever bytes come, a frame is read inside them or not at all") {
  CHECK(rc::check("any bytes", [](const std::string& bytes) {
    std::string_view left = bytes;
    bool is_sound = true;
    while (const auto frame = next_frame(left, is_sound)) {
      RC_ASSERT(frame->body.data() >= bytes.data());
      RC_ASSERT(frame->body.data() + frame->body.size() <= bytes.data() + bytes.size());
      if (const auto done = unpack_done(frame->body)) RC_ASSERT(done->output.size() <= bytes.size());
    }
  }));
  std::string_view huge("\xff\xff\xff\xff\x05", 5);
  bool is_sound = true;
  CHECK_FALSE(next_frame(huge, is_sound));
  CHECK_FALSE(is_sound);
}
