// A class that does not return when it should: for `seconds` if its item is "late", for ever if it is "stuck".
#include <unistd.h>

#include <chrono>
#include <runnel/routine.hpp>
#include <thread>

namespace {

class Hangs {
 public:
  explicit Hangs(runnel::Config config) : seconds_(config.number("seconds")) {}

  void activate(runnel::Activation& in) {
    const runnel::Value item = in.slot("input").front();
    in.emit("output", item);
    if (item.string_or("") == "late") std::this_thread::sleep_for(std::chrono::duration<double>(seconds_));
    while (item.string_or("") == "stuck") ::pause();
  }

  static constexpr auto spec() {
    return runnel::routine("hangs", "Does not return when it should")
        .slot("input", "anything")
        .event("output", "the item itself")
        .param("seconds", runnel::kind::duration, "0", "how late it is for \"late\"");
  }

 private:
  double seconds_;
};

}  // namespace

RUNNEL_PLUGIN("hangs", "1.0.0", Hangs)
