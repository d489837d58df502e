// The options of run that end it before its input does, and what is said about its end.
#include <CLI/CLI.hpp>
#include <charconv>
#include <cmath>
#include <stdexcept>

#include "base/diagnostic.hpp"
#include "config/scalar.hpp"
#include "option_groups.hpp"
#include "run_plan.hpp"

namespace runnel::cli {

namespace {

constexpr double kLongest = 1e9;  // seconds

std::string shown(const std::string& text) { return text.empty() ? " \"\"" : " " + core::printable(text); }

std::optional<std::chrono::microseconds> duration_of(const std::string& option, const std::string& text, bool zero) {
  const std::optional<double> seconds = core::read_duration(text);
  if (!seconds || !(*seconds >= 0) || (*seconds <= 0 && !zero)) {
    throw std::invalid_argument(option + shown(text) + ": is not a duration" + (zero ? "" : " above 0") +
                                ", as in 500ms, 10s or 5m");
  }
  const auto us = std::llround(std::min(*seconds, kLongest) * 1e6);
  return std::chrono::microseconds(std::max<int64_t>(us, zero ? 0 : 1));
}

void read_max_failures(const std::string& text, StopLimits& limits) {
  const bool is_percent = text.ends_with('%');
  const char* const end = text.data() + text.size() - (is_percent ? 1 : 0);
  uint64_t count = 0;
  double percent = 0;
  const auto [stop, error] =
      is_percent ? std::from_chars(text.data(), end, percent) : std::from_chars(text.data(), end, count);
  if (error != std::errc{} || stop != end || !(percent >= 0) || percent > 100)
    throw std::invalid_argument("--max-failures" + shown(text) + ": is neither a number of jobs nor 0% to 100%");
  if (is_percent) {
    limits.max_percent = percent;
  } else {
    limits.max_failures = count;
  }
}

}  // namespace

void add_stop_options(CLI::App& app, RunArguments& arguments) {
  app.add_flag("--fail-fast", arguments.fail_fast,
               "After the first failed job admit no more; what is under way goes on to its end");
  app.add_option(
         "--max-failures", arguments.max_failures,
         "The same after more than N failed jobs (0: the first); N%: when more than N% of the finished jobs have "
         "failed and 100 are finished (0%: the first). Jobs of this run are counted, not of the one resumed")
      ->type_name("N|N%");
  app.add_option("--bad-input", arguments.bad_input,
                 "A bad line becomes a failed record (record, default), only a count (skip), or ends the run as "
                 "--fail-fast (fail)")
      ->type_name("WHAT")
      ->check(CLI::IsMember({"record", "skip", "fail"}));
  app.add_option("--timeout", arguments.timeout,
                 "Time of the whole run, from its first job on; then it ends as by a signal, --grace included, with "
                 "exit 124. --grace 0 cancels at once")
      ->type_name("TIME");
  app.add_option("--job-timeout", arguments.job_timeout,
                 "Time of each job, or the flow's execution.timeout if that is shorter; it then fails (code timeout)")
      ->type_name("TIME");
  app.add_option(
         "--grace", arguments.grace,
         "Time that jobs under way have after SIGINT, SIGTERM, SIGHUP or --timeout (default 10s); then they are "
         "cancelled. A second signal cancels at once")
      ->type_name("TIME");
  app.add_flag("--isolate", arguments.isolate,
               "Run the jobs in processes of their own, one for each worker: a routine that crashes, calls exit() or "
               "does not return costs its job (it fails, code crash) and nothing else. With --output, a job that has "
               "killed three processes is not run again (quarantined)");
  app.add_option("--summary", arguments.summary,
                 "Write how many jobs ended how, all and by worker, as JSON to this file when the run has ended, also "
                 "when it was stopped; - is stderr")
      ->type_name("FILE");
}

StopTimes stop_times(const RunArguments& arguments) {
  StopTimes times;
  if (arguments.grace) times.grace = *duration_of("--grace", *arguments.grace, true);
  if (arguments.timeout) {
    times.timeout = duration_of("--timeout", *arguments.timeout, false);
    times.timeout_text = core::printable(*arguments.timeout);
  }
  return times;
}

int64_t job_timeout_us(const RunArguments& arguments) {
  return arguments.job_timeout ? duration_of("--job-timeout", *arguments.job_timeout, false)->count() : 0;
}

StopLimits stop_limits(const RunArguments& arguments) {
  StopLimits limits;
  limits.fail_fast = arguments.fail_fast;
  limits.stop_at_bad_input = arguments.bad_input == "fail";
  if (arguments.max_failures) read_max_failures(*arguments.max_failures, limits);
  return limits;
}

}  // namespace runnel::cli
