// counter: counts the items it has seen on this worker, across jobs.
#include <runnel/routine.hpp>

namespace {

class Counter {
 public:
  explicit Counter(runnel::Config config) : key_(config.string("key")) {}

  void activate(runnel::Activation& in) {
    for (uint32_t i = 0; i < in.slot("input").size(); ++i) {
      const runnel::Value count =
          in.state().update(key_, [](runnel::Value seen) { return runnel::Value(seen.int_or(0) + 1); });
      in.emit("output", {{"count", count}});
    }
  }

  static constexpr auto spec() {
    return runnel::routine("counter", "Counts items in the worker's state")
        .slot("input", "anything")
        .event("output", "object with count, from 1")
        .param("key", runnel::kind::string, "\"count\"", "name of the count in the routine's worker state; fixed text")
        .flag(RUNNEL_KEEPS_STATE);
  }

 private:
  std::string key_;
};

}  // namespace

RUNNEL_PLUGIN("counter", "0.1.0", Counter)
