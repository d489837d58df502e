// delay: passes items on after a while; its worker does other work meanwhile.
#include <cmath>
#include <runnel/routine.hpp>

namespace {

class Delay {
 public:
  explicit Delay(runnel::Config config) : microseconds_(std::llround(config.number("seconds") * 1e6)) {}

  void activate(runnel::Activation& in) {
    in.finish_after(microseconds_, [](runnel::Activation& rest) {
      const runnel::Items items = rest.slot("input");
      for (uint32_t i = 0; i < items.size(); ++i) rest.emit("output", items[i]);
    });
  }

  static constexpr auto spec() {
    return runnel::routine("delay", "Passes items on after a while")
        .slot("input", "anything")
        .event("output", "the item itself")
        .param("seconds", runnel::kind::duration, runnel::required, "how long: 5, 250ms, 5s, 2m or 1h")
        .flag(RUNNEL_MAY_SUSPEND);
  }

 private:
  int64_t microseconds_;
};

}  // namespace

RUNNEL_PLUGIN("delay", "0.1.0", Delay)
