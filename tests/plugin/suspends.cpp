// Classes that finish their activations later, from other threads.
#include <mutex>
#include <runnel/routine.hpp>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

void pass_on(runnel::Activation& rest) { rest.emit("output", rest.slot("input").front()); }

// Lets nobody through until `count` items are waiting, on however many workers; then all of them, the last one first.
class Gate {
 public:
  explicit Gate(runnel::Config config) : count_(static_cast<size_t>(config.integer("count"))) {}

  void activate(runnel::Activation& in) {
    const std::lock_guard lock(mutex());
    waiting().push_back(in.suspend());
    if (waiting().size() < count_) return;
    std::thread([all = std::exchange(waiting(), {})] {
      for (auto later = all.rbegin(); later != all.rend(); ++later) later->finish(pass_on);
    }).detach();
  }

  static constexpr auto spec() {
    return runnel::routine("gate", "Lets all through when all are there")
        .slot("input", "anything")
        .event("output", "the item itself")
        .param("count", runnel::kind::integer, runnel::required, "how many all are")
        .flag(RUNNEL_MAY_SUSPEND);
  }

 private:
  static std::mutex& mutex() {
    static std::mutex one;
    return one;
  }
  static std::vector<runnel::Later>& waiting() {
    static std::vector<runnel::Later> all;
    return all;
  }
  size_t count_;
};

// Misuses a handle as `how` says.
class Misuse {
 public:
  explicit Misuse(runnel::Config config) : how_(config.string("how")) {}

  void activate(runnel::Activation& in) {
    const runnel::Later later = in.suspend();
    if (how_ == "twice") {
      later.finish(pass_on);
      later.finish(pass_on);
    } else if (how_ == "throw") {
      later.finish([](runnel::Activation&) { throw 42; });
    } else if (how_ == "after_failing") {
      later.finish(pass_on);
      in.fail("test", "not today");
    } else if (how_ == "elsewhere") {
      std::thread([later] { later.fail("late", "from a thread"); }).join();
    } else if (how_ == "again") {
      later.finish([](runnel::Activation& rest) { rest.suspend().finish(pass_on); });
    } else if (how_ == "finish_when_cancelled") {
      in.on_cancel([later] { later.finish(pass_on); });
    }
  }

  static constexpr auto spec() {
    return runnel::routine("misuse", "Does with a handle what nobody should")
        .slot("input", "anything")
        .event("output", "the item itself")
        .param("how", runnel::kind::string, runnel::required, "what to do")
        .choices("twice|throw|after_failing|elsewhere|again|finish_when_cancelled")
        .flag(RUNNEL_MAY_SUSPEND);
  }

 private:
  std::string how_;
};

}  // namespace

RUNNEL_PLUGIN("suspends", "1.0.0", Gate, Misuse)
