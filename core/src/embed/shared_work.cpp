// With partition_by: a worker's share of a block, and the block's output once all shares are done.
#include "base/clock.hpp"
#include "embed/batch_worker.hpp"
#include "embed/block_requests.hpp"

namespace runnel::core {

void BatchWorker::run_share() {
  SharedBlock& shared = *shared_;
  SharedBlock::Share& share = shared.shares[number_];
  const int64_t start = monotonic_us();
  if (shared.owners == 1) {
    run(shared.block);
  } else if (!plan_.in_order) {
    run_share_in_completion_order();
  } else {
    JobRequest request;
    for (const uint32_t line : share.lines) {
      shared.outputs[line] = {0, 0, false};
      if (is_passed(shared.block.first_ordinal + line)) continue;
      const size_t bytes = out_.size();
      const size_t failure_bytes = failures_.size();
      fill_request(request, shared.block, line);
      JobContext* job = run_job(request);
      if (job) print(*job);
      shared.outputs[line] = {out_.size() - bytes, failures_.size() - failure_bytes, job == nullptr};
    }
    std::swap(share.out, out_);
    std::swap(share.failures, failures_);
  }
  share.took_us = monotonic_us() - start;
  // Whoever is last sees what the others have left here.
  const bool is_last = shared.under_way.fetch_sub(1, std::memory_order_acq_rel) == 1;
  if (is_last && shared.owners > 1 && plan_.in_order) join_shares();
  if (is_last) inboxes_->give_back(std::move(shared_));
  shared_.reset();
}

void BatchWorker::run_share_in_completion_order() {
  const SharedBlock& shared = *shared_;
  JobRequest request;
  uint64_t done = 0;
  for (const uint32_t line : shared.shares[number_].lines) {
    if (!is_passed(shared.block.first_ordinal + line)) {
      fill_request(request, shared.block, line);
      JobContext* job = run_job(request);
      if (!job) continue;
      print(*job);
    }
    ++done;
  }
  hand_in(1, done);  // which ones they are does not matter
}

void BatchWorker::join_shares() {
  SharedBlock& shared = *shared_;
  std::vector<std::pair<size_t, size_t>> taken(shared.shares.size());  // bytes of output and failures, by worker
  uint64_t ordinal = shared.block.first_ordinal;
  uint64_t first = ordinal;  // of the jobs in out_
  for (size_t line = 0; line < shared.outputs.size(); ++line, ++ordinal) {
    const SharedBlock::Output& output = shared.outputs[line];
    const uint32_t worker = shared.block.posts[line].worker;
    const SharedBlock::Share& share = shared.shares[worker];
    auto& [bytes, failure_bytes] = taken[worker];
    if (output.is_waiting) {
      hand_in(first, ordinal - 1);
      first = ordinal + 1;
    }
    out_.append(share.out.view().substr(bytes, output.bytes));
    if (output.failure_bytes) failures_.append(share.failures.view().substr(failure_bytes, output.failure_bytes));
    bytes += output.bytes;
    failure_bytes += output.failure_bytes;
  }
  hand_in(first, ordinal - 1);
}

}  // namespace runnel::core
