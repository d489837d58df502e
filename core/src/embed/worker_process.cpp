#include "embed/worker_process.hpp"

#include <sys/prctl.h>
#include <unistd.h>

#include <cstdio>
#include <new>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "embed/batch_plan.hpp"
#include "embed/isolated_worker.hpp"
#include "embed/kept_state.hpp"
#include "embed/setup.hpp"

namespace runnel::core {
namespace {

constexpr int64_t kPatience = 60'000'000;  // us
constexpr int kNoMemory = 71;
constexpr int kInternalError = 70;

void say_ready(WorkerEnd& end, const std::string& problem) {
  end.put(frame_head(FrameKind::ready, problem.size()));
  end.put(problem);
  end.tell();
}

// Everything the worker has is gone when this returns.
void work(uint32_t number, WorkerEnd& end, int state_file, const std::function<runnel::Flow()>& load,
          const RuntimeOptions& runtime, const BatchOptions& options) {
  Beat& beat = end.page().beat;
  beat.begin(0, 0, monotonic_us() + kPatience);  // what does not come back is killed
  const runnel::Flow flow = load();
  if (!flow) {
    std::string report = flow.report();
    while (report.ends_with('\n')) report.pop_back();
    return say_ready(end, "the flow cannot be loaded again: " + report);
  }
  Arena memory;
  CheckedBatch batch;
  if (std::string mistake = check_batch(*flow.graph(), runtime, options, memory, batch); !mistake.empty())
    return say_ready(end, mistake);
  batch.jobs.strand.cancelled = &end.page().cancelled;
  auto runner = make_runner(*flow.graph(), number, batch.jobs);
  if (!runner->problem().empty()) return say_ready(end, runner->problem());
  std::optional<KeptState> state;
  if (flow.graph()->keeps_state()) runner->keep_state_in(state.emplace(state_file, runner->state()));
  IsolatedPlan plan;
  static_cast<PrintPlan&>(plan) = batch.plan;
  plan.skips_bad_input = options.skip_bad_input;
  plan.to_file = options.file.has_value();
  beat.end();
  say_ready(end, "");
  IsolatedWorker worker(end, std::move(runner), plan);
  worker.work();
  worker.leave();
}

}  // namespace

void run_worker_process(uint32_t number, const Zygote::Descriptors& given, const std::function<runnel::Flow()>& load,
                        const RuntimeOptions& runtime, const BatchOptions& options) {
  const std::string name = "runnel-w" + std::to_string(number);
  ::prctl(PR_SET_NAME, name.c_str());
  WorkerEnd end(given.socket, given.memory);
  DeathNote& note = end.page().note;
  write_death_note_to(note);
  int code = 0;
  try {
    work(number, end, given.state, load, runtime, options);
  } catch (const std::bad_alloc&) {
    note.out_of_memory.set();
    code = kNoMemory;
  } catch (const std::exception& error) {
    const std::string text = "runnel: internal error in worker " + std::to_string(number) + ": " + error.what() + "\n";
    [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, text.data(), text.size());
    code = kInternalError;
  }
  std::fflush(nullptr);  // what a library has printed
  note.on_worker.set(code != 0);
  ::_exit(code);
}

}  // namespace runnel::core
