// What one worker does with a posted job: reads its text, runs it, and leaves its JobContext ready to be written.
#pragma once

#include <cstdint>
#include <memory>
#include <runnel/job_counts.hpp>
#include <span>
#include <string>
#include <string_view>

#include "base/job_id.hpp"
#include "flow/flow.hpp"
#include "job/job_context.hpp"
#include "job/job_request.hpp"
#include "runtime/routine_set.hpp"
#include "runtime/strand.hpp"
#include "value/reader.hpp"

namespace runnel::core {

struct JobOptions {
  StrandOptions strand;
  bool deterministic = false;  // virtual clock, ids from position and content, worker w0
  Value metadata{};            // of every job; an object that outlives the run
};

class JobRunner {
 public:
  JobRunner(const Flow&, uint32_t worker, std::unique_ptr<ScriptEngine>, const JobOptions&);

  const std::string& problem() const { return routines_.problem(); }  // not "": no job can run
  // Runs the job to its final status. Valid until the next call; the request's text must live as long.
  JobContext& run(const JobRequest&);
  std::span<const Value> collected() const { return strand_.collected(); }
  const JobCounts& counts() const { return counts_; }
  // An expression for the finished job (--select); false: problem in `failure`.
  bool evaluate_finished(size_t expression, Value& out, Problem& failure);

 private:
  void identify(const JobRequest&);
  bool read_input(const JobRequest&, Value& data);
  void refuse(const JobRequest&, std::string_view code, std::string message, size_t offset);

  const Flow& flow_;
  const JobOptions options_;
  RoutineSet routines_;
  Strand strand_;
  Reader reader_;
  UuidSource uuids_;
  TickClock ticks_;
  const std::string worker_id_;
  JobCounts counts_;
  Arena scratch_;  // of values made after the job's end
};

}  // namespace runnel::core
