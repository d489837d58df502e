// Suspended activations finished by other threads, in an order that chance chooses.
#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <random>
#include <sstream>
#include <thread>

#include "catch.hpp"
#include "embed/setup.hpp"
#include "model_support.hpp"
#include "sink/record_writer.hpp"

using namespace runnel;
using namespace runnel::test;

namespace {

// One worker whose jobs are started, and whose suspended activations are finished, in the order of a seed.
class SeededWorker {
 public:
  SeededWorker(const RandomFlow& flow, uint64_t seed) : flow_(flow), random_(seed), loaded_(load(flow)) {
    core::JobOptions options;
    REQUIRE(core::job_options(*loaded_.graph(), {}, memory_, options).empty());
    runner_ = core::make_runner(*loaded_.graph(), 0, options);
    runner_->on_finished([this](core::JobContext& job) { keep_record(job); });
    keep_waiting_by([this](Waiting one) { waiting_.push_back(std::move(one)); });
    for (size_t i = 0; i < flow.jobs.size(); ++i) {
      texts_.push_back(data_of(flow, i));
      ids_.push_back(std::to_string(i));
    }
    picks_.resize(flow.jobs.size());
    records_.resize(flow.jobs.size());
  }
  ~SeededWorker() { keep_waiting_by(nullptr); }

  std::string run() {
    for (size_t next = 0; next < flow_.jobs.size() || runner_->waiting();) {
      if (next < flow_.jobs.size() && (!runner_->waiting() || random_() % 2)) {
        post(next++);
      } else {
        finish_some();
      }
    }
    for (size_t i = 0; i < flow_.jobs.size(); ++i) {
      const auto pick = [&, used = size_t{0}](size_t) mutable {
        return used < picks_[i].size() ? picks_[i][used++] : 0;
      };
      std::string wrong = difference(flow_, i, expected(flow_, i, pick), records_[i]);
      if (!wrong.empty()) return wrong;
    }
    return runner_->counts().conserved() ? "" : "the counts do not add up";
  }

 private:
  void post(size_t job) {
    core::JobRequest request;
    request.text = texts_[job];
    request.job_id = ids_[job];
    request.number = job + 1;
    request.slot = {static_cast<uint32_t>(flow_.jobs[job].routine), static_cast<uint32_t>(flow_.jobs[job].slot)};
    if (core::JobContext* done = runner_->run(request)) keep_record(*done);
  }
  // Up to three at once, by another thread. Some may be of jobs that are over, or that one of the others ends.
  void finish_some() {
    std::vector<Waiting> chosen;
    for (size_t left = 1 + random_() % 3; left > 0 && !waiting_.empty(); --left) {
      const auto at = waiting_.begin() + static_cast<std::ptrdiff_t>(random_() % waiting_.size());
      const auto is_same = [&](const Waiting& other) { return other.job == at->job; };
      picks_[static_cast<size_t>(at->job)].push_back(static_cast<size_t>(std::count_if(waiting_.begin(), at, is_same)));
      chosen.push_back(std::move(*at));
      waiting_.erase(at);
    }
    std::thread([&] {
      for (Waiting& one : chosen) one.handle.finish(std::move(one.rest));
    }).join();
    runner_->loop().run_ready();
  }
  void keep_record(core::JobContext& job) {
    core::OutBuffer out;
    writer_.write(out, job);
    Json& record = records_[std::stoul(core::to_std_string(job.job_id))];
    REQUIRE(record.is_null());  // one final status
    record = shown_part(std::string(out.view()));
  }

  const RandomFlow& flow_;
  std::mt19937_64 random_;
  const Flow loaded_;
  core::Arena memory_;
  core::RecordWriter writer_{core::RecordOptions{}};
  std::vector<std::string> texts_, ids_;
  std::vector<Waiting> waiting_;  // in the order they started
  std::vector<std::vector<size_t>> picks_;
  std::vector<Json> records_;
  std::unique_ptr<core::JobRunner> runner_;
};

// What several threads have to finish, in an order of chance.
class Finishers {
 public:
  Finishers(size_t threads, uint64_t seed) {
    for (size_t i = 0; i < threads; ++i) threads_.emplace_back([this, seed, i] { run(seed * 64 + i); });
  }
  ~Finishers() {
    {
      const std::lock_guard lock(mutex_);
      over_ = true;
    }
    changed_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }
  void keep(Waiting one) {
    {
      const std::lock_guard lock(mutex_);
      waiting_.push_back(std::move(one));
    }
    changed_.notify_one();
  }

 private:
  void run(uint64_t seed) {
    std::mt19937_64 random(seed);
    std::unique_lock lock(mutex_);
    for (;;) {
      changed_.wait(lock, [&] { return over_ || !waiting_.empty(); });
      if (waiting_.empty()) return;
      std::swap(waiting_[random() % waiting_.size()], waiting_.back());
      Waiting one = std::move(waiting_.back());
      waiting_.pop_back();
      lock.unlock();
      one.handle.finish(std::move(one.rest));
      lock.lock();
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Waiting> waiting_;
  bool over_ = false;
  std::vector<std::thread> threads_;
};

// What does not depend on the order: the entries of lists, and lines of output, as sets that count.
Json without_order(Json record) {
  for (const char* list : {"trace_log", "errors"}) std::sort(record[list].begin(), record[list].end());
  std::string output = record["output"], line;
  std::vector<std::string> lines;
  for (std::istringstream in(output); std::getline(in, line);) lines.push_back(line);
  std::sort(lines.begin(), lines.end());
  record["output"] = lines;
  return record;
}

}  // namespace

TEST_CASE("random flows do what the contract says when other threads finish what is suspended") {
  check_random_flows(2000, {.retries = false},
                     [](const RandomFlow& flow, uint64_t seed) { return SeededWorker(flow, seed).run(); });
}

TEST_CASE("what may not depend on the order does not, on three workers with two finishing threads") {
  check_random_flows(1500, {.order_free = true}, [](const RandomFlow& flow, uint64_t seed) -> std::string {
    const Flow loaded = load(flow);
    const ModelFlow model = model_of(flow);
    std::vector<JobContext> jobs;
    {
      Finishers finishers(2, seed);
      keep_waiting_by([&](Waiting one) { finishers.keep(std::move(one)); });
      Runtime runtime(loaded, {.workers = 3});
      runtime.exec();
      for (size_t i = 0; i < flow.jobs.size(); ++i) {
        const ModelRoutine& routine = model.routines[flow.jobs[i].routine];
        jobs.push_back(
            runtime.post(routine.id, routine.slots[flow.jobs[i].slot], data_of(flow, i), "", std::to_string(i)));
      }
      for (const JobContext& job : jobs) job.wait();
    }
    keep_waiting_by(nullptr);
    for (size_t i = 0; i < jobs.size(); ++i) {
      const std::string wrong =
          difference(flow, i, without_order(expected(flow, i)), without_order(shown_part(jobs[i].record())));
      if (!wrong.empty()) return wrong;
    }
    return "";
  });
}
