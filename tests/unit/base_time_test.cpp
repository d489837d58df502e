#include <rapidcheck.h>

#include <ctime>
#include <set>

#include "base/clock.hpp"
#include "base/job_id.hpp"
#include "catch.hpp"

using namespace runnel::core;

TEST_CASE("times are written in UTC with microseconds") {
  TimeWriter writer;
  CHECK(writer.text(0) == "1970-01-01T00:00:00.000000Z");
  CHECK(writer.text(1'704'103'200'000'000) == "2024-01-01T10:00:00.000000Z");
  CHECK(writer.text(951'868'799'999'999) == "2000-02-29T23:59:59.999999Z");
  CHECK(writer.text(-1) == "1969-12-31T23:59:59.999999Z");
  CHECK(writer.text(253'402'300'799'999'999) == "9999-12-31T23:59:59.999999Z");
  CHECK(writer.text(INT64_MAX) == "9999-12-31T23:59:59.999999Z");
  CHECK(writer.text(INT64_MIN) == "0000-01-01T00:00:00.000000Z");
}

TEST_CASE("times agree with the C library's calendar") {
  CHECK(rc::check([] {
    const int64_t time = *rc::gen::inRange<int64_t>(-62'135'596'800'000'000, 253'402'300'799'999'999);
    int64_t second = time / 1'000'000;
    if (time % 1'000'000 < 0) --second;
    const time_t seconds = second;
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    char expected[64];
    std::snprintf(expected, sizeof expected, "%04d-%02d-%02dT%02d:%02d:%02d.%06dZ", parts.tm_year + 1900,
                  parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec,
                  static_cast<int>(time - second * 1'000'000));
    TimeWriter writer;
    RC_ASSERT(writer.text(time) == expected);
    RC_ASSERT(writer.text(time) == expected);  // from the kept second
  }));
}

TEST_CASE("a job's clock never runs back") {
  JobClock clock;
  int64_t last = clock.now();
  CHECK(last > 1'600'000'000'000'000);
  for (int i = 0; i < 1000; ++i) {
    const int64_t now = clock.now();
    REQUIRE(now >= last);
    last = now;
  }
}

TEST_CASE("a job's virtual clock starts at its ordinal's second and goes on by a microsecond") {
  JobClock clock = JobClock::virtual_for(3);
  TimeWriter writer;
  CHECK(writer.text(clock.now()) == "2000-01-01T00:00:03.000000Z");
  CHECK(writer.text(clock.now()) == "2000-01-01T00:00:03.000001Z");
}

TEST_CASE("ids are UUIDs of version 7, in the order of their milliseconds, and differ") {
  UuidSource source;
  const auto make = [&](int64_t time_us) {
    std::string id(kUuidSize, '\0');
    REQUIRE(source.write(id.data(), time_us) == id.data() + kUuidSize);
    return id;
  };
  CHECK(make(0x017f22e279b0 * int64_t{1000} + 999).starts_with("017f22e2-79b0-7"));
  std::set<std::string> seen;
  for (int64_t i = 0; i < 10'000; ++i) {
    const std::string id = make(1'704'103'200'000'000 + i);
    REQUIRE(id.find_first_not_of("0123456789abcdef-") == std::string::npos);
    for (const size_t dash : {8u, 13u, 18u, 23u}) REQUIRE(id[dash] == '-');
    REQUIRE(id[14] == '7');
    REQUIRE(std::string("89ab").find(id[19]) != std::string::npos);
    REQUIRE(seen.insert(id).second);
  }
  CHECK(make(1'704'103'200'000'000) < make(1'704'103'200'001'000));
}

TEST_CASE("the ids of two sources differ") {
  UuidSource one, other;
  char a[kUuidSize], b[kUuidSize];
  one.write(a, 0);
  other.write(b, 0);
  CHECK(std::string(a, kUuidSize) != std::string(b, kUuidSize));
}

TEST_CASE("a stable id is the ordinal and the hash of the line") {
  CHECK(hex16(0x1f) == "000000000000001f");
  CHECK(stable_job_id(12, 0xfedcba9876543210u) == "12-fedcba9876543210");
}

TEST_CASE("a tick clock keeps to the system's clock, before and after it knows the rate") {
  TickClock ticks;
  for (int i = 0; i < 2'000'000; ++i) {  // through several settings
    const int64_t before = wall_clock_us();
    const int64_t shown = ticks.now_us();
    const int64_t after = wall_clock_us();
    // A thread that was held up between the readings proves nothing.
    if (after - before < 50 && (shown < before - 200 || shown > after + 200))
      FAIL("shown " << shown << ", is " << before);
  }
}

TEST_CASE("a job's clock on ticks never runs back") {
  TickClock ticks;
  JobClock clock(ticks);
  int64_t last = 0;
  bool back = false;
  for (int i = 0; i < 2'000'000; ++i) {
    const int64_t now = clock.now();
    back = back || now < last;
    last = now;
  }
  CHECK_FALSE(back);
}
