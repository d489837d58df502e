#include <rapidcheck.h>

#include <map>
#include <vector>

#include "catch.hpp"
#include "flow_builder.hpp"
#include "policy/retry.hpp"

using namespace runnel;
using namespace runnel::test;

namespace {

core::JobOptions deterministic(core::TraceLevel level = core::TraceLevel::user) {
  core::JobOptions options;
  options.deterministic = true;
  options.strand.trace_level = level;
  return options;
}

// "action{details} ..."
std::string details_of(core::JobContext& job) {
  std::string text;
  for (size_t i = 0; i < job.trace_log.size(); ++i) {
    const core::TraceEntry& entry = job.trace_log.at(i);
    text += (text.empty() ? "" : " ") + core::to_std_string(entry.action) + core::to_json(entry.details);
  }
  return text;
}

// `step` fails its first attempts at each item, as often as the item says; `after` notes what comes through.
struct Retrying {
  FlowBuilder builder;
  std::map<int64_t, int> attempts;

  explicit Retrying(core::RetrySpec retry = {}, core::Strategy then = core::Strategy::stop) {
    auto& step = builder.add("step", {"input"}, {"output"}, [this](Activation& in) {
      const int64_t failures = in.slot(0).front().int_or(0);
      in.emit(0u, in.slot(0).front());
      in.job().trace("tried", {{"n", Value(attempts[failures])}});
      in.state().set("tries", Value(in.state().get("tries").int_or(0) + 1));
      if (attempts[failures]++ < failures) in.fail("busy", "failure " + std::to_string(attempts[failures]));
    });
    step.error_handler.retry = std::move(retry);
    step.error_handler.strategy = then;
    builder.add("after", {"input"}, {}, note("a"));
    builder.connect("step", "output", "after", "input");
  }
};

}  // namespace

TEST_CASE("an activation is tried again with the same items, and what a failed attempt emitted never happened") {
  Retrying flow;
  core::JobContext& job = flow.builder.run("2", deterministic());
  CHECK(job.status == core::Status::completed);
  CHECK(seen(job) == "a2 ");
  CHECK(job.emits == 1);
  CHECK(job.errors.empty());
  CHECK(details_of(job) == R"(tried{"n":0} error{"code":"busy","message":"failure 1","attempt":1} tried{"n":1} )"
                           R"(error{"code":"busy","message":"failure 2","attempt":2} tried{"n":2})");
}

TEST_CASE("a retry is traced with its delay, and under --deterministic time goes on without waiting") {
  core::RetrySpec retry;
  retry.delay_us = 10e6;
  retry.backoff = 3;
  Retrying flow(retry);
  core::JobContext& job = flow.builder.run("2", deterministic(core::TraceLevel::flow));
  CHECK(job.status == core::Status::completed);
  CHECK(details_of(job).find(R"(retry{"attempt":2,"delay":10.0})") != std::string::npos);
  CHECK(details_of(job).find(R"(retry{"attempt":3,"delay":30.0})") != std::string::npos);
  CHECK((job.completed_at - job.created_at) / 1'000'000 == 40);
}

TEST_CASE("a spent budget leaves the last error, its attempt and what failed before it") {
  Retrying flow;
  core::JobContext& job = flow.builder.run("9", deterministic());
  CHECK(job.status == core::Status::failed);
  REQUIRE(job.error_detail);
  CHECK(job.error_detail->message == "failure 4");
  CHECK(job.error_detail->attempt == 4);
  CHECK(job.error_detail->cause ==
        "attempt 3: failure 3 [busy]; attempt 2: failure 2 [busy]; attempt 1: failure 1 [busy]");
  CHECK(flow.attempts[9] == 4);
}

TEST_CASE("failures that only repeat are no causes") {
  FlowBuilder builder;
  int attempts = 0;
  auto& step = builder.add("step", {"input"}, {},
                           [&](Activation& in) { in.fail("busy", ++attempts < 3 ? "the same" : "another"); });
  step.error_handler.retry.emplace();
  CHECK(builder.run("1", deterministic()).error_detail->cause == "attempt 2: the same [busy]");
  attempts = 10;
  CHECK(builder.again("1").error_detail->cause.empty());
}

TEST_CASE("the budget belongs to one activation") {
  Retrying flow;
  flow.builder.add("numbers", {"input"}, {"output"}, [](Activation& in) {
    for (const int n : {1, 3, 2}) in.emit(0, n);
  });
  flow.builder.connect("numbers", "output", "step", "input");
  flow.builder.flow().entry = core::SlotRef{2, 0};
  core::JobContext& job = flow.builder.run("0", deterministic());
  CHECK(job.status == core::Status::completed);
  CHECK(seen(job) == "a1 a2 a3 ");  // in the order the attempts began
}

TEST_CASE("codes decide what is retried, limits never are") {
  core::RetrySpec retry;
  const auto may = [&](const char* code) { return core::may_retry(retry, {code, "", "", 1, "", ""}, 1); };
  CHECK(may("busy"));
  CHECK(!may("limit.memory"));
  retry.no_retry_on = {"busy"};
  CHECK(!may("busy"));
  CHECK(may("other"));
  retry.retry_on = {"other", "limit.memory"};
  CHECK(may("other"));
  CHECK(!may("third"));
  CHECK(!may("limit.memory"));
  CHECK(!core::may_retry(retry, {"other", "", "", 1, "", ""}, 4));
}

TEST_CASE("delays grow up to max_delay and never overflow; jitter only shortens them") {
  CHECK(rc::check([] {
    core::RetrySpec retry;
    retry.delay_us = *rc::gen::inRange<int>(0, 10'000'000);
    retry.backoff = 1 + *rc::gen::inRange<int>(0, 50) / 10.0;
    if (*rc::gen::arbitrary<bool>()) retry.max_delay_us = *rc::gen::inRange<int>(0, 100'000'000);
    const auto attempt = *rc::gen::inRange<uint32_t>(1, 5000);
    const double chance = *rc::gen::inRange<int>(0, 1000) / 1000.0;
    const int64_t whole = core::delay_after(retry, attempt, 0);
    RC_ASSERT(whole >= 0);
    RC_ASSERT(whole <= core::delay_after(retry, attempt + 1, 0));
    RC_ASSERT(static_cast<double>(whole) <= retry.max_delay_us.value_or(1e15));
    retry.jitter = core::Jitter::full;
    RC_ASSERT(core::delay_after(retry, attempt, chance) <= whole);
    retry.jitter = core::Jitter::equal;
    RC_ASSERT(core::delay_after(retry, attempt, chance) <= whole);
    RC_ASSERT(core::delay_after(retry, attempt, chance) >= whole / 2);
  }));
}

TEST_CASE("jitter is the same for the same job, and not the same for all") {
  core::RetrySpec retry;
  retry.jitter = core::Jitter::full;
  const auto run = [&](int jobs) {
    Retrying flow(retry);
    flow.builder.start(deterministic());
    for (int i = 1; i < jobs; ++i) flow.builder.post("0");
    core::JobContext& job = flow.builder.again("9");
    return job.completed_at - job.created_at;
  };
  CHECK(run(1) == run(1));
  CHECK(run(1) != run(2));
}

TEST_CASE("when retries are spent the error event decides before `then`") {
  Retrying flow({}, core::Strategy::skip);
  CHECK(flow.builder.run("9", deterministic()).status == core::Status::completed);
  CHECK(flow.builder.again("9").errors.size() == 1);

  Retrying letters;
  letters.builder.add("letters", {"input"}, {},
                      [](Activation& in) { in.job().set_data("letter", in.slot(0).front()); });
  letters.builder.connect("step", "error", "letters", "input");
  core::JobContext& job = letters.builder.run("9", deterministic());
  CHECK(job.status == core::Status::completed);
  CHECK(core::to_json(core::get(job.data.get("letter"), "input")) == R"({"input":[9]})");
  CHECK(core::to_json(core::get(core::get(job.data.get("letter"), "error"), "attempt")) == "4");
}

TEST_CASE("what fails after it was suspended is tried again, and a late finish of an attempt is counted") {
  FlowBuilder builder;
  std::vector<Later> handles;
  auto& step = builder.add("step", {"input"}, {"output"}, [&](Activation& in) {
    in.emit(0u, Value(static_cast<int64_t>(handles.size())));
    handles.push_back(in.suspend());
  });
  core::RetrySpec retry;
  retry.delay_us = 0;
  step.error_handler.retry = retry;
  builder.add("after", {"input"}, {}, note("a"));
  builder.connect("step", "output", "after", "input");
  builder.start({});
  std::string result;
  builder.runner().on_finished([&](core::JobContext& job) { result = seen(job) + trace_of(job); });
  REQUIRE(!builder.post("1"));
  CHECK(handles[0].fail("busy", "not now"));
  while (handles.size() < 2) builder.runner().loop().run_some();
  handles[0].finish([](Activation&) {});
  handles[1].finish([](Activation&) {});
  while (result.empty()) builder.runner().loop().run_some();
  CHECK(result == "a1 step:error");
  CHECK(builder.runner().late_finishes() == 1);
}

TEST_CASE("others go on while one waits to be tried again; a job that ends disarms it") {
  FlowBuilder builder;
  int attempts = 0;
  builder.add("both", {"input"}, {"output"}, [](Activation& in) {
    in.emit(0, 1);
    in.emit(0, 2);
  });
  auto& step = builder.add("step", {"input"}, {}, [&](Activation& in) {
    if (in.slot(0).front().int_or(0) == 2) return in.job().complete();
    ++attempts;
    in.fail("busy", "not now");
  });
  step.error_handler.retry.emplace();
  builder.connect("both", "output", "step", "input");
  core::JobContext& job = builder.run("0");
  CHECK(job.status == core::Status::completed);
  CHECK(attempts == 1);
  CHECK(builder.runner().waiting() == 0);
}

TEST_CASE("100,000 jobs wait to be tried again, and all come to their end") {
  FlowBuilder builder;
  bool is_open = false;
  auto& step = builder.add("step", {"input"}, {}, [&](Activation& in) {
    if (!is_open) in.fail("busy", "not now");
  });
  core::RetrySpec retry;
  retry.delay_us = 1000;
  retry.max_retries = 1'000'000;
  retry.backoff = 1;
  step.error_handler.retry = retry;
  builder.start({});
  size_t completed = 0;
  builder.runner().on_finished([&](core::JobContext& job) { completed += job.status == core::Status::completed; });
  constexpr size_t kJobs = 100'000;
  for (size_t i = 0; i < kJobs; ++i) REQUIRE(!builder.post("{\"n\":1}"));
  CHECK(builder.runner().waiting() == kJobs);
  is_open = true;
  while (builder.runner().waiting()) builder.runner().loop().run_some();
  CHECK(completed == kJobs);
  CHECK(builder.runner().counts().conserved());
}

TEST_CASE("a condition that fails is not retried: it is no activation") {
  FlowBuilder builder;
  int judged = 0;
  auto& step = builder.add("step", {"input"}, {"output"}, pass());
  step.error_handler.retry.emplace();
  builder.add("after", {"input"}, {}, note("a"));
  builder.connect("step", "output", "after", "input", [&](runnel_context&) -> bool {
    ++judged;
    throw std::runtime_error("no such thing");
  });
  core::JobContext& job = builder.run("1", deterministic());
  CHECK(job.status == core::Status::failed);
  CHECK(job.error_detail->attempt == 1);
  CHECK(judged == 1);
}

TEST_CASE("a critical routine marks the job it fails, and no other") {
  Retrying flow;
  flow.builder.flow().routines[0].error_handler.is_critical = true;
  CHECK(flow.builder.run("9", deterministic()).is_critical);
  flow.builder.flow().routines[0].error_handler.strategy = core::Strategy::proceed;
  CHECK(!flow.builder.again("9").is_critical);
}
