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

TEST_CASE("an endless cycle costs its job, with the place of the connection") {
  FlowBuilder b;
  b.add("a", {"in"}, {"out"}, pass());
  b.connect("a", "out", "a", "in");
  JobContext& job = b.run("1");
  CHECK(job.status == Status::failed);
  CHECK(job.error_detail->code == "limit.hops");
  CHECK(job.error_detail->location == "test.yaml:100:5");
}

TEST_CASE("limits fail the job whatever the strategy") {
  FlowBuilder b;
  b.flow().limits.emits = 10;
  b.add("a", {"in"}, {"out"}, emit_numbers(11)).error_handler.strategy = Strategy::proceed;
  JobContext& job = b.run("0");
  CHECK(job.status == Status::failed);
  CHECK(job.error_detail->code == "limit.emits");
}

TEST_CASE("an item counts once for each connection it goes out on") {
  FlowBuilder b;
  b.flow().limits.emits = 10;
  b.add("a", {"in"}, {"out"}, emit_numbers(4));
  b.add("b", {"in"}, {}, note("b"));
  for (int i = 0; i < 3; ++i) b.connect("a", "out", "b", "in");
  CHECK(b.run("0").error_detail->code == "limit.emits");
}

TEST_CASE("live values are bounded; what was overwritten is not counted") {
  FlowBuilder b;
  b.flow().limits.memory = 8 * 1024 * 1024;
  const std::string big(1024 * 1024, 'x');
  b.add("a", {"in"}, {"again"}, [&big](Activation& in) {
    const int64_t n = in.slot(0u).front()["n"].int_or(0);
    const bool keep_all = in.slot(0u).front()["keep"].bool_or(false);
    in.job().set_data(keep_all ? "k" + std::to_string(n) : std::string("k"), big);
    if (n < 100) in.emit(0, in.object({{"n", n + 1}, {"keep", keep_all}}));
  });
  b.connect("a", "again", "a", "in");
  JobContext& overwritten = b.run(R"({"n":0,"keep":false})");
  CHECK(overwritten.status == Status::completed);
  CHECK(core::raw_text(overwritten.data.get("k")) == big);
  JobContext& kept = b.again(R"({"n":0,"keep":true})");
  CHECK(kept.status == Status::failed);
  CHECK(kept.error_detail->code == "limit.memory");
  CHECK(b.again(R"({"n":99,"keep":true})").status == Status::completed);
}

TEST_CASE("a value that shares its parts again and again is bounded by what it makes as text") {
  FlowBuilder b;
  b.add("a", {"in"}, {"again"}, [](Activation& in) {
    const Value item = in.slot(0u).front();
    const runnel_value twice[] = {item.raw(), item.raw()};
    in.emit(0u, in.array(twice, 2));
  });
  b.connect("a", "again", "a", "in");
  JobContext& job = b.run(R"(["some text"])");
  CHECK(job.status == Status::failed);
  CHECK(job.error_detail->code == "limit.memory");
}

TEST_CASE("job data and traces are bounded by what they make as text") {
  FlowBuilder b;
  b.flow().limits.memory = 1024 * 1024;
  b.add("a", {"in"}, {}, [](Activation& in) {
    const std::string big(512 * 1024, 'x');
    const Value shared = in.object({{"big", big}});
    for (int i = 0; i < 100 && !in.has_failed(); ++i) in.job().set_data("k" + std::to_string(i), shared);
  });
  JobContext& job = b.run("0");
  CHECK(job.status == Status::failed);
  CHECK(job.error_detail->code == "limit.memory");
}

TEST_CASE("handled errors are kept up to a number and counted beyond it") {
  FlowBuilder b;
  b.add("a", {"in"}, {"out"}, emit_numbers(1500));
  b.add("b", {"in"}, {}, [](Activation& in) { in.fail("x", "x"); }).error_handler.strategy = Strategy::proceed;
  b.connect("a", "out", "b", "in");
  JobContext& job = b.run("0");
  CHECK(job.status == Status::completed);
  CHECK(job.errors.size() == 1000);
  CHECK(job.errors_dropped == 500);
}

TEST_CASE("a long message is cut, not kept a thousand times") {
  FlowBuilder b;
  b.add("a", {"in"}, {}, [](Activation& in) { in.fail("x", std::string(1'000'000, 'm')); });
  CHECK(b.run("0").error_detail->message.size() < 20'000);
}

TEST_CASE("what conditions make is given back") {
  FlowBuilder b;
  b.flow().limits.memory = 1024 * 1024;
  b.add("a", {"in"}, {"out"}, emit_numbers(1000));
  b.add("b", {"in"}, {}, note("b"));
  b.connect("a", "out", "b", "in", [](runnel_context& context) {
    core::make_string(*context.arena, std::string(100'000, 'x'));
    return false;
  });
  CHECK(b.run("0").status == Status::completed);
}

TEST_CASE("one activation may write many keys of the worker's state") {
  FlowBuilder b;
  b.add("a", {"in"}, {}, [](Activation& in) {
    for (int i = 0; i < 20'000; ++i) {
      in.state().set("k" + std::to_string(i), i);
      in.shared_state().set("k" + std::to_string(i), -i);
    }
    in.job().set_data("own", in.state().get("k19999"));
    in.job().set_data("shared", in.shared_state().get("k19999"));
  });
  CHECK(data_of(b.run("0")) == R"({"own":19999,"shared":-19999})");
  CHECK(data_of(b.again("0")) == R"({"own":19999,"shared":-19999})");
}
