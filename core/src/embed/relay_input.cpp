// What a relay gives its process: blocks of input as frames, and what is to be run again.
#include "embed/block_requests.hpp"
#include "embed/relay.hpp"
#include "job/input_decoder.hpp"

namespace runnel::core {

// On the taker's thread.
bool Relay::take_block(uint32_t most_lines) {
  if (!desk_.inboxes) return desk_.feed->take(block_, most_lines);
  shared_ = desk_.inboxes->take(number_);
  return shared_ != nullptr;
}

void Relay::send_what_is_due() {
  if (!is_ready_ || has_ended_) return;
  if (!again_.empty()) return send_again();
  // One block ahead, so that the process does not wait for the next; where each job may be the last, none.
  const bool takes_ahead = desk_.plan->lines_at_most > 1;
  using State = BlockTaker::State;
  const State state = taker_->state();
  if (state == State::taken && batches_.size() < (takes_ahead ? 2 : 1) && outgoing_.empty()) {
    if (desk_.inboxes) {
      const std::shared_ptr<SharedBlock> shared = std::move(shared_);
      send_block(shared->block, shared);
    } else {
      send_block(block_, nullptr);
    }
    taker_->take_over();
    if (takes_ahead) taker_->ask(sizer_.lines());
  } else if (state == State::idle && (takes_ahead || batches_.empty())) {
    taker_->ask(sizer_.lines());
  } else if (state == State::ended && outgoing_.empty()) {
    has_ended_ = true;
    outgoing_ += frame_head(FrameKind::end, 0);
  }
}

void Relay::send_block(const Block& block, const std::shared_ptr<SharedBlock>& shared) {
  Batch batch;
  batch.shared = shared;
  uint64_t passed = 0;  // so many just before the next line
  const auto pass_until = [&](uint64_t ordinal) {
    if (passed) desk_.output->submit(ordinal - passed, ordinal - 1, out_);
    if (passed && desk_.plan->printed != Printed::record)
      desk_.errors->submit(ordinal - passed, ordinal - 1, failures_);
    passed = 0;
  };
  const auto add = [&](size_t line) {
    const uint64_t ordinal = block.first_ordinal + line;
    if (is_passed(ordinal)) {
      ++passed;
      return;
    }
    pass_until(ordinal);
    add_job(batch, block, line);
  };
  hand_in();  // out_ is empty now
  if (batch.shared) {
    for (const uint32_t line : batch.shared->shares[number_].lines) {
      add(line);
      pass_until(block.first_ordinal + line + 1);  // the next one may be another worker's
    }
  } else {
    for (size_t line = 0; line < block.lines.size(); ++line) add(line);
    pass_until(block.first_ordinal + block.lines.size());
  }
  send(std::move(batch), FrameKind::pause);
}

void Relay::add_job(Batch& batch, const Block& block, size_t line) {
  JobRequest request;
  request.slot = desk_.plan->slot;
  fill_request(request, block, line);
  std::string_view decoder;
  if (request.decoder) {
    std::string& text = decoders_[request.decoder];
    if (text.empty()) text = request.decoder->description();
    decoder = text;
  }
  const size_t start = batch.bytes.size();
  batch.bytes += frame_head(FrameKind::job, 0);
  Packer packer(batch.bytes);
  pack_request(packer, request, decoder);
  const uint32_t deaths = desk_.file ? desk_.file->deaths(request.place.ordinal) : 0;
  packer.add(deaths >= kQuarantine);
  if (deaths >= kQuarantine) pack_verdict(packer, quarantine(deaths, ""));
  const size_t size = batch.bytes.size() - start;
  batch.bytes.replace(start, kFrameHead, frame_head(FrameKind::job, size - kFrameHead));
  batch.jobs.push_back({request.place.ordinal, start, size});
}

// Suspects run alone, one after the other, and then the others.
void Relay::send_again() {
  if (!outgoing_.empty() || !batches_.empty()) return;
  constexpr size_t kMostJobs = 256;
  Batch batch;
  const bool is_alone = suspects_ > 0;
  for (size_t i = 0; i < (is_alone ? 1 : kMostJobs) && !again_.empty(); ++i) {
    const SentJob& job = again_.front();
    batch.jobs.push_back({job.ordinal, batch.bytes.size(), job.frame.size()});
    batch.bytes += job.frame;
    again_.pop_front();
  }
  if (is_alone) --suspects_;
  batch.is_alone = is_alone;
  send(std::move(batch), is_alone ? FrameKind::alone : FrameKind::pause);
}

void Relay::send(Batch&& batch, FrameKind ending) {
  process_->end().page().is_full.set(false);
  batch.bytes += frame_head(ending, 0);
  batches_.push_back(std::move(batch));
  outgoing_ += batches_.back().bytes;
  write_out();
}

void Relay::write_out() {
  if (outgoing_.empty()) return;
  written_ += process_->end().put(std::string_view(outgoing_).substr(written_));
  if (written_ < outgoing_.size()) return;
  outgoing_.clear();
  written_ = 0;
}

}  // namespace runnel::core
