// time_provider: adds the time to the item; the job's clock, so that runs can be repeated.
#include <chrono>
#include <cstdio>
#include <runnel/routine.hpp>
#include <string>

#include "field.hpp"

namespace {

using runnel::builtin::Field;
using std::chrono::microseconds;

constexpr const char* kDays[] = {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
constexpr const char* kMonths[] = {"January", "February", "March",     "April",   "May",      "June",
                                   "July",    "August",   "September", "October", "November", "December"};
constexpr std::string_view kLetters = "YmdHIMSfpjaAbBywuzsFT%";

// A point in time in its parts, as the clocks of a time zone show it.
struct Parts {
  Parts(int64_t us, int offset_minutes) {
    const auto local = std::chrono::sys_time<microseconds>(microseconds(us)) + std::chrono::minutes(offset_minutes);
    const auto midnight = std::chrono::floor<std::chrono::days>(local);
    const std::chrono::year_month_day date(midnight);
    const auto rest = (local - midnight).count();
    year = static_cast<int>(date.year());
    month = static_cast<unsigned>(date.month());
    day = static_cast<unsigned>(date.day());
    weekday = std::chrono::weekday(midnight).c_encoding();
    day_of_year =
        static_cast<unsigned>((midnight - std::chrono::sys_days(date.year() / std::chrono::January / 1)).count() + 1);
    fraction = static_cast<unsigned>(rest % 1'000'000);
    const auto seconds = static_cast<unsigned>(rest / 1'000'000);
    hour = seconds / 3600;
    minute = seconds / 60 % 60;
    second = seconds % 60;
  }
  int year;
  unsigned month, day, weekday, day_of_year, hour, minute, second, fraction;
};

void add_number(std::string& out, unsigned number, int digits) {
  char text[16];
  out.append(text, static_cast<size_t>(std::snprintf(text, sizeof text, "%0*u", digits, number)));
}

// "UTC", "Z" or "+02:00" in minutes.
int read_offset(const std::string& zone) {
  if (zone == "UTC" || zone == "Z") return 0;
  const auto digit = [&](size_t at) { return zone[at] >= '0' && zone[at] <= '9' ? zone[at] - '0' : 1000; };
  if (zone.size() == 6 && (zone[0] == '+' || zone[0] == '-') && zone[3] == ':') {
    const int hours = digit(1) * 10 + digit(2), minutes = digit(4) * 10 + digit(5);
    if (hours <= 23 && minutes <= 59) return (hours * 60 + minutes) * (zone[0] == '-' ? -1 : 1);
  }
  throw runnel::ConfigError("timezone",
                            '"' + zone +
                                "\" is not a time zone here; write UTC or a fixed offset such as \"+02:00\" "
                                "(names such as Europe/Berlin are not known)");
}

class TimeProvider {
 public:
  explicit TimeProvider(runnel::Config config)
      : field_("time_provider", config.string("field"), "field"),
        format_(config.string("format")),
        offset_(read_offset(config.string("timezone"))) {
    if (format_ == "date") pattern_ = "%F";
    if (format_ == "time") pattern_ = "%T";
    if (format_ == "iso") pattern_ = "%FT%T.%f%z";
    if (format_ == "custom") {
      pattern_ = config.string("custom_format");
      check(pattern_);
    }
  }

  void activate(runnel::Activation& in) {
    const runnel::Items items = in.slot("input");
    for (uint32_t i = 0; i < items.size(); ++i) in.emit("output", field_.replace(in, items[i], time(in)));
  }

  static constexpr auto spec() {
    return runnel::routine("time_provider", "Adds the time to the item")
        .slot("input", "an object; null counts as an empty one")
        .event("output", "the item with the time in it, or the time")
        .param("field", runnel::kind::string, "\"timestamp\"",
               "path in the item the time is put at; $: the time itself is emitted")
        .param("format", runnel::kind::string, "\"iso\"",
               "iso: 2024-01-01T10:00:00.000000Z; unix, unix_ms: seconds or milliseconds since 1970, an integer; "
               "date: 2024-01-01; time: 10:00:00; custom: by custom_format")
        .choices("iso|unix|unix_ms|date|time|custom")
        .param("custom_format", runnel::kind::string, "\"%Y-%m-%d %H:%M:%S\"",
               "%Y %m %d %H %I %M %S %f (microseconds) %p %j %a %A %b %B (English) %y %w %u %z %s %F %T %%")
        .param("timezone", runnel::kind::string, "\"UTC\"", "UTC or a fixed offset such as \"+02:00\"");
  }

 private:
  static void check(const std::string& pattern) {
    for (size_t at = pattern.find('%'); at != std::string::npos; at = pattern.find('%', at + 2)) {
      if (at + 1 < pattern.size() && kLetters.find(pattern[at + 1]) != std::string_view::npos) continue;
      throw runnel::ConfigError(
          "custom_format",
          (at + 1 < pattern.size() ? '"' + pattern.substr(at, 2) + "\" is not known" : std::string("a % at the end")) +
              "; %Y %m %d %H %I %M %S %f %p %j %a %A %b %B %y %w %u %z %s %F %T and %% are",
          at);
    }
  }

  runnel::Value time(runnel::Activation& in) {
    const int64_t now = in.now_us();
    if (format_ == "unix") return std::chrono::floor<std::chrono::seconds>(microseconds(now)).count();
    if (format_ == "unix_ms") return std::chrono::floor<std::chrono::milliseconds>(microseconds(now)).count();
    if (format_ == "iso" && offset_ == 0) return in.time(now);
    out_.clear();
    write(pattern_, Parts(now, offset_), now);
    return in.string(out_);
  }

  void write(std::string_view pattern, const Parts& parts, int64_t now) {
    for (size_t i = 0; i < pattern.size(); ++i) {
      if (pattern[i] == '%') {
        write_part(pattern[++i], parts, now);
      } else {
        out_ += pattern[i];
      }
    }
  }

  void write_part(char letter, const Parts& parts, int64_t now) {
    switch (letter) {
      case 'Y':
        return add_number(out_, static_cast<unsigned>(parts.year), 4);
      case 'y':
        return add_number(out_, static_cast<unsigned>(parts.year % 100), 2);
      case 'm':
        return add_number(out_, parts.month, 2);
      case 'd':
        return add_number(out_, parts.day, 2);
      case 'H':
        return add_number(out_, parts.hour, 2);
      case 'I':
        return add_number(out_, (parts.hour + 11) % 12 + 1, 2);
      case 'M':
        return add_number(out_, parts.minute, 2);
      case 'S':
        return add_number(out_, parts.second, 2);
      case 'f':
        return add_number(out_, parts.fraction, 6);
      case 'j':
        return add_number(out_, parts.day_of_year, 3);
      case 'w':
        return add_number(out_, parts.weekday, 1);
      case 'u':
        return add_number(out_, parts.weekday ? parts.weekday : 7, 1);
      case 'p':
        out_ += parts.hour < 12 ? "AM" : "PM";
        return;
      case 'a':
        out_.append(kDays[parts.weekday], 3);
        return;
      case 'A':
        out_ += kDays[parts.weekday];
        return;
      case 'b':
        out_.append(kMonths[parts.month - 1], 3);
        return;
      case 'B':
        out_ += kMonths[parts.month - 1];
        return;
      case 's':
        out_ += std::to_string(std::chrono::floor<std::chrono::seconds>(microseconds(now)).count());
        return;
      case 'z':
        out_ += offset_ < 0 ? '-' : '+';
        add_number(out_, static_cast<unsigned>(offset_ < 0 ? -offset_ : offset_) / 60, 2);
        out_ += ':';
        return add_number(out_, static_cast<unsigned>(offset_ < 0 ? -offset_ : offset_) % 60, 2);
      case 'F':
        return write("%Y-%m-%d", parts, now);
      case 'T':
        return write("%H:%M:%S", parts, now);
      default:
        out_ += letter;  // %%
    }
  }

  Field field_;
  std::string format_, pattern_;
  int offset_;
  std::string out_;  // scratch
};

}  // namespace

RUNNEL_PLUGIN("time_provider", "0.1.0", TimeProvider)
