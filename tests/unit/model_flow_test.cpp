// The runtime against the reference model, through the public interface: random flows read from YAML, their scripts run
// by Lua, their jobs on one worker and on three.
#include "catch.hpp"
#include "model_support.hpp"

using namespace runnel;
using namespace runnel::test;

TEST_CASE("random flows do what the contract says, on one worker and on three") {
  keep_waiting_by(nullptr);
  check_random_flows(2000, {}, [](const RandomFlow& flow, uint64_t) -> std::string {
    const Flow loaded = load(flow);
    std::vector<Json> wanted;
    for (size_t i = 0; i < flow.jobs.size(); ++i) wanted.push_back(expected(flow, i));
    for (const uint32_t workers : {1u, 3u}) {
      Runtime runtime(loaded, {.workers = workers, .deterministic = true});
      runtime.exec();
      std::vector<JobContext> jobs;
      const ModelFlow model = model_of(flow);
      for (size_t i = 0; i < flow.jobs.size(); ++i) {
        const ModelRoutine& routine = model.routines[flow.jobs[i].routine];
        jobs.push_back(runtime.post(routine.id, routine.slots[flow.jobs[i].slot], data_of(flow, i)));
      }
      for (size_t i = 0; i < jobs.size(); ++i) {
        jobs[i].wait();
        const std::string wrong = difference(flow, i, wanted[i], shown_part(jobs[i].record()));
        if (!wrong.empty()) return "on " + std::to_string(workers) + " workers\n" + wrong;
      }
    }
    return "";
  });
}
