#include "job/job_context.hpp"

#include "catch.hpp"
#include "value/builder.hpp"
#include "value/writer.hpp"

using namespace runnel::core;

TEST_CASE("a problem as a value has all six keys, null where nothing is known") {
  Arena arena;
  CHECK(to_json(problem_value(arena, {"script.error", "no \"x\"", "enrich", 2, "flow.yaml:3:9", "disk"})) ==
        R"({"code":"script.error","message":"no \"x\"","routine_id":"enrich","attempt":2,)"
        R"("location":"flow.yaml:3:9","cause":"disk"})");
  CHECK(to_json(problem_value(arena, {"timeout", "too slow", "", 1, "", ""})) ==
        R"({"code":"timeout","message":"too slow","routine_id":null,"attempt":1,"location":null,"cause":null})");
}

TEST_CASE("the trace log as a value shows times as text and details that are missing as {}") {
  Arena arena;
  TraceLog log;
  const Member step{literal("step"), make_int(1)};
  log.add({1'704'103'200'000'101, literal("ingress"), literal("start"), make_object(arena, {&step, 1})});
  log.add({1'704'103'200'000'102, literal("egress"), literal("end"), missing()});
  CHECK(to_json(trace_log_value(arena, log)) ==
        R"([{"timestamp":"2024-01-01T10:00:00.000101Z","routine_id":"ingress","action":"start","details":{"step":1}},)"
        R"({"timestamp":"2024-01-01T10:00:00.000102Z","routine_id":"egress","action":"end","details":{}}])");
  CHECK(to_json(trace_log_value(arena, TraceLog())) == "[]");
}

TEST_CASE("values that do not fit the arena are missing") {
  Arena arena(64);
  CHECK(is_missing(problem_value(arena, {"a", "b", "c", 1, "d", std::string(100, 'x')})));
  Arena small(200);
  TraceLog log;
  for (int i = 0; i < 10; ++i) log.add({i, literal("r"), literal("a"), missing()});
  CHECK(is_missing(trace_log_value(small, log)));
}

TEST_CASE("a reset job context keeps only worker, flow and limits") {
  JobContext job;
  job.worker_id = literal("w3");
  job.flow_id = literal("flow");
  job.trace_log.set_limit(2);
  job.job_id = make_string(job.arena, "id");
  job.status = Status::failed;
  job.error = literal("e");
  job.data.set(literal("k"), make_int(1));
  for (int i = 0; i < 5; ++i) job.trace_log.add({i, missing(), missing(), missing()});
  job.error_detail = Problem{"c", "m", "", 1, "", ""};
  job.errors.resize(2);
  job.output.print("text");
  job.discarded = 3;
  job.emits = 4;
  job.random_state = 5;
  job.place = {"-", 5, 6};
  job.input_text = "line";
  job.has_input_hash = job.input_read = job.input_truncated = true;
  job.metadata = job.post_data = job.post_routine = job.post_slot = literal("x");

  job.reset();
  CHECK(to_json(job.worker_id) == R"("w3")");
  CHECK(to_json(job.flow_id) == R"("flow")");
  CHECK(job.status == Status::pending);
  for (const Value value : {job.job_id, job.error, job.metadata, job.post_data, job.post_routine, job.post_slot}) {
    CHECK(is_missing(value));
  }
  CHECK(job.data.members().empty());
  CHECK(job.trace_log.size() == 0);
  CHECK(!job.error_detail);
  CHECK(job.errors.empty());
  CHECK(job.output.empty());
  CHECK(job.discarded == 0);
  CHECK(job.emits == 0);
  CHECK(job.random_state == 0);
  CHECK(job.place.ordinal == kNoOrdinal);
  CHECK(job.input_text.empty());
  CHECK(!(job.has_input_hash || job.input_read || job.input_truncated));
  CHECK(job.arena.used() == 0);
  for (int i = 0; i < 5; ++i) job.trace_log.add({i, missing(), missing(), missing()});
  CHECK(job.trace_log.size() == 2);
}
