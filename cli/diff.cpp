// diff: two runs compared job by job.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstring>
#include <runnel/diff.hpp>

#include "option_groups.hpp"
#include "verbs.hpp"

namespace runnel::cli {

void add_diff_options(CLI::App& app, DiffArguments& arguments) {
  app.add_option("A", arguments.a, "Records of the one run; - is standard input. gzip and zstd are unpacked")
      ->required()
      ->type_name("FILE");
  app.add_option("B", arguments.b, "Records of the other run")->required()->type_name("FILE");
  app.add_option(
         "--ignore", arguments.ignore,
         "Pass over this path of the records, too: trace_log, data.items[*].price, metadata.*, data[\"a.b\"][0] "
         "(repeatable)")
      ->type_name("PATH")
      ->allow_extra_args(false);
  app.add_option(
         "--format", arguments.format,
         "text (default); json: a line for each job that differs, {a, b, differences}; a or b is null where the "
         "job is only in the other")
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"text", "json"}));
  app.add_flag("-q,--quiet", arguments.quiet, "Print nothing; the exit code says it");
  app.footer(
      "A job of A is found in B by replay_of, if one run is a replay, else by input.ordinal if all records have it "
      "(--record-input, --output), else by job_id,\n"
      "else by its place in the file. Never compared: job_id, worker_id, created_at, completed_at, replay_of, input,\n"
      "trace_log[*].timestamp, error_detail.location, errors[*].location; nor `post` that only one record has. Numbers "
      "are\n"
      "compared by value (1.0 is 1), objects whatever the order of their keys.\n"
      "Exit codes: 0 the runs are the same; 1 they differ; 2 usage, or a file is not readable or holds something else "
      "than "
      "records; 74 input or output failed; 141 the reader of the output went away");
}

int diff(const DiffArguments& arguments) {
  if ((arguments.a == "-" || arguments.b == "-") && was_closed(STDIN_FILENO))
    return say("standard input is closed; name a file"), 2;
  const int output = take_stdout();
  if (output < 0 && !arguments.quiet) return say("standard output is closed"), 74;
  int write_error = 0;
  DiffOptions options;
  options.ignore = arguments.ignore;
  options.as_json = arguments.format == "json";
  options.quiet = arguments.quiet;
  options.write = [&](std::string_view text) {
    if (write_all(output, text)) return true;
    write_error = errno;
    return false;
  };
  if (!arguments.quiet) options.note = [](const std::string& text) { say(text); };
  const DiffResult result = diff_runs(arguments.a, arguments.b, options);
  if (write_error == EPIPE) return 141;
  if (write_error) return say(std::string("cannot write the output: ") + std::strerror(write_error)), 74;
  if (!result.message.empty()) say(result.message);
  if (!arguments.quiet && close(output) != 0 && errno != EINTR && result.exit_code <= 1)
    return say("cannot write the output: closing it failed"), 74;
  return result.exit_code;
}

}  // namespace runnel::cli
