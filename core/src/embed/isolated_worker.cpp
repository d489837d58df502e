#include "embed/isolated_worker.hpp"

#include <atomic>
#include <cstring>
#include <stdexcept>
#include <thread>

#include "base/clock.hpp"
#include "source/described_decoder.hpp"

namespace runnel::core {
namespace {

constexpr size_t kPiece = size_t{256} * 1024;
constexpr size_t kPadding = 64;  // behind what is parsed

// Lets the loop look at the channel's flags while nobody reads from it.
class BellWatch {
 public:
  BellWatch(WorkerEnd& end, EventLoop& loop)
      : end_(end), thread_([this, &loop] {
          while (!over_) {
            end_.wait_for_bell();
            loop.post([] {});
          }
        }) {}
  ~BellWatch() {
    over_ = true;
    end_.ring_own_bell();
    thread_.join();
  }
  BellWatch(const BellWatch&) = delete;
  BellWatch& operator=(const BellWatch&) = delete;

 private:
  WorkerEnd& end_;
  std::atomic<bool> over_{false};
  std::thread thread_;
};

}  // namespace

IsolatedWorker::IsolatedWorker(WorkerEnd& end, std::unique_ptr<JobRunner> runner, const IsolatedPlan& plan)
    : end_(end), runner_(std::move(runner)), plan_(plan), printer_(plan), waiter_(runner_->loop(), [this](uint32_t) {
        return take_now();
      }) {}

void IsolatedWorker::work() {
  pulse_.mirror(end_.page().beat);
  runner_->watch(pulse_);
  runner_->on_finished([this](JobContext& job) {
    finish(job);
    end_.tell();
  });
  runner_->flush_when([this] { return flushes_ || end_.page().is_full.is_set(); });
  while (take()) {
    const int64_t start = monotonic_us();
    for (PostedJob& job : jobs_) run(job.request);
    if (ending_ == FrameKind::alone) {
      flushes_ = true;
      runner_->look_at_held();
      run_waiting();
      flushes_ = false;
    }
    const int64_t took = monotonic_us() - start;
    say(FrameKind::idle, {reinterpret_cast<const char*>(&took), sizeof took});
    end_.tell();
    runner_->loop().run_ready();
  }
  runner_->flush_held();
  run_waiting();
  runner_->cancel_waiting();
}

void IsolatedWorker::leave() {
  const uint64_t late = runner_->late_finishes();
  runner_.reset();
  say(FrameKind::goodbye, {reinterpret_cast<const char*>(&late), sizeof late});
  end_.tell();
}

void IsolatedWorker::run_waiting() {
  if (runner_->waiting() == 0) return;
  const BellWatch watch(end_, runner_->loop());
  while (runner_->waiting() && !is_cancelled()) runner_->loop().run_some();
}

void IsolatedWorker::run(const JobRequest& request) {
  if (runner_->has_served()) runner_->run_served();  // they go on before a new job comes
  if (JobContext* const job = runner_->run(request)) return finish(*job);
  const uint64_t ordinal = request.place.ordinal;
  say(FrameKind::waits, {reinterpret_cast<const char*>(&ordinal), sizeof ordinal});
}

void IsolatedWorker::finish(JobContext& job) {
  DoneFrame done;
  done.ordinal = job.place.ordinal;
  done.status = job.status;
  done.is_bad_input = JobPrinter::is_bad_input(job);
  done.is_unfinished = runner_->was_cancelled();
  std::string critical;
  if (job.is_critical) critical = printer_.critical_text(job);
  done.critical = critical;
  done.is_printed = !(done.is_unfinished && plan_.to_file) && !(done.is_bad_input && plan_.skips_bad_input);
  if (done.is_printed) done.select_failed = !printer_.print(job, *runner_, done.is_unfinished, out_, failures_);
  done.output = out_.view();
  done.failures = failures_.view();
  head_.clear();
  pack_done(head_, done);
  end_.put(head_);
  end_.put(done.output);
  out_.clear();
  failures_.clear();
  out_.release_above(4 * kPiece);
}

void IsolatedWorker::say(FrameKind kind, std::string_view body) {
  end_.put(frame_head(kind, body.size()));
  end_.put(body);
}

bool IsolatedWorker::take() { return runner_->waiting() ? waiter_.take(1) : take_now(); }

// Jobs up to the frame that ends the batch. On a thread of its own while jobs wait.
bool IsolatedWorker::take_now() {
  std::string rest(incoming_.view().substr(taken_));
  incoming_.clear();
  incoming_.release_above(4 * kPiece);
  incoming_.append(rest);
  incoming_.ensure(incoming_.end(), kPadding);
  size_t scanned = 0;
  for (;;) {
    std::string_view left = incoming_.view().substr(scanned);
    bool is_sound = true;
    while (const auto frame = next_frame(left, is_sound)) {
      scanned = incoming_.size() - left.size();
      if (frame->kind == FrameKind::job) continue;
      ending_ = frame->kind;
      taken_ = scanned;
      read_jobs();
      return ending_ != FrameKind::end;
    }
    if (!is_sound) throw std::runtime_error("the supervisor's words make no sense");
    char* const to = incoming_.ensure(incoming_.end(), kPiece + kPadding);
    const size_t size = end_.get(to, kPiece);
    incoming_.set_end(to + size);
    if (size == 0) runner_->loop().post([this] { runner_->look_at_held(); });
  }
}

void IsolatedWorker::read_jobs() {
  jobs_.clear();
  std::string_view left = incoming_.view().substr(0, taken_);
  bool is_sound = true;
  while (const auto frame = next_frame(left, is_sound)) {
    if (frame->kind == FrameKind::job) add_job(frame->body);
  }
  for (PostedJob& job : jobs_) {
    if (!job.problem.code.empty()) job.request.problem = &job.problem;
    if (!job.verdict.code.empty()) job.request.verdict = &job.verdict;
  }
}

void IsolatedWorker::add_job(std::string_view body) {
  Unpacker from(body);
  PackedRequest packed = unpack_request(from);
  PostedJob& job = jobs_.emplace_back();
  job.request = packed.request;
  job.request.place.source = kept(packed.request.place.source);
  job.request.format = kept(packed.request.format);
  if (!packed.decoder.empty()) {
    auto at = decoders_.find(packed.decoder);
    if (at == decoders_.end()) at = decoders_.emplace(packed.decoder, described_decoder(packed.decoder)).first;
    job.request.decoder = at->second.get();
  }
  if (packed.has_problem)
    job.problem = {kept(packed.problem_code), std::string(packed.problem_message), packed.problem_offset,
                   packed.problem_is_readable};
  if (from.take<bool>()) job.verdict = unpack_verdict(from);
  if (!from.is_at_end()) throw std::runtime_error("the supervisor's words make no sense");
}

std::string_view IsolatedWorker::kept(std::string_view text) {
  if (text.empty()) return {};
  auto at = texts_.find(text);
  if (at == texts_.end()) at = texts_.emplace(text).first;
  return *at;
}

}  // namespace runnel::core
