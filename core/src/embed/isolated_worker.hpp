// In a worker process: takes posted jobs from the supervisor, runs them, and hands in each when it is finished, so that
// what kills the process costs no finished job.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "embed/input_waiter.hpp"
#include "embed/job_printer.hpp"
#include "isolate/channel.hpp"
#include "isolate/wire.hpp"
#include "job/input_decoder.hpp"
#include "runtime/job_runner.hpp"

namespace runnel::core {

struct IsolatedPlan : PrintPlan {
  bool skips_bad_input = false;  // a bad line has no record
  bool to_file = false;          // nor has what was cancelled because the run was stopped
};

class IsolatedWorker {
 public:
  IsolatedWorker(WorkerEnd& end, std::unique_ptr<JobRunner> runner, const IsolatedPlan& plan);

  void work();   // until no job comes any more and none waits
  void leave();  // after work(): destroys the routines and says goodbye

 private:
  struct PostedJob {
    JobRequest request;
    InputProblem problem;
    Verdict verdict;
  };

  bool take();
  bool take_now();
  void read_jobs();
  void add_job(std::string_view body);
  void run(const JobRequest&);
  void run_waiting();
  void finish(JobContext&);
  void say(FrameKind, std::string_view body);
  bool is_cancelled() const { return end_.page().cancelled.load(std::memory_order_relaxed); }
  std::string_view kept(std::string_view text);

  WorkerEnd& end_;
  std::unique_ptr<JobRunner> runner_;
  const IsolatedPlan& plan_;
  JobPrinter printer_;
  Pulse pulse_;
  InputWaiter waiter_;
  OutBuffer incoming_;
  size_t taken_ = 0;  // bytes of incoming_ that were the latest batch
  std::vector<PostedJob> jobs_;
  FrameKind ending_ = FrameKind::pause;  // of the batch
  bool flushes_ = false;
  OutBuffer out_;
  OutBuffer failures_{1024};
  std::string head_;
  std::set<std::string, std::less<>> texts_;  // names of sources and formats, codes: they outlive their jobs
  std::map<std::string, std::shared_ptr<const InputDecoder>, std::less<>> decoders_;
};

}  // namespace runnel::core
