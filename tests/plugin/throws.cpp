// Classes that throw what is no std::exception wherever a plugin's code is called, and one that prints all the while.
#include <cstdio>
#include <runnel/routine.hpp>

namespace {

constexpr auto passes(std::string_view name) {
  return runnel::routine(name, "Throws 42").slot("input", "anything").event("output", "nothing ever");
}

struct InActivate {
  void activate(runnel::Activation&) { throw 42; }
  static constexpr auto spec() { return passes("throws_in_activate"); }
};

struct InCreate {
  InCreate() { throw 42; }
  void activate(runnel::Activation&) {}
  static constexpr auto spec() { return passes("throws_in_create"); }
};

struct InResolve {
  void activate(runnel::Activation&) {}
  static void resolve(runnel::Config, runnel::Ports&) { throw 42; }
  static constexpr auto spec() { return passes("throws_in_resolve"); }
};

// Adds an event per name it is configured with, and emits each item by all of them.
class Resolves {
 public:
  explicit Resolves(runnel::Config config) : events_(config["names"].size()) {}
  void activate(runnel::Activation& in) {
    for (uint32_t event = 0; event < events_; ++event) in.emit(event, in.slot("input").front());
  }
  static void resolve(runnel::Config config, runnel::Ports& ports) {
    const runnel::Value names = config["names"];
    for (uint32_t i = 0; i < names.size(); ++i) {
      if (names.at(i).string_or("") == "odd") throw runnel::ConfigError("names[" + std::to_string(i) + "]", "too odd");
      ports.add_event(names.at(i).string_or(""));
    }
  }
  static constexpr auto spec() {
    return runnel::routine("resolves", "Emits each item by events of your choice")
        .slot("input", "anything")
        .param("names", runnel::kind::array, runnel::required, "the events");
  }

 private:
  uint32_t events_;
};

class Prints {
 public:
  Prints() { std::puts("printed by create"); }
  ~Prints() { std::puts("printed by destroy"); }
  void activate(runnel::Activation& in) {
    std::puts("printed by activate");
    std::fflush(stdout);
    in.emit("output", in.slot("input").front());
  }
  static constexpr auto spec() {
    return runnel::routine("prints", "Prints where it should not")
        .slot("input", "anything")
        .event("output", "the item");
  }
};

__attribute__((constructor)) void print() { std::puts("printed while it was loaded"); }

}  // namespace

RUNNEL_PLUGIN("throws", "1.0.0", InActivate, InCreate, InResolve, Resolves, Prints)
