#include <stdexcept>

#include "catch.hpp"
#include "flow_builder.hpp"

using namespace runnel;
using namespace runnel::test;
using core::JobContext;
using core::OnFlush;
using core::PolicyKind;
using core::Status;
using core::Strategy;

TEST_CASE("a job completes by itself when nothing of it is left to do") {
  FlowBuilder b;
  b.add("a", {"in"}, {"out"}, pass());
  b.add("b", {"in"}, {}, note("b"));
  b.connect("a", "out", "b", "in");
  JobContext& job = b.run("7");
  CHECK(job.status == Status::completed);
  CHECK(seen(job) == "b7 ");
  CHECK(job.completed_at >= job.created_at);
  CHECK(job.discarded == 0);
}

TEST_CASE("items arrive in the order they were emitted, connections in file order") {
  FlowBuilder b;
  b.add("a", {"in"}, {"out"}, emit_numbers(3));
  b.add("x", {"in"}, {}, note("x"));
  b.add("y", {"in"}, {}, note("y"));
  b.connect("a", "out", "y", "in");
  b.connect("a", "out", "x", "in");
  CHECK(seen(b.run("0")) == "y1 x1 y2 x2 y3 x3 ");
}

TEST_CASE("a failed activation delivers nothing, keeps its traces and data, and leaves no state behind") {
  FlowBuilder b;
  b.add("a", {"in"}, {"out"}, [](Activation& in) {
    in.emit(0, 1);
    in.job().trace("tried");
    in.job().set_data("tried", true);
    in.state().set("count", 1);
    in.job().complete();
    in.fail("my.code", "no luck");
  });
  b.add("b", {"in"}, {}, note("b"));
  b.connect("a", "out", "b", "in");
  JobContext& job = b.run("0");
  CHECK(job.status == Status::failed);
  CHECK(core::to_std_string(job.error) == "no luck");
  REQUIRE(job.error_detail);
  CHECK(job.error_detail->code == "my.code");
  CHECK(job.error_detail->routine_id == "a");
  CHECK(job.error_detail->location == "test.yaml:1:3");
  CHECK(data_of(job) == R"({"tried":true})");
  CHECK(trace_of(job) == "a:tried a:error");
}

TEST_CASE("writes to the worker's state are seen at once by their activation, later by others, never after a failure") {
  FlowBuilder b;
  b.add("a", {"in"}, {}, [](Activation& in) {
    const int64_t before = in.state().get("n").int_or(0);
    in.state().update("n", [](Value n) { return Value(n.int_or(0) + 1); });
    in.job().set_data("before", before);
    in.job().set_data("own", in.state().get("n"));
    if (in.slot(0u).front().bool_or(false)) in.fail("x", "x");
  });
  CHECK(data_of(b.run("false")) == R"({"before":0,"own":1})");
  CHECK(data_of(b.again("true")) == R"({"before":1,"own":2})");
  CHECK(data_of(b.again("false")) == R"({"before":1,"own":2})");
}

TEST_CASE("any C++ exception is an error of that activation alone") {
  FlowBuilder b;
  b.add("a", {"in"}, {}, [](Activation& in) {
    const int64_t kind = in.slot(0u).front().int_or(0);
    if (kind == 1) throw std::runtime_error("boom");
    if (kind == 2) throw 42;
  });
  JobContext& thrown = b.run("1");
  CHECK(thrown.status == Status::failed);
  CHECK(thrown.error_detail->code == "exception");
  CHECK(thrown.error_detail->message == "boom");
  JobContext& number = b.again("2");
  CHECK(number.error_detail->message == "an exception that is no std::exception");
  CHECK(b.again("3").status == Status::completed);
}

TEST_CASE("complete() counts the first time, ends the job when the activation returns and drops what is on its way") {
  FlowBuilder b;
  b.add("a", {"in"}, {"out"}, emit_numbers(3));
  b.add("b", {"in"}, {"out"}, [](Activation& in) {
    in.emit(0, 1);
    in.job().complete("cancelled", "enough");
    in.job().complete("failed", "not this");
  });
  b.add("c", {"in"}, {}, note("c"));
  b.connect("a", "out", "b", "in");
  b.connect("b", "out", "c", "in");
  JobContext& job = b.run("0");
  CHECK(job.status == Status::cancelled);
  CHECK(core::to_std_string(job.error) == "enough");
  CHECK(job.discarded == 3);  // two of a's items, one of b's
  CHECK(seen(job).empty());
}

TEST_CASE("complete() with a status that is not final is an error") {
  FlowBuilder b;
  b.add("a", {"in"}, {}, [](Activation& in) { in.job().complete("running"); });
  JobContext& job = b.run("0");
  CHECK(job.status == Status::failed);
  CHECK(job.error_detail->message == R"("running" is no final status; use "completed", "failed" or "cancelled")");
}

TEST_CASE("all_slots_ready takes one item of each slot, oldest first; leftovers are traced and counted") {
  FlowBuilder b;
  b.add("a", {"in"}, {"x", "y"}, [](Activation& in) {
    for (int i = 1; i <= 3; ++i) in.emit(0, i);
    for (int i = 1; i <= 2; ++i) in.emit(1, 10 * i);
  });
  auto& join = b.add("join", {"x", "y"}, {}, note("j"));
  join.policy.kind = PolicyKind::all_slots_ready;
  join.on_flush = OnFlush::discard;
  b.connect("a", "x", "join", "x");
  b.connect("a", "y", "join", "y");
  JobContext& job = b.run("0");
  CHECK(job.status == Status::completed);
  CHECK(seen(job) == "j1 j10 j2 j20 ");
  CHECK(trace_of(job) == "join:unconsumed");
  CHECK(core::to_json(job.trace_log.at(0).details) == R"({"x":1})");
  CHECK(job.discarded == 1);
}

TEST_CASE("batch_size takes n, and the rest at the end of the job with reason flush") {
  FlowBuilder b;
  b.add("a", {"in"}, {"out"}, emit_numbers(5));
  auto& batch = b.add("b", {"in"}, {"out"}, [](Activation& in) {
    in.job().trace("batch", {{"n", in.slot(0u).size()}, {"reason", in.policy_message()["reason"]}});
    in.emit(0, static_cast<int64_t>(in.slot(0u).size()));
  });
  batch.policy = {PolicyKind::batch_size, 2, 0, core::null_value()};
  b.add("c", {"in"}, {}, note("c"));
  b.connect("a", "out", "b", "in");
  b.connect("b", "out", "c", "in");
  JobContext& job = b.run("0");
  CHECK(job.status == Status::completed);
  CHECK(seen(job) == "c2 c2 c1 ");
  CHECK(core::to_json(job.trace_log.at(2).details) == R"({"n":1,"reason":"flush"})");
}

TEST_CASE("flush goes upstream before downstream, one routine at a time, each until quiet") {
  FlowBuilder b;
  b.add("a", {"in"}, {"out"}, emit_numbers(3));
  auto& up = b.add("up", {"in"}, {"out"}, pass());
  auto& down = b.add("down", {"in"}, {}, note("d"));
  up.policy = {PolicyKind::batch_size, 2, 0, {}};
  down.policy = {PolicyKind::batch_size, 3, 0, {}};
  b.connect("a", "out", "up", "in");
  b.connect("up", "out", "down", "in");
  CHECK(seen(b.run("0")) == "d1 d2 d3 ");  // down gets its third item from up's flush: no flush of its own
}

TEST_CASE("on_flush fail fails the job with code unconsumed") {
  FlowBuilder b;
  auto& only = b.add("a", {"in", "other"}, {}, pass());
  only.policy.kind = PolicyKind::all_slots_ready;
  only.on_flush = OnFlush::fail;
  JobContext& job = b.run("0");
  CHECK(job.status == Status::failed);
  CHECK(job.error_detail->code == "unconsumed");
}

TEST_CASE("a policy's condition sees the items that lie in the slots") {
  FlowBuilder b;
  b.add("a", {"in"}, {"out"}, emit_numbers(5));
  auto& three = b.add("b", {"in"}, {}, note("b"));
  three.policy.kind = PolicyKind::when;
  three.policy.when = b.add_condition([](runnel_context& context) { return context.slots[0].count == 3; });
  three.on_flush = OnFlush::discard;
  b.connect("a", "out", "b", "in");
  JobContext& job = b.run("0");
  CHECK(seen(job) == "b1 b2 b3 ");
  CHECK(job.discarded == 2);
}

TEST_CASE("a connection's condition is judged at delivery; its failure is the emitter's") {
  FlowBuilder b;
  b.add("a", {"in"}, {"out"}, emit_numbers(3)).error_handler.strategy = Strategy::proceed;
  b.add("b", {"in"}, {}, note("b"));
  b.connect("a", "out", "b", "in", [](runnel_context& context) {
    if (context.data.as.integer == 2) throw std::runtime_error("cannot say");
    return context.data.as.integer == 3;
  });
  JobContext& job = b.run("0");
  CHECK(job.status == Status::completed);
  CHECK(seen(job) == "b3 ");
  REQUIRE(job.errors.size() == 1);
  CHECK(job.errors[0].routine_id == "a");
  CHECK(job.errors[0].location == "test.yaml:1:1");
}

TEST_CASE("skip: the routine takes no further items of this job, and is whole again for the next") {
  FlowBuilder b;
  b.add("a", {"in"}, {"out"}, emit_numbers(3));
  b.add("b", {"in"}, {}, [](Activation& in) {
     if (in.slot(0u).front().int_or(0) == 2) in.fail("x", "two");
     in.job().set_data("last", in.slot(0u).front());
   }).error_handler.strategy = Strategy::skip;
  b.connect("a", "out", "b", "in");
  for (JobContext* job : {&b.run("0"), &b.again("0")}) {
    CHECK(job->status == Status::completed);
    CHECK(data_of(*job) == R"({"last":1})");
    CHECK(job->discarded == 1);
    CHECK(job->errors.size() == 1);
  }
}

TEST_CASE("a connected error event gets a dead letter, before the strategy is asked") {
  FlowBuilder b;
  b.add("a", {"in"}, {"out"}, [](Activation& in) { in.fail("bad", "it is bad"); });
  b.add("letters", {"in"}, {}, [](Activation& in) { in.job().set_data("letter", in.slot(0u).front()); });
  b.connect("a", "error", "letters", "in");
  JobContext& job = b.run(R"({"k":1})");
  CHECK(job.status == Status::completed);
  CHECK(job.errors.size() == 1);
  CHECK(data_of(job) == R"({"letter":{"error":{"code":"bad","message":"it is bad","routine_id":"a","attempt":1,)"
                        R"("location":"test.yaml:1:3","cause":null},"input":{"in":[{"k":1}]}}})");
}

TEST_CASE("an emit to an event the routine does not have is an error") {
  FlowBuilder b;
  b.add("a", {"in"}, {"out"}, [](Activation& in) { in.emit(7u, 1); });
  CHECK(b.run("0").error_detail->code == "event.unknown");
  FlowBuilder c;
  c.add("a", {"in"}, {"out"}, [](Activation& in) { in.emit(1u, 1); });  // `error` is the runtime's
  CHECK(c.run("0").error_detail->code == "event.unknown");
}

TEST_CASE("current_job is the job of the running activation, and nothing outside one") {
  FlowBuilder b;
  b.add("a", {"in"}, {}, [](Activation& in) {
    const auto job = current_job();
    in.job().set_data("same", job && job->job_id().as_string() == in.job().job_id().as_string());
  });
  CHECK_FALSE(current_job());
  CHECK(data_of(b.run("0")) == R"({"same":true})");
  CHECK_FALSE(current_job());
}

TEST_CASE("jobs never see each other: data, traces, output and errors start empty") {
  FlowBuilder b;
  b.add("a", {"in"}, {}, [](Activation& in) {
    in.job().set_data("had", in.job().data().size());
    in.print("p");
    in.job().trace("t");
  });
  b.run("0");
  JobContext& second = b.again("0");
  CHECK(data_of(second) == R"({"had":0})");
  CHECK(second.output.text() == "p");
  CHECK(second.trace_log.size() == 1);
}

TEST_CASE("trace levels: off nothing, flow every hop, data with its items") {
  FlowBuilder b;
  b.add("a", {"in"}, {"out"}, [](Activation& in) {
    in.job().trace("mine");
    in.emit(0, in.slot(0u).front());
  });
  core::JobOptions options;
  options.strand.trace_level = core::TraceLevel::off;
  CHECK(trace_of(b.run("5", options)).empty());
  options.strand.trace_level = core::TraceLevel::flow;
  JobContext& flow = b.run("5", options);
  CHECK(trace_of(flow) == "a:slot_activated a:mine a:emitted");
  options.strand.trace_level = core::TraceLevel::data;
  JobContext& data = b.run("5", options);
  CHECK(core::to_json(data.trace_log.at(2).details) == R"({"event":"out","connections":0,"item":5})");
}

TEST_CASE("items an activation took are not counted as discarded, whether it completes the job or fails it") {
  FlowBuilder b;
  b.add("a", {"in"}, {"x", "y"}, [](Activation& in) {
    in.emit(0u, 1);
    in.emit(0u, 2);
    in.emit(1u, 3);
  });
  auto& join = b.add("join", {"x", "y"}, {}, [](Activation& in) {
    if (in.slot(0u).front().int_or(0) == 1) in.job().complete();
  });
  join.policy.kind = PolicyKind::all_slots_ready;
  b.connect("a", "x", "join", "x");
  b.connect("a", "y", "join", "y");
  JobContext& job = b.run("0");
  CHECK(job.status == Status::completed);
  CHECK(job.discarded == 1);  // the second x, still in its slot
}

TEST_CASE("state is not written when the emits of its activation fail the job") {
  FlowBuilder b;
  b.flow().limits.emits = 3;
  b.add("a", {"in"}, {"out"}, [](Activation& in) {
    const Value count = in.state().update("n", [](Value n) { return Value(n.int_or(0) + 1); });
    in.job().set_data("n", count);
    for (int64_t i = 0; i < in.slot(0u).front().int_or(0); ++i) in.emit(0u, 1);
  });
  CHECK(data_of(b.run("1")) == R"({"n":1})");
  CHECK(b.again("9").status == Status::failed);
  CHECK(data_of(b.again("1")) == R"({"n":2})");
}
