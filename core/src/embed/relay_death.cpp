// A relay's process has died: which job was it, and what becomes of the others.
#include <poll.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/clock.hpp"
#include "base/diagnostic.hpp"
#include "embed/relay.hpp"
#include "runtime/timeout_text.hpp"

namespace runnel::core {
namespace {

constexpr int64_t kGrace = 2'000'000;  // us: as for workers that are threads, see crew.cpp
constexpr int kLook = 20;              // ms
constexpr uint32_t kMostBarren = 3;
constexpr uint32_t kMostFromOutside = 20;

std::string counted(size_t number, const char* what) {
  return std::to_string(number) + " " + what + (number == 1 ? "" : "s");
}

}  // namespace

// Whether the process is late with a job, or with its end.
void Relay::look_at_time() {
  if (process_->end().has_bytes()) return;
  if (kill_at_us_ && monotonic_us() >= kill_at_us_) {
    kill_at_us_ = INT64_MAX;
    process_->kill();
    return;
  }
  kill_what_is_late();
  if (has_ended_ && has_unfinished() && !desk_.output->look_for_reader()) desk_.stop_all();
}

void Relay::kill_what_is_late() {
  const Beat& beat = process_->end().page().beat;
  const uint64_t serial = beat.serial.load();
  const int64_t deadline = beat.deadline_us.load();
  if (killing_ || deadline >= monotonic_us() - kGrace) return;
  const Killing killing{Killing::Reason::late, beat.is_shared ? 0 : beat.ordinal.load()};
  if (beat.serial.load() != serial || beat.deadline_us.load() != deadline) return;  // it goes on
  killing_ = killing;
  process_->kill();
}

void Relay::kill_for(Killing::Reason reason) {
  killing_ = Killing{reason, 0};
  process_->kill();
}

void Relay::on_death() {
  const bool was_nonsense = killing_ && killing_->reason == Killing::Reason::nonsense;
  if (!was_nonsense) read_answers();  // what it had handed in before
  const auto status = process_->bury();
  if (said_goodbye_) return;
  if (!status) return give_up("the process that starts workers is gone");
  SharedPage& page = process_->end().page();
  std::string how = death_text(*status, page.note);
  if (was_nonsense) how = "SIGKILL, as it wrote over memory it shares with the supervisor";
  if (killing_ && killing_->reason == Killing::Reason::closed)
    how = "SIGKILL, as it closed what ties it to the supervisor";
  Unfinished unfinished = take_unfinished();
  if (has_ended_ && unfinished.jobs.empty() && again_.empty()) {
    workplace_.note("the process of worker " + std::to_string(number_) +
                    " died when its jobs were done and its routines were destroyed: " + how);
    said_goodbye_ = true;
    return;
  }
  if (is_cancelled_ && desk_.file) return cancel_unwritten(unfinished);
  Culprit culprit;
  if (!is_cancelled_) culprit = find_culprit(page.beat, page.note, *status, killing_, unfinished.left);
  settle(std::move(unfinished), culprit, how);
  if (problem_.empty()) begin_process();
}

Relay::Unfinished Relay::take_unfinished() {
  Unfinished unfinished;
  for (auto& [ordinal, frame] : waiting_) {
    unfinished.left.waiting.push_back(ordinal);
    unfinished.jobs.push_back({ordinal, std::move(frame)});
  }
  unfinished.begun = waiting_.size();
  waiting_.clear();
  unfinished.left.is_alone = !batches_.empty() && batches_.front().is_alone;
  const uint64_t running = process_->end().page().beat.ordinal;
  for (Batch& batch : batches_) {
    for (size_t i = batch.next; i < batch.jobs.size(); ++i) {
      const Posted& job = batch.jobs[i];
      const bool is_next = &batch == &batches_.front() && i == batch.next;
      // What it said of jobs before the one that wrote over it is lost.
      if (is_next || (killing_ && killing_->reason == Killing::Reason::nonsense)) {
        unfinished.left.next.push_back(job.ordinal);
        unfinished.begun += job.ordinal == running;
      }
      unfinished.jobs.push_back({job.ordinal, std::string(batch.frame(job))});
    }
    if (batch.shared) give_back(std::move(batch.shared), 0);
  }
  batches_.clear();
  std::sort(unfinished.jobs.begin(), unfinished.jobs.end(),
            [](const SentJob& one, const SentJob& other) { return one.ordinal < other.ordinal; });
  return unfinished;
}

void Relay::settle(Unfinished unfinished, const Culprit& found, const std::string& how) {
  const std::string process = "the process of worker " + std::to_string(number_) + " died";
  Culprit culprit = found;
  const uint64_t running = process_->end().page().beat.ordinal;
  if (culprit.is_outside && running && ++ended_outside_[running] >= kMostBarren) culprit.ordinal = running;
  const auto guilty = std::find_if(unfinished.jobs.begin(), unfinished.jobs.end(),
                                   [&](const SentJob& job) { return job.ordinal == culprit.ordinal; });
  // One that has a verdict does not run: it was only the next.
  if (guilty == unfinished.jobs.end() || has_verdict(guilty->frame)) culprit.ordinal.reset();
  if (culprit.ordinal) {
    barren_deaths_ = outside_deaths_ = 0;
  } else if (culprit.is_outside && is_ready_) {
    ++outside_deaths_;
  } else {
    ++barren_deaths_;
  }
  if (barren_deaths_ >= kMostBarren || outside_deaths_ >= kMostFromOutside)
    return give_up(process + " " + std::to_string(barren_deaths_ + outside_deaths_) + " times, the last time with " +
                   how + ", and no job is to blame");
  const std::string where = culprit.ordinal ? " at " + place_of(guilty->frame) : "";
  if (culprit.ordinal) condemn(*guilty, culprit, how);
  const size_t again = unfinished.begun - std::min<size_t>(unfinished.begun, culprit.ordinal ? 1 : 0);
  if ((again || !culprit.ordinal) && !is_cancelled_) {
    const char* const what = culprit.ordinal ? "other job" : "job";
    const std::string jobs = again ? "; " + counted(again, what) + (again == 1 ? " runs" : " run") + " again" : "";
    workplace_.note(process + where + ": " + how + jobs);
  }
  // Nothing was learnt of the one that was alone: it is again, and so are those behind it.
  if (!culprit.ordinal && culprit.suspects.empty() && unfinished.left.is_alone)
    culprit.suspects = unfinished.left.waiting.empty() ? unfinished.left.next : unfinished.left.waiting;
  if (culprit.ordinal) suspects_ = 0;
  run_again(std::move(unfinished.jobs), culprit.suspects);
}

bool Relay::has_verdict(std::string_view frame) {
  Unpacker from(frame.substr(kFrameHead));
  unpack_request(from);
  return from.take<bool>();
}

// It fails without being run.
void Relay::condemn(SentJob& job, const Culprit& culprit, const std::string& how) {
  std::string& frame = job.frame;
  frame.pop_back();  // "no verdict"
  Packer packer(frame);
  packer.add(true);
  pack_verdict(packer, verdict_on(job.ordinal, culprit, how));
  frame.replace(0, kFrameHead, frame_head(FrameKind::job, frame.size() - kFrameHead));
}

// Before what an earlier death has left.
void Relay::run_again(std::vector<SentJob> jobs, const std::vector<uint64_t>& suspects) {
  std::unordered_map<uint64_t, size_t> ranks;
  for (const uint64_t suspect : suspects) ranks.emplace(suspect, ranks.size());
  const auto rank = [&](const SentJob& job) {
    const auto at = ranks.find(job.ordinal);
    return at == ranks.end() ? ranks.size() : at->second;
  };
  std::stable_sort(jobs.begin(), jobs.end(),
                   [&](const SentJob& one, const SentJob& other) { return rank(one) < rank(other); });
  // Earlier suspects come behind these, and then what nobody suspects.
  const auto others = jobs.begin() + static_cast<std::ptrdiff_t>(suspects.size());
  const auto behind = again_.begin() + static_cast<std::ptrdiff_t>(suspects_);
  again_.insert(behind, std::make_move_iterator(others), std::make_move_iterator(jobs.end()));
  again_.insert(again_.begin(), std::make_move_iterator(jobs.begin()), std::make_move_iterator(others));
  suspects_ += suspects.size();
}

Verdict Relay::verdict_on(uint64_t ordinal, const Culprit& culprit, const std::string& how) {
  Verdict verdict;
  const Routine* const routine = culprit.routine < flow_.routines.size() ? &flow_.routines[culprit.routine] : nullptr;
  const std::string who = routine ? "routine \"" + routine->id + "\"" : "the job";
  verdict.code = "crash";
  verdict.message = culprit.is_late ? who + " did not return, and its process was killed: SIGKILL"
                                    : who + " killed its process: " + how;
  if (culprit.is_outside) verdict.message = who + " ran when its process was ended, three times: " + how;
  if (culprit.is_late) {
    const bool is_routines = routine && routine->timeout_us && routine->timeout_us < flow_.limits.time_us;
    verdict.cause = "timeout: " + (is_routines ? routine_timeout_text(*routine) : job_timeout_text(flow_));
  }
  verdict.routine = culprit.routine;
  verdict.created_at = culprit.created_at;
  if (!desk_.file || culprit.is_outside) return verdict;
  std::string signal = culprit.is_late ? "SIGKILL" : how.substr(0, how.find(','));
  std::replace(signal.begin(), signal.end(), ' ', '-');
  const uint32_t deaths = desk_.file->note_death(ordinal, signal);
  if (deaths < kQuarantine) return verdict;
  desk_.file->note_quarantine(ordinal);
  Verdict last = quarantine(deaths, verdict.message + (verdict.cause.empty() ? "" : "; " + verdict.cause));
  last.routine = verdict.routine;
  last.created_at = verdict.created_at;
  return last;
}

// They are not done, as cancelled jobs are not when records go to a file.
void Relay::cancel_unwritten(const Unfinished& unfinished) {
  for (const SentJob& job : unfinished.jobs) cancel(job.ordinal);
  for (const SentJob& job : again_) cancel(job.ordinal);
  again_.clear();
  cancel_unsent();
  hand_in();
  said_goodbye_ = true;
}

// What was taken from the input meanwhile. No more is admitted.
void Relay::cancel_unsent() {
  using State = BlockTaker::State;
  for (State state = taker_->state(); state != State::ended; state = taker_->state()) {
    if (state == State::taken) {
      const Block& block = shared_ ? shared_->block : block_;
      for (size_t line = 0; line < block.lines.size(); ++line) {
        const bool is_ours = !shared_ || block.posts[line].worker == number_;
        if (is_ours && !is_passed(block.first_ordinal + line)) cancel(block.first_ordinal + line);
      }
      if (shared_) give_back(std::move(shared_), 0);
      taker_->take_over();
    }
    if (state != State::taking) taker_->ask(1);
    pollfd told{wake_fd_, POLLIN, 0};
    ::poll(&told, 1, kLook);
    hear_wake();
  }
}

void Relay::cancel(uint64_t ordinal) {
  DoneFrame done;
  done.ordinal = ordinal;
  done.status = Status::cancelled;
  done.is_unfinished = true;
  count(done);
}

std::string Relay::place_of(std::string_view frame) const {
  Unpacker from(frame.substr(kFrameHead));
  const InputPlace place = unpack_request(from).request.place;
  return printable(place.source) + ":" + std::to_string(place.line);
}

}  // namespace runnel::core
