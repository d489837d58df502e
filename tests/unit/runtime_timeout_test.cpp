#include <vector>

#include "base/clock.hpp"
#include "catch.hpp"
#include "flow_builder.hpp"

using namespace runnel;
using namespace runnel::test;

namespace {

constexpr int64_t kSecond = 1'000'000;
constexpr int64_t kShort = 2'000;

core::JobOptions deterministic() {
  core::JobOptions options;
  options.deterministic = true;
  return options;
}

Logic wait_for(int64_t us) {
  return [us](Activation& in) { in.finish_after(us, [](Activation& rest) { rest.emit(0u, rest.slot(0).front()); }); };
}

void compute_until(int64_t time) {
  while (core::monotonic_us() < time) {
  }
}

// What became of a job that waited.
struct Ending {
  std::string text;
  explicit Ending(FlowBuilder& builder) {
    builder.runner().on_finished([this](core::JobContext& job) { text = describe(job); });
  }
  static std::string describe(core::JobContext& job) {
    std::string text(core::text_of(job.status));
    if (job.error_detail) text += ": " + job.error_detail->code + ": " + job.error_detail->message;
    return text;
  }
  void await(FlowBuilder& builder) {
    while (text.empty()) builder.runner().loop().run_some();
  }
};

}  // namespace

TEST_CASE("a suspended activation ends at its routine's timeout, is told so, and its finish comes too late") {
  FlowBuilder builder;
  std::vector<Later> handles;
  int cancelled = 0;
  auto& step = builder.add("step", {"input"}, {}, [&](Activation& in) {
    in.on_cancel([&cancelled] { ++cancelled; });
    handles.push_back(in.suspend());
  });
  step.timeout_us = kShort;
  builder.start({});
  Ending ending(builder);
  REQUIRE(!builder.post("1"));
  ending.await(builder);
  CHECK(ending.text == "failed: timeout: routine \"step\" took longer than its timeout of 0.002 s");
  CHECK(cancelled == 1);
  handles[0].finish([](Activation&) {});
  builder.runner().loop().run_ready();
  CHECK(builder.runner().late_finishes() == 1);
}

TEST_CASE("the routine's timeout is an ordinary error: it is retried, and every attempt has the whole time") {
  FlowBuilder builder;
  int attempts = 0;
  auto& step = builder.add("step", {"input"}, {"output"}, [&](Activation& in) {
    const int64_t us = ++attempts < 3 ? 10 * kSecond : 1 * kSecond;
    in.finish_after(us, [](Activation& rest) { rest.emit(0u, rest.slot(0).front()); });
  });
  step.timeout_us = 2 * kSecond;
  core::RetrySpec retry;
  retry.delay_us = 60e6;
  retry.backoff = 1;
  step.error_handler.retry = retry;
  builder.add("after", {"input"}, {}, note("a"));
  builder.connect("step", "output", "after", "input");
  core::JobContext& job = builder.run("7", deterministic());
  CHECK(job.status == core::Status::completed);
  CHECK(seen(job) == "a7 ");
  CHECK(attempts == 3);
  CHECK((job.completed_at - job.created_at) / kSecond == 2 + 60 + 2 + 60 + 1);
}

TEST_CASE("under --deterministic a delay is judged by its own time, not by the clock") {
  for (const int64_t us : {2 * kSecond - 1000, 2 * kSecond + 1000}) {
    FlowBuilder builder;
    builder.add("step", {"input"}, {"output"}, wait_for(us)).timeout_us = 2 * kSecond;
    CHECK(Ending::describe(builder.run("1", deterministic())) ==
          (us < 2 * kSecond ? "completed" : "failed: timeout: routine \"step\" took longer than its timeout of 2 s"));
  }
}

TEST_CASE("the job's timeout fails it whatever the handlers say") {
  FlowBuilder builder;
  auto& step = builder.add("step", {"input"}, {"output"}, wait_for(10 * kSecond));
  step.error_handler.retry.emplace();
  step.error_handler.strategy = core::Strategy::proceed;
  step.error_handler.is_critical = true;
  builder.add("letters", {"input"}, {}, note("l"));
  builder.connect("step", "error", "letters", "input");
  builder.flow().limits.time_us = 5 * kSecond;
  core::JobContext& job = builder.run("1", deterministic());
  CHECK(Ending::describe(job) == "failed: timeout: the job took longer than its timeout of 5 s");
  CHECK(job.error_detail->routine_id == "step");
  CHECK(seen(job).empty());
  CHECK(!job.is_critical);
  CHECK((job.completed_at - job.created_at) / kSecond == 5);
}

TEST_CASE("the job's time goes on while it waits to try again") {
  FlowBuilder builder;
  auto& step = builder.add("step", {"input"}, {}, [](Activation& in) { in.fail("busy", "not now"); });
  core::RetrySpec retry;
  retry.max_retries = 100;
  step.error_handler.retry = retry;
  builder.flow().limits.time_us = 30 * kSecond;
  core::JobContext& job = builder.run("1", deterministic());
  CHECK(Ending::describe(job) == "failed: timeout: the job took longer than its timeout of 30 s");
  CHECK(job.error_detail->cause == "attempt 5: not now [busy]");  // at 0, 1, 3, 7, 15 s; the next at 31 s
}

TEST_CASE("a job that waits for nothing else ends at its timeout, by a timer") {
  for (const bool retries : {false, true}) {
    FlowBuilder builder;
    std::vector<Later> handles;
    auto& step = builder.add("step", {"input"}, {}, [&](Activation& in) {
      if (retries) return in.fail("busy", "not now");
      handles.push_back(in.suspend());
    });
    step.error_handler.retry.emplace();
    builder.flow().limits.time_us = kShort;
    builder.start({});
    Ending ending(builder);
    REQUIRE(!builder.post("1"));
    ending.await(builder);
    CHECK(ending.text == "failed: timeout: the job took longer than its timeout of 0.002 s");
    CHECK(builder.runner().waiting() == 0);
  }
}

TEST_CASE("a routine that returns late fails then, and what it emitted never happened") {
  FlowBuilder builder;
  builder
      .add("step", {"input"}, {"output"},
           [](Activation& in) {
             in.emit(0, 1);
             compute_until(core::monotonic_us() + 2 * kShort);
           })
      .timeout_us = kShort;
  builder.add("after", {"input"}, {}, note("a"));
  builder.connect("step", "output", "after", "input");
  core::JobContext& job = builder.run("1");
  CHECK(Ending::describe(job) == "failed: timeout: routine \"step\" took longer than its timeout of 0.002 s");
  CHECK(job.emits == 0);
}

TEST_CASE("an endless cycle of quick activations ends at the job's timeout") {
  FlowBuilder builder;
  builder.add("step", {"input"}, {"output"}, pass());
  builder.connect("step", "output", "step", "input");
  builder.flow().limits.time_us = kShort;
  builder.flow().limits.hops = UINT32_MAX;
  builder.flow().limits.emits = UINT64_MAX;
  CHECK(Ending::describe(builder.run("1")) == "failed: timeout: the job took longer than its timeout of 0.002 s");
}

TEST_CASE("a job whose only routine took all its time is late, too") {
  FlowBuilder builder;
  builder.add("step", {"input"}, {}, [](Activation&) { compute_until(core::monotonic_us() + 20 * kShort); });
  builder.flow().limits.time_us = kShort;
  CHECK(Ending::describe(builder.run("1")) == "failed: timeout: the job took longer than its timeout of 0.002 s");
}
