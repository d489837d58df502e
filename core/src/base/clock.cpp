#include "base/clock.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <ctime>

namespace runnel::core {
namespace {

constexpr int64_t kSecond = 1'000'000;
constexpr int64_t kVirtualStart = 946'684'800 * kSecond;  // 2000-01-01T00:00:00Z
constexpr int64_t kFirstSecond = -62'167'219'200;         // 0000-01-01T00:00:00Z
constexpr int64_t kLastSecond = 253'402'300'799;          // 9999-12-31T23:59:59Z

int64_t read_clock(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return static_cast<int64_t>(time.tv_sec) * kSecond + time.tv_nsec / 1000;
}

void put_digits(char* out, int count, int64_t number) {
  for (int i = count - 1; i >= 0; --i, number /= 10) out[i] = static_cast<char>('0' + number % 10);
}

constexpr auto kPairs = [] {
  std::array<char, 200> pairs{};
  for (size_t i = 0; i < 100; ++i) {
    pairs[2 * i] = static_cast<char>('0' + i / 10);
    pairs[2 * i + 1] = static_cast<char>('0' + i % 10);
  }
  return pairs;
}();

void put_pair(char* out, uint64_t number) { std::memcpy(out, kPairs.data() + 2 * number, 2); }

// Days since 1970-01-01 to year, month, day: http://howardhinnant.github.io/date_algorithms.html#civil_from_days
void put_date(char* out, int64_t days) {
  days += 719'468;
  const int64_t era = (days >= 0 ? days : days - 146'096) / 146'097;
  const int64_t day_of_era = days - era * 146'097;
  const int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int64_t shifted_month = (5 * day_of_year + 2) / 153;  // March is 0
  const int64_t month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
  put_digits(out, 4, year_of_era + era * 400 + (month <= 2));
  put_digits(out + 5, 2, month);
  put_digits(out + 8, 2, day_of_year - (153 * shifted_month + 2) / 5 + 1);
  out[4] = out[7] = '-';
}

}  // namespace

int64_t wall_clock_us() { return read_clock(CLOCK_REALTIME); }
int64_t monotonic_us() { return read_clock(CLOCK_MONOTONIC); }
int64_t coarse_monotonic_us() { return read_clock(CLOCK_MONOTONIC_COARSE); }
int64_t thread_cpu_us() { return read_clock(CLOCK_THREAD_CPUTIME_ID); }

JobClock JobClock::virtual_for(uint64_t ordinal) {
  JobClock clock;
  clock.virtual_ = true;
  clock.last_ = kVirtualStart + static_cast<int64_t>(ordinal) * kSecond;
  return clock;
}

void TimeWriter::keep_second(int64_t second) {
  second_us_ = static_cast<uint64_t>(second * kSecond);
  int64_t days = second / 86'400;
  int64_t in_day = second % 86'400;
  if (in_day < 0) in_day += 86'400, --days;
  put_date(cached_, days);
  put_digits(cached_ + 11, 2, in_day / 3600);
  put_digits(cached_ + 14, 2, in_day / 60 % 60);
  put_digits(cached_ + 17, 2, in_day % 60);
  cached_[10] = 'T';
  cached_[13] = cached_[16] = ':';
  cached_[19] = '.';
}

char* TimeWriter::write(char* out, int64_t time_us) {
  auto rest = static_cast<uint64_t>(time_us) - second_us_;
  if (rest >= kSecond || cached_[0] == 0) {
    time_us = std::clamp(time_us, kFirstSecond * kSecond, kLastSecond * kSecond + kSecond - 1);
    int64_t second = time_us / kSecond;
    if (time_us % kSecond < 0) --second;
    keep_second(second);
    rest = static_cast<uint64_t>(time_us) - second_us_;
  }
  std::memcpy(out, cached_, sizeof cached_);
  put_pair(out + 20, rest / 10'000);
  put_pair(out + 22, rest / 100 % 100);
  put_pair(out + 24, rest % 100);
  out[26] = 'Z';
  return out + kTimeTextSize;
}

std::string TimeWriter::text(int64_t time_us) {
  std::string result(kTimeTextSize, '\0');
  write(result.data(), time_us);
  return result;
}

}  // namespace runnel::core
