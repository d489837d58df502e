// One worker of a batch: takes a block, runs each of its jobs to the end, hands in the block's output.
#pragma once

#include <optional>

#include "embed/block_sizer.hpp"
#include "embed/line_feed.hpp"
#include "runnel/batch.hpp"
#include "runtime/event_loop.hpp"
#include "runtime/job_runner.hpp"
#include "sink/ordered_writer.hpp"
#include "sink/record_writer.hpp"

namespace runnel::core {

// What a job's line of output is.
enum class Printed : uint8_t { record, emitted, selected };

struct BatchPlan {
  SlotRef slot;
  Printed printed = Printed::record;
  std::optional<size_t> select;  // expression
  RecordOptions records;
  uint64_t lines_at_most = 1;  // of a block
};

class BatchWorker {
 public:
  BatchWorker(std::unique_ptr<JobRunner> runner, const BatchPlan& plan, LineFeed& feed, OrderedWriter& output,
              OrderedWriter& errors)
      : runner_(std::move(runner)),
        plan_(plan),
        feed_(feed),
        output_(output),
        errors_(errors),
        records_(plan.records) {}

  void work();  // until there is no more input
  const JobCounts& counts() const { return runner_->counts(); }
  uint64_t failed_selects() const { return failed_selects_; }

 private:
  void run_block();
  void print(JobContext&);
  void report(const JobContext&, const Problem&);

  std::unique_ptr<JobRunner> runner_;
  const BatchPlan& plan_;
  LineFeed& feed_;
  OrderedWriter& output_;
  OrderedWriter& errors_;
  RecordWriter records_;
  EventLoop loop_;
  Block block_;
  OutBuffer out_;
  OutBuffer failures_{1024};
  uint64_t failed_selects_ = 0;
};

}  // namespace runnel::core
