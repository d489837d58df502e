// Worker processes for run_batch(): input, output and state stay in this one, jobs run in others. What kills such a
// process costs the job that ran then: it is a failed one, code `crash`, and the others go on in a new process.
#pragma once

#include <functional>
#include <memory>
#include <runnel/batch.hpp>
#include <string>

namespace runnel {

namespace core {
class Workplace;
}

class Isolation {
 public:
  // Forks the process that workers are forked from, which costs what this one has in memory now. Call it while the
  // program has one thread, before it loads the flow, from a thread that outlives this object. `load` makes the flow in
  // each worker process, the same each time; `options` are those of the batch. `note`: called, on any thread, with
  // what happened that is no job's mistake; may be empty. Throws std::system_error.
  Isolation(std::function<Flow()> load, const RuntimeOptions&, const BatchOptions& options,
            std::function<void(const std::string&)> note);
  ~Isolation();  // ends all of them
  Isolation(const Isolation&) = delete;
  Isolation& operator=(const Isolation&) = delete;

  // Loads the flow in a first process and makes its routines there, so that one that dies of it does not take this
  // process along. How it died, or "". Mistakes of the flow are not told: load it here, too, and see.
  std::string try_flow();

  core::Workplace& workplace() { return *workplace_; }

 private:
  std::unique_ptr<core::Workplace> workplace_;
};

}  // namespace runnel
