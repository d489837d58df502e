#include <rapidcheck.h>

#include <vector>

#include "catch.hpp"
#include "job/trace_log.hpp"

using namespace runnel::core;

namespace {

void add_numbered(TraceLog& log, int64_t from, int64_t to) {
  for (int64_t i = from; i < to; ++i) log.add({i, missing(), missing(), missing()});
}

std::vector<int64_t> kept(const TraceLog& log) {
  std::vector<int64_t> result;
  for (size_t i = 0; i < log.size(); ++i) result.push_back(log.at(i).time_us);
  return result;
}

}  // namespace

TEST_CASE("a trace log keeps the first and the last half of its limit and counts the rest") {
  TraceLog log;
  log.set_limit(4);
  add_numbered(log, 0, 4);
  CHECK(kept(log) == std::vector<int64_t>{0, 1, 2, 3});
  CHECK(log.dropped() == 0);
  add_numbered(log, 4, 9);
  CHECK(kept(log) == std::vector<int64_t>{0, 1, 7, 8});
  CHECK(log.dropped() == 5);
}

TEST_CASE("any limit, 0 and 1 too, keeps what a plain list would show") {
  CHECK(rc::check([] {
    const auto limit = *rc::gen::inRange<uint32_t>(0, 12);
    const auto count = *rc::gen::inRange<int64_t>(0, 60);
    TraceLog log;
    log.set_limit(limit);
    add_numbered(log, 0, count);
    std::vector<int64_t> expected;
    const int64_t first = limit / 2;
    const int64_t last = count - (static_cast<int64_t>(limit) - first);
    for (int64_t i = 0; i < count; ++i) {
      if (count <= limit || i < first || i >= last) expected.push_back(i);
    }
    RC_ASSERT(kept(log) == expected);
    RC_ASSERT(log.dropped() + log.size() == static_cast<uint64_t>(count));
  }));
}

TEST_CASE("a cleared trace log starts anew") {
  TraceLog log;
  log.set_limit(3);
  add_numbered(log, 0, 8);
  log.clear();
  CHECK(log.size() == 0);
  CHECK(log.dropped() == 0);
  add_numbered(log, 20, 24);
  CHECK(kept(log) == std::vector<int64_t>{20, 22, 23});
}
