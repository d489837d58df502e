// Many jobs at once on four workers, what they suspend finished twice by several threads, and routines that fail: meant
// for ThreadSanitizer. Every job must end exactly once, and nothing may be lost.
#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "catch.hpp"
#include "embed/setup.hpp"
#include "model_support.hpp"

using namespace runnel;
using namespace runnel::test;

namespace {

const char* const kFlow = R"(
flow_id: stress
entry: start.input
execution: {trace_level: off}
routines:
  start:
    class: script
    slots: [input]
    events: [output]
    config: {lua: 'for i = 0, 3 do emit("output", {n = data.n + i}) end'}
  wait: {class: later, config: {fails_at: 1}, error_handler: {strategy: continue}}
  after:
    class: script
    slots: [item]
    events: [again]
    error_handler: {strategy: skip}
    config:
      lua: |
        local n = data.n
        if n % 11 == 3 then fail("no.3", "three") end
        if n % 17 == 5 then job.complete("cancelled") end
        if n % 19 == 6 then job.complete("failed", "six") end
        if n % 4 == 1 then emit("again", {n = n + 2}) end
  wait_again: {class: later, config: {fails_at: 0}}
  letters: {class: later, config: {fails_at: 2}, activation: {batch_size: 3}}
connections:
  - start.output -> wait.input
  - wait.output -> after.item
  - after.again -> wait_again.input
  - wait.error -> letters.input
)";

// Handles that several threads finish, each twice.
class Pool {
 public:
  explicit Pool(size_t threads) {
    for (size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { run(); });
  }
  void keep(const Waiting& one) {
    {
      const std::lock_guard lock(mutex_);
      waiting_.insert(waiting_.end(), {one, one});
    }
    changed_.notify_all();
  }
  void stop() {
    {
      const std::lock_guard lock(mutex_);
      over_ = true;
    }
    changed_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }

 private:
  void run() {
    std::unique_lock lock(mutex_);
    for (;;) {
      changed_.wait(lock, [&] { return over_ || !waiting_.empty(); });
      if (waiting_.empty()) return;
      const Waiting one = std::move(waiting_.front());
      waiting_.pop_front();
      lock.unlock();
      one.handle.finish(one.rest);
      lock.lock();
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Waiting> waiting_;
  bool over_ = false;
  std::vector<std::thread> threads_;
};

struct Worker {
  std::unique_ptr<core::JobRunner> runner;
  size_t left = 0;  // jobs not yet final
  std::thread thread;
};

}  // namespace

TEST_CASE("every job of a storm ends exactly once") {
  constexpr size_t kWorkers = 4, kJobs = 1000, kAll = kWorkers * kJobs;
  const Flow flow = load_text("stress.yaml", kFlow);
  core::JobOptions options;
  core::Arena memory;
  REQUIRE(core::job_options(*flow.graph(), {}, memory, options).empty());
  std::vector<std::string> texts, ids;
  for (size_t i = 0; i < kAll; ++i) {
    texts.push_back("{\"n\":" + std::to_string(i) + "}");
    ids.push_back(std::to_string(i));
  }
  std::vector<std::atomic<int>> ends(kAll);
  Pool pool(3);
  keep_waiting_by([&](const Waiting& one) { pool.keep(one); });
  std::vector<Worker> workers(kWorkers);
  for (size_t w = 0; w < kWorkers; ++w) {
    Worker& worker = workers[w];
    worker.left = kJobs;
    worker.runner = core::make_runner(*flow.graph(), static_cast<uint32_t>(w), options);
    REQUIRE(worker.runner->problem().empty());
    const auto count = [&ends, &worker](core::JobContext& job) {
      if (is_final(job.status)) ++ends[std::stoul(core::to_std_string(job.job_id))];
      if (--worker.left == 0) worker.runner->loop().finish();
    };
    worker.runner->on_finished(count);
    for (size_t i = w; i < kAll; i += kWorkers) {
      worker.runner->loop().post([&, i, count] {
        core::JobRequest request;
        request.text = texts[i];
        request.job_id = ids[i];
        request.number = i + 1;
        request.slot = *flow.graph()->entry;
        if (core::JobContext* done = worker.runner->run(request)) count(*done);
      });
    }
    worker.thread = std::thread([&worker] { worker.runner->loop().run(); });
  }
  for (Worker& worker : workers) worker.thread.join();
  pool.stop();
  keep_waiting_by(nullptr);

  JobCounts all;
  for (Worker& worker : workers) {
    const JobCounts& counts = worker.runner->counts();
    CHECK(counts.conserved());
    CHECK(counts.posted == counts.completed + counts.failed + counts.cancelled);
    CHECK(worker.runner->waiting() == 0);
    all.posted += counts.posted;
    all.completed += counts.completed;
    all.failed += counts.failed;
    all.cancelled += counts.cancelled;
  }
  CHECK(all.posted == kAll);
  CHECK(all.completed > 0);  // the storm has every kind of end in it
  CHECK(all.failed > 0);
  CHECK(all.cancelled > 0);
  size_t once = 0;
  for (const auto& end : ends) once += end == 1;
  CHECK(once == kAll);
}
