// What comes back from a relay's process: jobs that are finished, suspended, and all that a worker counts. A plugin may
// have written over the channel, so nothing is taken for granted.
#include <cstring>
#include <utility>

#include "embed/relay.hpp"

namespace runnel::core {

// False: what came makes no sense.
bool Relay::read_answers() {
  bool is_sound = process_->end().get(incoming_);
  std::string_view left = incoming_.view();
  while (is_sound) {
    const auto frame = next_frame(left, is_sound);
    if (!frame) break;
    is_sound = on_frame(*frame);
  }
  const std::string rest(left);
  incoming_.clear();
  incoming_.release_above(size_t{4} * 1024 * 1024);
  incoming_.append(rest);
  hand_in();
  return is_sound;
}

bool Relay::on_frame(const Frame& frame) {
  Unpacker body(frame.body);
  switch (frame.kind) {
    case FrameKind::ready:
      is_ready_ = true;
      if (!frame.body.empty()) give_up(std::string(frame.body));
      return true;
    case FrameKind::done: {
      const auto done = unpack_done(frame.body);
      return done && on_done(*done);
    }
    case FrameKind::waits: {
      const auto ordinal = body.take<uint64_t>();
      return body.is_at_end() && on_waits(ordinal);
    }
    case FrameKind::idle:
      return on_idle(frame.body);
    case FrameKind::goodbye:
      totals_.late_finishes += body.take<uint64_t>();
      said_goodbye_ = has_ended_ && !has_unfinished();
      return said_goodbye_;
    default:
      return false;
  }
}

bool Relay::on_done(const DoneFrame& done) {
  if (!is_final(done.status)) return false;
  if (!batches_.empty()) {
    Batch& batch = batches_.front();
    if (batch.next < batch.jobs.size() && batch.jobs[batch.next].ordinal == done.ordinal) {
      ++batch.next;
      count(done);
      return true;
    }
  }
  if (waiting_.erase(done.ordinal) == 0) return false;
  count(done);
  return true;
}

bool Relay::on_waits(uint64_t ordinal) {
  if (batches_.empty()) return false;
  Batch& batch = batches_.front();
  if (batch.next == batch.jobs.size() || batch.jobs[batch.next].ordinal != ordinal) return false;
  waiting_.emplace(ordinal, batch.frame(batch.jobs[batch.next]));
  ++batch.next;
  return true;
}

bool Relay::on_idle(std::string_view body) {
  Unpacker from(body);
  const auto took_us = from.take<int64_t>();
  if (!from.is_at_end() || batches_.empty() || batches_.front().next != batches_.front().jobs.size()) return false;
  Batch& batch = batches_.front();
  if (batch.shared) {
    give_back(std::move(batch.shared), took_us);
  } else {
    sizer_.took(static_cast<uint32_t>(batch.jobs.size()), took_us);
  }
  batches_.pop_front();
  return true;
}

void Relay::give_back(std::shared_ptr<SharedBlock> shared, int64_t took_us) {
  shared->shares[number_].took_us = took_us;
  if (shared->under_way.fetch_sub(1, std::memory_order_acq_rel) == 1) desk_.inboxes->give_back(std::move(shared));
}

// As BatchWorker::print() does it.
void Relay::count(const DoneFrame& done) {
  barren_deaths_ = outside_deaths_ = 0;
  ended_outside_.erase(done.ordinal);
  const JobCounts job{1, done.status == Status::completed, done.status == Status::failed,
                      done.status == Status::cancelled, done.is_bad_input};
  totals_.counts.add(job);
  if (is_done(done.ordinal)) {
    totals_.again.add(job);
    return print(done.ordinal, {}, {});
  }
  totals_.unfinished += done.is_unfinished;
  totals_.written += done.is_printed;
  totals_.failed_selects += done.select_failed;
  if (!(done.is_unfinished && desk_.file)) {
    if (!done.critical.empty()) desk_.feed->end(std::string(done.critical));
    if (desk_.plan->rules) desk_.plan->rules->count(job);
  }
  print(done.ordinal, done.output, done.failures);
}

// Neighbours go together.
void Relay::print(uint64_t ordinal, std::string_view output, std::string_view failures) {
  constexpr size_t kMany = size_t{1024} * 1024;
  if (first_ != next_ && (ordinal != next_ || out_.size() > kMany)) hand_in();
  if (first_ == next_) first_ = ordinal;
  next_ = ordinal + 1;
  out_.append(output);
  failures_.append(failures);
}

void Relay::hand_in() {
  if (first_ == next_) return;
  const uint64_t first = std::exchange(first_, next_);
  if (desk_.feed->stopped()) failures_.clear();  // nobody reads the output any more: quietly
  if (desk_.plan->printed != Printed::record) desk_.errors->submit(first, next_ - 1, failures_);
  desk_.output->submit(first, next_ - 1, out_);
  if (desk_.output->error()) desk_.stop_all();
}

}  // namespace runnel::core
