#include <rapidcheck.h>

#include <atomic>
#include <mutex>
#include <thread>
#include <vector>

#include "catch.hpp"
#include "flow_builder.hpp"

using namespace runnel;
using namespace runnel::test;

namespace {

// Handles a routine gave away, for the test to finish.
struct Handles {
  std::mutex mutex;
  std::vector<Later> all;
  void keep(Later later) {
    const std::lock_guard lock(mutex);
    all.push_back(later);
  }
};

// `wait` suspends each item and gives the handle away; `after` traces what comes of it.
struct Waiting {
  Handles handles;
  FlowBuilder builder;
  std::vector<std::string> records;

  explicit Waiting(core::JobOptions options = {}) {
    builder.add("wait", {"input"}, {"output"}, [this](Activation& in) { handles.keep(in.suspend()); });
    builder.add("after", {"input"}, {}, [](Activation& in) {
      in.job().trace("after", {{"item", in.slot(0).front()}});
    });
    builder.connect("wait", "output", "after", "input");
    builder.start(options);
    builder.runner().on_finished([this](core::JobContext& job) { records.push_back(traces(job)); });
  }
  static std::string traces(core::JobContext& job) {
    std::string text(core::text_of(job.status));
    for (size_t i = 0; i < job.trace_log.size(); ++i) text += " " + core::to_json(job.trace_log.at(i).details);
    return text;
  }
};

const auto kPassOn = [](Activation& rest) { rest.emit(0u, rest.slot(0).front()); };

}  // namespace

TEST_CASE("a suspended activation goes on with its items, and its job then ends") {
  Waiting flow;
  REQUIRE(flow.builder.post(R"({"user":"Ann","n":1.50})") == nullptr);
  CHECK(flow.builder.runner().waiting() == 1);
  flow.builder.forget_input();
  CHECK(flow.handles.all[0].finish(kPassOn));
  flow.builder.runner().loop().run_ready();
  CHECK(flow.records == std::vector<std::string>{R"(completed {"item":{"user":"Ann","n":1.50}})"});
  CHECK(flow.builder.runner().waiting() == 0);
  CHECK(flow.builder.runner().counts().conserved());
}

TEST_CASE("other jobs run while one waits, and each keeps its own data") {
  CHECK(rc::check([] {
    Waiting flow;
    const auto count = *rc::gen::inRange<size_t>(1, 40);
    for (size_t i = 0; i < count; ++i) RC_ASSERT(!flow.builder.post("{\"n\":" + std::to_string(i) + "}"));
    flow.builder.forget_input();
    std::vector<size_t> order(count);
    for (size_t i = 0; i < count; ++i) order[i] = i;
    std::vector<std::string> expected;
    for (size_t left = count; left > 0; --left) {
      const size_t pick = *rc::gen::inRange<size_t>(0, left);
      const size_t job = order[pick];
      order.erase(order.begin() + static_cast<std::ptrdiff_t>(pick));
      RC_ASSERT(flow.handles.all[job].finish(kPassOn));
      expected.push_back("completed {\"item\":{\"n\":" + std::to_string(job) + "}}");
    }
    flow.builder.runner().loop().run_ready();
    RC_ASSERT(flow.records == expected);
  }));
}

TEST_CASE("what an activation did before it was suspended takes effect with the rest, or not at all") {
  for (const bool fails : {false, true}) {
    std::vector<Later> handles;
    FlowBuilder builder;
    builder.add("wait", {"input"}, {"output"}, [&](Activation& in) {
      in.job().trace("state", {{"seen", in.state().get("seen")}});
      in.emit(0u, Value(1));
      in.state().set("seen", Value(7));
      handles.push_back(in.suspend());
    });
    builder.add("after", {"input"}, {}, [](Activation& in) {
      in.job().trace("after", {{"item", in.slot(0).front()}});
    });
    builder.connect("wait", "output", "after", "input");
    builder.start({});
    std::string seen;
    builder.runner().on_finished([&](core::JobContext& job) { seen = Waiting::traces(job); });
    REQUIRE(!builder.post("null"));
    if (fails) {
      CHECK(handles[0].fail("late.failure", "did not work"));
    } else {
      CHECK(handles[0].finish([](Activation& rest) {
        CHECK(rest.state().get("seen").int_or(0) == 7);
        rest.emit(0u, Value(2));
      }));
    }
    builder.runner().loop().run_ready();
    CHECK(seen == (fails ? R"(failed {"seen":null} {"code":"late.failure","message":"did not work","attempt":1})"
                         : R"(completed {"seen":null} {"item":1} {"item":2})"));
    REQUIRE(!builder.post("null"));
    handles[1].finish([](Activation&) {});
    builder.runner().loop().run_ready();
    CHECK(seen == (fails ? R"(completed {"seen":null} {"item":1})" : R"(completed {"seen":7} {"item":1})"));
  }
}

TEST_CASE("a handle finished twice, or after its job ended, is harmless and counted") {
  Waiting flow;
  REQUIRE(!flow.builder.post("1"));
  flow.handles.all[0].finish(kPassOn);
  flow.handles.all[0].finish(kPassOn);
  flow.builder.runner().loop().run_ready();
  CHECK(flow.records.size() == 1);
  CHECK(flow.builder.runner().late_finishes() == 1);
  flow.handles.all[0].finish(kPassOn);
  flow.builder.runner().loop().run_ready();
  CHECK(flow.builder.runner().late_finishes() == 2);
  CHECK(flow.records.size() == 1);
}

TEST_CASE("a handle outlives its worker") {
  std::vector<Later> handles;
  {
    Waiting flow;
    REQUIRE(!flow.builder.post("1"));
    handles = flow.handles.all;
  }
  auto held = std::make_shared<int>(1);
  CHECK(!handles[0].finish([held](Activation&) {}));
  CHECK(held.use_count() == 1);
}

TEST_CASE("a job that ends cancels what it had suspended and frees what was left with it") {
  FlowBuilder builder;
  auto held = std::make_shared<int>(1);
  std::vector<Later> handles;
  int cancelled = 0;
  builder.add("start", {"input"}, {"output"}, [](Activation& in) {
    in.emit(0u, Value(1));
    in.emit(0u, Value(2));
  });
  builder.add("wait", {"input"}, {}, [&](Activation& in) {
    in.on_cancel([&, held] { ++cancelled; });
    in.finish_after(3'600'000'000, [held](Activation&) {});
    handles.push_back(in.suspend());
  });
  builder.connect("start", "output", "wait", "input");
  builder.flow().limits.time_us = 7'200'000'000;
  builder.start({});
  std::string end;
  builder.runner().on_finished([&](core::JobContext& job) { end = core::text_of(job.status); });
  REQUIRE(!builder.post("null"));
  CHECK(held.use_count() == 5);
  handles[1].finish([](Activation& rest) { rest.job().complete("cancelled"); });
  builder.runner().loop().run_ready();
  CHECK(end == "cancelled");
  CHECK(cancelled == 1);
  CHECK(held.use_count() == 1);
  CHECK(builder.runner().waiting() == 0);
}

TEST_CASE("an activation that fails after it asked to be suspended is over at once") {
  FlowBuilder builder;
  int cancelled = 0;
  builder.add("wait", {"input"}, {}, [&](Activation& in) {
    in.on_cancel([&] { ++cancelled; });
    in.suspend();
    runnel::fail("no", "changed my mind");
  });
  builder.start({});
  core::JobContext* job = builder.post("null");
  REQUIRE(job);
  CHECK(job->error_detail->code == "no");
  CHECK(cancelled == 1);
}

TEST_CASE("the rest of an activation may suspend again") {
  FlowBuilder builder;
  int rounds = 0;
  std::function<void(Activation&)> again = [&](Activation& in) {
    if (++rounds < 4) in.finish_after(0, again);
  };
  builder.add("wait", {"input"}, {}, again);
  builder.start({});
  std::string end;
  builder.runner().on_finished([&](core::JobContext& job) { end = core::text_of(job.status); });
  REQUIRE(!builder.post("null"));
  while (end.empty()) builder.runner().loop().run_some();
  CHECK(rounds == 4);
  CHECK(end == "completed");
}

TEST_CASE("with virtual time delays take no time and resume in the order they were started") {
  FlowBuilder builder;
  builder.add("start", {"input"}, {"output"}, [](Activation& in) {
    for (int i = 3; i > 0; --i) in.emit(0u, Value(i));
  });
  builder.add("wait", {"input"}, {"output"},
              [](Activation& in) { in.finish_after(1'000'000 * in.slot(0).front().int_or(0), kPassOn); });
  builder.add("after", {"input"}, {}, [](Activation& in) { in.job().trace("after", {{"item", in.slot(0).front()}}); });
  builder.connect("start", "output", "wait", "input");
  builder.connect("wait", "output", "after", "input");
  core::JobOptions options;
  options.deterministic = true;
  builder.start(options);
  core::JobContext* job = builder.post("null");
  REQUIRE(job);
  CHECK(Waiting::traces(*job) == R"(completed {"item":3} {"item":2} {"item":1})");
  CHECK(job->completed_at - job->created_at >= 3'000'000);
  CHECK(job->completed_at - job->created_at < 3'001'000);
}

TEST_CASE("a flush waits for what is suspended") {
  Handles handles;
  FlowBuilder builder;
  builder.add("start", {"input"}, {"a", "b"}, [](Activation& in) {
    in.emit(0u, Value(1));
    in.emit(1u, Value(2));
  });
  builder.add("wait", {"input"}, {"output"}, [&](Activation& in) { handles.keep(in.suspend()); });
  core::Routine& join = builder.add("join", {"left", "right"}, {}, [](Activation& in) {
    in.job().trace("join", {{"left", in.slot(0).front()}, {"right", in.slot(1).front()}});
  });
  join.policy.kind = core::PolicyKind::all_slots_ready;
  builder.connect("start", "a", "wait", "input");
  builder.connect("wait", "output", "join", "left");
  builder.connect("start", "b", "join", "right");
  builder.start({});
  std::string end;
  builder.runner().on_finished([&](core::JobContext& job) { end = Waiting::traces(job); });
  REQUIRE(!builder.post("null"));
  handles.all[0].finish(kPassOn);
  builder.runner().loop().run_ready();
  CHECK(end == R"(completed {"left":1,"right":2})");
}

TEST_CASE("a condition cannot suspend, and a waiting job over its memory limit fails") {
  FlowBuilder builder;
  builder.flow().limits.memory = 64 * 1024;
  builder.add("wait", {"input"}, {}, [](Activation& in) { in.suspend(); });
  builder.start({});
  core::JobContext* job = builder.post("\"" + std::string(1'000'000, 'x') + "\"");
  REQUIRE(job);
  CHECK(job->error_detail->code == "limit.memory");
}

TEST_CASE("many threads finish what many jobs have suspended") {
  Waiting flow;
  constexpr size_t kJobs = 3000;
  for (size_t i = 0; i < kJobs; ++i) REQUIRE(!flow.builder.post(std::to_string(i)));
  flow.builder.forget_input();
  std::vector<std::thread> threads;
  for (size_t t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (size_t i = 0; i < kJobs; ++i) {
        if (i % 2 == t % 2) flow.handles.all[i].finish(kPassOn);  // each twice
      }
    });
  }
  while (flow.builder.runner().waiting()) flow.builder.runner().loop().run_some();
  for (std::thread& thread : threads) thread.join();
  flow.builder.runner().loop().run_ready();
  CHECK(flow.records.size() == kJobs);
  CHECK(flow.builder.runner().late_finishes() == kJobs);
  CHECK(flow.builder.runner().counts().completed == kJobs);
}

TEST_CASE("a cancel function that throws does no harm") {
  FlowBuilder builder;
  int destroyed = 0;
  builder.add("wait", {"input"}, {}, [&](Activation& in) {
    detail::host->on_cancel(
        in.raw(), [](void*) { throw 42; }, [](void* data) { ++*static_cast<int*>(data); }, &destroyed);
    if (in.slot(0).front().bool_or(false)) runnel::fail("no", "not today");
  });
  builder.start({});
  std::string end;
  builder.runner().on_finished([&](core::JobContext& job) { end = core::text_of(job.status); });
  REQUIRE(!builder.post("false"));
  builder.runner().cancel_waiting();
  CHECK(end == "cancelled");
  REQUIRE(builder.post("true"));
  CHECK(destroyed == 2);
}

TEST_CASE("a job that suspends again and again does not keep the others from running") {
  FlowBuilder builder;
  std::function<void(Activation&)> again = [&](Activation& in) { in.finish_after(0, again); };
  builder.add("wait", {"input"}, {}, again);
  builder.start({});
  REQUIRE(!builder.post("null"));
  for (int i = 0; i < 3; ++i) builder.runner().loop().run_ready();
  CHECK(builder.runner().waiting() == 1);
}

TEST_CASE("a waiting job holds what it needs, however often it was suspended") {
  FlowBuilder builder;
  std::function<void(Activation&)> again = [&](Activation& in) {
    in.string(std::string(200'000, 'x'));
    in.finish_after(0, again);
  };
  builder.add("wait", {"input"}, {}, again);
  builder.start({});
  REQUIRE(!builder.post("null"));
  const core::JobContext* job = builder.runner().latest_waiting();
  for (int i = 0; i < 10; ++i) {
    CHECK(job->arena.used() < 100'000);
    builder.runner().loop().run_ready();
  }
}
