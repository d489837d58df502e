// A model of how a job's end is found, and a checker that walks through every order in which its steps can happen: one
// worker, and other threads that finish what is suspended. The rule: the child is counted before its parent is
// released, and a letter is read on the worker. The orders one might be tempted to write instead must be found wrong.
//
// Where the steps stand in the code (core/src/runtime):
//   deliver           Strand::run_until_quiet pops an item, Strand::deliver
//   lie               Strand::arrive leaves it in a slot
//   emit, suspend     the routine's logic; suspend hands out the handle at once, so that it may be finished before
//                     the worker has kept the activation
//   count children    Strand::commit -> enqueue: ++outstanding_, push
//   count suspension  Strand::keep_suspended: ++outstanding_
//   release           --outstanding_, in run_until_quiet after deliver, in resume after settle
//   test              the end of Strand::go_on: nothing queued, nothing suspended: flush_one, else finish
//   finish            [any thread] host finish -> Mailbox::send
//   read letter       [worker] JobRunner::read_mail -> Strand::wake -> resume
#include <algorithm>
#include <compare>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "catch.hpp"

namespace {

enum Step { count_children, count_suspension, release, test };

struct Design {
  std::vector<Step> after_logic;   // in this order, each a step of its own
  bool finisher_releases = false;  // the thread that finishes counts down and tests
};

const Design kRight = {{count_children, count_suspension, release, test}};
const Design kReleasedBeforeChildrenCounted = {{release, test, count_children, count_suspension}};
const Design kTestedBeforeSuspensionCounted = {{count_children, release, test, count_suspension}};
const Design kReleasedByFinisher = {{count_children, count_suspension, release, test}, true};

struct State {
  // The job.
  int outstanding = 1, queued = 1, lying = 0, finals = 0;
  // Suspended activations: handles out, letters sent, activations kept; and finishers between their two steps.
  int handles = 0, letters = 0, kept = 0, finishers = 0;
  // The running activation: what it has done, which of the steps after its logic is next, whether it is counted.
  int emitted = 0, suspends = 0, next_step = -1, is_counted = 0;
  // What may yet be done, so that the walk ends; and items made and taken by an activation.
  int may_emit = 4, may_suspend = 3, may_lie = 2, made = 1, taken = 0;
  auto operator<=>(const State&) const = default;

  bool is_idle() const { return next_step < 0; }
  bool has_work() const {
    return queued || lying || handles || letters || kept || finishers || emitted || suspends || made != taken;
  }
};

class Checker {
 public:
  explicit Checker(Design design) : design_(std::move(design)) {}

  // The steps to the first violation found, which is among the shortest; "": there is none.
  std::string violation() {
    std::deque<State> open{State{}};
    seen_[State{}] = {};
    while (!open.empty()) {
      const State state = open.front();
      open.pop_front();
      next_.clear();
      steps_of_worker(state);
      steps_of_finishers(state);
      if (next_.empty() && state.finals == 0) return path(state) + "never final";
      for (const auto& [step, to] : next_) {
        const bool is_new = seen_.try_emplace(to, Origin{state, step}).second;
        if (to.finals > 1) return path(state) + step + ": final twice";
        if (to.finals > state.finals && to.has_work()) return path(state) + step + ": final with work left";
        if (is_new) open.push_back(to);
      }
    }
    return "";
  }
  size_t states() const { return seen_.size(); }

 private:
  struct Origin {
    State from;
    std::string step;
  };

  void add(const std::string& step, const State& to) { next_.emplace_back(step, to); }

  // Every step makes a measure smaller (what may yet be done, queued, handles, letters, steps left), so that no walk is
  // endless: "never final" can only be a state without a next one.
  void steps_of_worker(const State& now) {
    if (!now.is_idle()) return after_logic(now);
    if (now.finals) return;
    if (now.queued) {
      State to = now;
      --to.queued;
      if (now.may_lie) {
        State lies = to;
        --lies.may_lie;
        ++lies.lying;
        run(lies, "deliver, lie", false, 0, true);
      }
      ++to.taken;
      run_all(to, "deliver", true);
    } else if (now.letters && now.kept) {
      State to = now;
      --to.letters;
      --to.kept;
      run_all(to, "read letter", !design_.finisher_releases);
    }
  }
  // An activation with every choice its logic has.
  void run_all(const State& state, const std::string& how, bool is_counted) {
    for (int emits = 0; emits <= std::min(2, state.may_emit); ++emits) run(state, how, false, emits, is_counted);
    if (state.may_suspend) run(state, how, true, 0, is_counted);
  }
  void run(State to, const std::string& how, bool suspends, int emits, bool is_counted) {
    to.emitted = emits;
    to.made += emits;
    to.may_emit -= emits;
    to.suspends = suspends;
    to.may_suspend -= suspends;
    to.handles += suspends;
    to.next_step = 0;
    to.is_counted = is_counted;
    add(how + (suspends ? ", suspend" : emits ? ", emit " + std::to_string(emits) : ""), to);
  }
  void after_logic(const State& now) {
    State to = now;
    const Step step = design_.after_logic[static_cast<size_t>(now.next_step)];
    to.next_step = static_cast<size_t>(now.next_step) + 1 < design_.after_logic.size() ? now.next_step + 1 : -1;
    switch (step) {
      case count_children:
        to.outstanding += now.emitted;
        to.queued += now.emitted;
        to.emitted = 0;
        return add("count children", to);
      case count_suspension:
        to.outstanding += now.suspends;
        to.kept += now.suspends;
        to.suspends = 0;
        return add("count suspension", to);
      case release:
        to.outstanding -= now.is_counted;
        return add("release", to);
      case test:
        return tested(to, "test");
    }
  }
  void tested(State to, const std::string& who) {
    if (to.outstanding > 0) return add(who + ", not yet", to);
    if (to.lying) {  // the flush runs an activation that nobody counted: its end is tested again
      to.taken += to.lying;
      to.lying = 0;
      return run_all(to, who + ", flush", false);
    }
    ++to.finals;
    add(who + ", final", to);
  }
  void steps_of_finishers(const State& now) {
    if (now.handles) {
      State to = now;
      --to.handles;
      ++to.letters;
      to.finishers += design_.finisher_releases;
      add("finish", to);
    }
    if (now.finishers) {
      State to = now;
      --to.finishers;
      --to.outstanding;
      if (to.lying) return add("finisher releases", to);  // it cannot flush
      tested(to, "finisher releases");
    }
  }

  std::string path(const State& state) const {
    std::string text;
    for (const State* at = &state; *at != State{}; at = &seen_.at(*at).from) text = seen_.at(*at).step + "; " + text;
    return text;
  }

  const Design design_;
  std::map<State, Origin> seen_;
  std::vector<std::pair<std::string, State>> next_;
};

}  // namespace

TEST_CASE("counted before released, and letters read on the worker: every job ends once, with nothing left") {
  Checker checker(kRight);
  CHECK(checker.violation() == "");
  CHECK(checker.states() > 1000);  // the walk went somewhere
}

TEST_CASE("a parent released before its children are counted ends the job too early") {
  CHECK(Checker(kReleasedBeforeChildrenCounted).violation() ==
        "deliver, emit 1; release; test, final: final with work left");
}

TEST_CASE("a test before suspensions are counted ends the job too early") {
  CHECK(Checker(kTestedBeforeSuspensionCounted).violation() ==
        "deliver, suspend; count children; release; test, final: final with work left");
}

TEST_CASE("a finishing thread that counts down itself ends the job before the rest has run") {
  CHECK(Checker(kReleasedByFinisher).violation() ==
        "deliver, suspend; finish; finisher releases, final: final with work left");
}
