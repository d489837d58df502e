#include <csignal>

#include "catch.hpp"
#include "embed/job_culprit.hpp"

using namespace runnel::core;

namespace {

constexpr int kExit0 = 0;
using Ordinals = std::vector<uint64_t>;

struct Death {
  Beat beat;
  DeathNote note;
  std::optional<Killing> killing;

  // The last one is next, the others wait.
  Culprit culprit(int status, Ordinals started, bool is_alone = false) const {
    Unresolved left{{}, {started.back()}, is_alone};
    started.pop_back();
    left.waiting = started;
    return find_culprit(beat, note, status, killing, left);
  }
};

}  // namespace

TEST_CASE("The job that ran on the thread that died is to blame, whoever waits") {
  Death death;
  death.beat.begin(7, 1234, 99);
  death.beat.enter(3, 99, false);
  death.note.on_worker.set();
  const Culprit found = death.culprit(SIGSEGV, {2, 3, 7});
  CHECK(found.ordinal == 7);
  CHECK(found.routine == 3);
  CHECK(found.created_at == 1234);
  CHECK_FALSE(found.is_outside);
}

TEST_CASE("Where two threads died at once, each job may have been the one") {
  Death death;
  death.beat.begin(7, 0, 99);
  death.note.on_worker.set();
  death.note.on_other.set();
  CHECK(death.culprit(SIGABRT, {2, 7}).suspects == Ordinals{7, 2});
}

TEST_CASE("A thread that nobody can name makes all that had begun suspects, the running one first") {
  Death death;
  death.beat.begin(7, 0, 99);
  SECTION("another thread") { death.note.on_other.set(); }
  SECTION("_exit() tells no thread") {}
  CHECK(death.culprit(kExit0, {2, 3, 7}).suspects == Ordinals{7, 2, 3});
  CHECK_FALSE(death.culprit(kExit0, {2, 3, 7}).ordinal);
  CHECK(death.culprit(kExit0, {7}, true).ordinal == 7);
}

TEST_CASE("An activation for several jobs is the fault of any of them") {
  Death death;
  death.beat.begin(7, 0, 99);
  death.beat.enter(1, 99, true);
  death.note.on_worker.set();
  CHECK(death.culprit(SIGABRT, {2, 3, 7}).suspects == Ordinals{7, 2, 3});
}

TEST_CASE("A process that others have ended is no job's fault") {
  Death death;
  death.beat.begin(7, 0, 99);
  for (const int signal : {SIGKILL, SIGTERM, SIGINT, SIGHUP, SIGQUIT}) {
    const Culprit found = death.culprit(signal, {7});
    CHECK(found.is_outside);
    CHECK_FALSE(found.ordinal);
  }
  death.note.on_worker.set();
  death.note.from_outside.set();
  CHECK(death.culprit(SIGSEGV, {7}).is_outside);
}

TEST_CASE("A job that is late is to blame, unless it was finished in the last moment") {
  Death death;
  death.beat.begin(7, 0, 99);
  death.killing = Killing{Killing::Reason::late, 7};
  CHECK(death.culprit(SIGKILL, {2, 7}).ordinal == 7);
  CHECK(death.culprit(SIGKILL, {2, 7}).is_late);
  CHECK_FALSE(death.culprit(SIGKILL, {2, 8}).ordinal);
  CHECK(death.culprit(SIGKILL, {2, 8}).suspects.empty());
  death.killing->ordinal = 0;  // an activation for several
  CHECK(death.culprit(SIGKILL, {2, 7}).suspects == Ordinals{7, 2});
  CHECK(death.culprit(SIGKILL, {2}).ordinal == 2);
}

TEST_CASE("Words that make no sense are the fault of any job that was sent") {
  Death death;
  death.beat.ordinal.store(0xeeeeeeeeeeeeeeee);
  death.beat.is_shared.store(0xeeeeeeee);
  death.killing = Killing{Killing::Reason::nonsense, 0};
  CHECK(death.culprit(SIGKILL, {4, 5}).suspects == Ordinals{4, 5});
  CHECK(death.culprit(SIGKILL, {5}).ordinal == 5);
  CHECK_FALSE(death.culprit(SIGKILL, {5}).is_late);
}

TEST_CASE("What happens beside the jobs' thread is the fault of a job only when it was alone") {
  Death death;
  SECTION("a thread died") { death.note.on_other.set(); }
  SECTION("the channel was closed") { death.killing = Killing{Killing::Reason::closed, 0}; }
  CHECK_FALSE(death.culprit(SIGABRT, {5}).ordinal);  // it is only the next
  CHECK(death.culprit(SIGABRT, {5}).suspects.empty());
  CHECK(death.culprit(SIGABRT, {2, 5}).suspects == Ordinals{2, 5});
  const Unresolved waits{{2}, {}, false};
  const Unresolved waits_alone{{2}, {}, true};
  CHECK(find_culprit(death.beat, death.note, SIGABRT, death.killing, waits).suspects == Ordinals{2});
  CHECK(find_culprit(death.beat, death.note, SIGABRT, death.killing, waits_alone).ordinal == 2);
  death.beat.begin(5, 0, 99);
  CHECK(death.culprit(SIGABRT, {5}).suspects == Ordinals{5});
  CHECK(death.culprit(SIGABRT, {5}, true).ordinal == 5);
}

TEST_CASE("A job that dies on its thread before it has begun is to blame") {
  Death death;
  death.note.on_worker.set();
  CHECK(death.culprit(SIGABRT, {5}).ordinal == 5);
}
