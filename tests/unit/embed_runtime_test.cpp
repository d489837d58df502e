#include <cerrno>
#include <nlohmann/json.hpp>
#include <runnel/batch.hpp>
#include <runnel/routine.hpp>
#include <runnel/runtime.hpp>
#include <set>
#include <thread>
#include <vector>

#include "builtins.hpp"
#include "catch.hpp"

using namespace runnel;
using nlohmann::json;

namespace {

// A class of the embedder's own; what it throws is up to the job.
class Thrower {
 public:
  void activate(Activation& in) {
    if (in.slot("input").front().string_or("") == "number") throw 42;
    throw std::runtime_error("boom");
  }
  static constexpr auto spec() { return routine("thrower", "Throws").slot("input", "anything"); }
};

const runnel_type* const kThrowerTypes[] = {&TypeOf<Thrower>::type};
const runnel_plugin kThrower = {RUNNEL_PLUGIN_MAGIC,
                                sizeof(runnel_plugin),
                                RUNNEL_ABI_MAJOR,
                                RUNNEL_ABI_MINOR,
                                {"thrower", 7},
                                {"1", 1},
                                {"0.1.0", 5},
                                kThrowerTypes,
                                1,
                                0,
                                detail::keep_host,
                                nullptr};

const Classes& classes() {
  static const Classes all = [] {
    Classes made;
    for (const runnel_plugin* builtin : builtins()) REQUIRE(made.add(*builtin, "built in").empty());
    return made;
  }();
  return all;
}

Flow load(const std::string& text) {
  Flow flow = Flow::from_text("test.yaml", text, classes());
  INFO(flow.report());
  REQUIRE(flow);
  return flow;
}

const char* const kDouble = R"(
flow_id: double
routines:
  work:
    class: script
    slots: [input]
    config:
      lua: |
        if data.n == 13 then fail("bad.luck", "thirteen") end
        job.trace("seen", {n = data.n})
        job.set_data("doubled", data.n * 2)
)";

constexpr std::chrono::seconds kLong{60};

}  // namespace

TEST_CASE("post gives a JobContext that ends as the job did") {
  Runtime runtime(load(kDouble), {.workers = 2, .metadata = R"({"run":1})"});
  runtime.exec();
  const JobContext good = runtime.post("work", "input", R"({"n":21})", R"({"user":"alice"})", "my-id");
  const JobContext bad = runtime.post("", "", R"({"n":13})");
  REQUIRE(runtime.wait_until_all_jobs_finished(kLong));
  CHECK(good.status() == JobStatus::completed);
  CHECK(good.job_id() == "my-id");
  CHECK(good.flow_id() == "double");
  CHECK(good.data() == R"({"doubled":42})");
  CHECK(good.metadata() == R"({"user":"alice"})");
  CHECK(*good.created_at() <= *good.completed_at());
  CHECK_FALSE(good.error());
  CHECK(json::parse(good.trace_log())[0]["action"] == "seen");
  CHECK(json::parse(good.record())["status"] == "completed");
  CHECK(bad.status() == JobStatus::failed);
  CHECK(bad.error() == "thirteen");
  CHECK(bad.metadata() == R"({"run":1})");
  CHECK(json::parse(bad.record())["error_detail"]["code"] == "bad.luck");
}

TEST_CASE("a routine that throws costs its job alone, with its place in the flow file") {
  Classes own;
  REQUIRE(own.add(kThrower, "test").empty());
  const Flow flow = Flow::from_text("test.yaml", "flow_id: t\nroutines:\n  bad: {class: thrower}\n", own);
  REQUIRE(flow);
  Runtime runtime(flow, {.workers = 1});
  runtime.exec();
  const JobContext boom = runtime.post("", "", "1");
  const JobContext number = runtime.post("", "", R"("number")");
  REQUIRE(runtime.wait_until_all_jobs_finished(kLong));
  CHECK(boom.error() == "boom");
  CHECK(json::parse(boom.record())["error_detail"]["location"] == "test.yaml:3:3");
  CHECK(number.error() == "an exception that is no std::exception");
}

TEST_CASE("post checks first and creates afterwards") {
  Runtime runtime(load(kDouble));
  CHECK_THROWS_AS(runtime.post("work", "input", "{}"), PostError);  // not started
  runtime.exec();
  CHECK_THROWS_WITH(runtime.post("wrok", "input", "{}"), R"(no routine "wrok" in flow "double"; did you mean "work"?)");
  CHECK_THROWS_AS(runtime.post("work", "inptu", "{}"), PostError);
  CHECK_THROWS_AS(runtime.post("work", "input", "{"), PostError);
  CHECK_THROWS_AS(runtime.post("work", "input", "{}", "[]"), PostError);
  CHECK(runtime.wait_until_all_jobs_finished(kLong));  // none of them became a job
}

TEST_CASE("a job_id given twice: the second fails under an id of its own, the first is untouched") {
  Runtime runtime(load(kDouble));
  runtime.exec();
  const JobContext first = runtime.post("", "", R"({"n":1})", "", "same");
  const JobContext second = runtime.post("", "", R"({"n":2})", "", "same");
  first.wait();
  second.wait();
  CHECK(first.status() == JobStatus::completed);
  CHECK(second.status() == JobStatus::failed);
  CHECK(second.job_id() != "same");
  CHECK(json::parse(second.record())["error_detail"]["code"] == "input.job_id");
}

TEST_CASE("jobs posted from many threads at once are all finished, each with its own data") {
  Runtime runtime(load(kDouble), {.workers = 4});
  runtime.exec();
  constexpr int kThreads = 4, kJobs = 250;
  std::vector<std::vector<JobContext>> posted(kThreads);
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kJobs; ++i)
        posted[t].push_back(runtime.post("", "", "{\"n\":" + std::to_string(100 + t * kJobs + i) + "}"));
    });
  }
  for (std::thread& thread : threads) thread.join();
  REQUIRE(runtime.wait_until_all_jobs_finished(kLong));
  std::set<std::string> ids;
  for (int t = 0; t < kThreads; ++t) {
    for (int i = 0; i < kJobs; ++i) {
      CHECK(posted[t][i].data() == "{\"doubled\":" + std::to_string(2 * (100 + t * kJobs + i)) + "}");
      ids.insert(posted[t][i].job_id());
    }
  }
  CHECK(ids.size() == kThreads * kJobs);
}

TEST_CASE("a runtime that goes away first finishes what was posted") {
  std::vector<JobContext> jobs;
  {
    Runtime runtime(load(kDouble), {.workers = 2});
    runtime.exec();
    for (int i = 0; i < 100; ++i) jobs.push_back(runtime.post("", "", "{\"n\":1}"));
  }
  for (const JobContext& job : jobs) CHECK(job.status() == JobStatus::completed);
}

TEST_CASE("a flow that keeps state runs on one worker") {
  const Flow flow = load("flow_id: c\nroutines:\n  c: {class: counter}\n");
  CHECK(workers_for(flow, 8) == 1);
  CHECK(workers_for(load(kDouble), 8) == 8);
}

TEST_CASE("a mistaken flow says where") {
  const Flow flow = Flow::from_text("bad.yaml", "flow_id: x\nroutines:\n  a: {class: scirpt}\n", classes());
  CHECK_FALSE(flow);
  REQUIRE(flow.messages().size() == 1);
  CHECK(flow.messages()[0].line == 3);
  CHECK(flow.messages()[0].hint == "did you mean \"script\"?");
}

TEST_CASE("exit codes: a reader that went away before I/O before jobs that do not add up before failures") {
  const JobCounts fine{3, 3, 0, 0, 0}, failed{3, 2, 1, 0, 0}, cancelled{3, 2, 0, 1, 0}, lost{3, 2, 0, 0, 0};
  CHECK(exit_code_of(fine, 0, 0) == 0);
  CHECK(exit_code_of({}, 0, 0) == 0);
  CHECK(exit_code_of(failed, 0, 0) == 1);
  CHECK(exit_code_of(cancelled, 0, 0) == 1);
  CHECK(exit_code_of(lost, 0, 0) == 70);
  CHECK(exit_code_of(lost, ENOSPC, 0) == 74);
  CHECK(exit_code_of(lost, 0, EIO) == 74);
  CHECK(exit_code_of(lost, EPIPE, EIO) == 141);
  // A signal comes before all, a time limit only before jobs that did not complete.
  CHECK(exit_code_of(lost, EPIPE, EIO, 130) == 130);
  CHECK(exit_code_of(fine, 0, 0, 143) == 143);
  CHECK(exit_code_of(lost, EPIPE, EIO, kTimeoutExit) == 141);
  CHECK(exit_code_of(failed, ENOSPC, 0, kTimeoutExit) == 74);
  CHECK(exit_code_of(lost, 0, 0, kTimeoutExit) == 70);
  CHECK(exit_code_of(failed, 0, 0, kTimeoutExit) == kTimeoutExit);
  CHECK(exit_code_of(fine, 0, 0, kTimeoutExit) == kTimeoutExit);
}
