// run and replay: jobs from input or earlier records, records to stdout.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <runnel/batch.hpp>
#include <stdexcept>
#include <system_error>

#include "going_on.hpp"
#include "inputs.hpp"
#include "run_flow.hpp"
#include "run_plan.hpp"
#include "stop_signals.hpp"
#include "summary.hpp"
#include "verbs.hpp"

namespace runnel::cli {

namespace {

std::optional<TraceLevel> level_of(const std::string& name) {
  if (name == "off") return TraceLevel::off;
  if (name == "user") return TraceLevel::user;
  if (name == "flow") return TraceLevel::flow;
  if (name == "data") return TraceLevel::data;
  return std::nullopt;
}

std::vector<std::string> files_of(const RunArguments& arguments, const BatchOptions& batch) {
  std::vector<std::string> files;
  if (!batch.data) files = batch.inputs;
  if (!arguments.script && arguments.flow != "-") files.push_back(arguments.flow);
  if (batch.file) files.insert(files.end(), {batch.file->path, batch.file->path + ".state"});
  return files;
}

}  // namespace

int run(const Classes& classes, const RunArguments& arguments) {
  if (const std::string mistake = usage_mistake(arguments); !mistake.empty()) return say(mistake), 2;
  FlowOptions flow_options;
  flow_options.window = arguments.window;
  RuntimeOptions runtime;
  BatchOptions batch;
  StopTimes times;
  try {
    flow_options.environment = environment(arguments.flow_arguments.env_file);
    flow_options.metadata_from = named_expressions("--metadata-from", arguments.metadata_from);
    runtime.metadata = metadata_json(arguments.metadata_file, arguments.metadata);
    batch = batch_options(arguments);
    times = stop_times(arguments);
    flow_options.job_timeout_us = job_timeout_us(arguments);
  } catch (const std::invalid_argument& mistake) {
    return say(mistake.what()), 2;
  }
  flow_options.sets = arguments.flow_arguments.sets;
  flow_options.strict = arguments.flow_arguments.strict;
  flow_options.untrusted = arguments.flow_arguments.untrusted;
  flow_options.select = arguments.select;
  flow_options.where = arguments.where;
  flow_options.job_id_from = arguments.job_id_from;
  flow_options.plugins = arguments.flow_arguments.plugins;
  runtime.workers = arguments.workers;
  runtime.deterministic = arguments.deterministic;
  runtime.trace_level = level_of(arguments.trace_level);
  RunFlow loaded = load_run_flow(classes, arguments, flow_options, runtime, batch);
  if (loaded.exit_code) return loaded.exit_code;
  const Flow& flow = loaded.flow;
  batch.isolation = loaded.isolation.get();
  if (arguments.dry_run) return print_plan(flow, runtime, batch);
  const bool interactive = !batch.data && !batch.inputs.empty() && batch.inputs.front() == "-" && isatty(STDIN_FILENO);
  if (interactive && !arguments.quiet)
    say("reading " + (batch.input_format == "jsonl" ? "JSON lines" : batch.input_format) +
        " from the terminal, one job each; Ctrl-D ends");
  if (const std::string note = note_on_workers(flow, arguments.workers); !note.empty() && !arguments.quiet) say(note);
  if (const auto ids = routines_reaching_out(flow); arguments.deterministic && !ids.empty() && !arguments.quiet)
    say("--deterministic does not cover what routine \"" + ids[0] + "\" answers: it reaches outside");
  const bool reads_stdin =
      !batch.data && std::find(batch.inputs.begin(), batch.inputs.end(), "-") != batch.inputs.end();
  if (reads_stdin && was_closed(STDIN_FILENO))
    return say("standard input is closed; name a file" + std::string(arguments.is_replay ? "" : " or use --data")), 2;
  batch.output = take_stdout();
  if (batch.output < 0 && !batch.file) return say("standard output is closed"), 74;

  Summary summary;
  if (!arguments.summary.empty()) {
    if (const std::string mistake = summary.open(arguments.summary, files_of(arguments, batch)); !mistake.empty())
      return say(mistake), mistake.starts_with("cannot") ? 73 : 2;
  }
  const auto start = std::chrono::steady_clock::now();
  std::optional<StopSignals> signals;
  try {
    times.how_to_go_on = how_to_go_on(arguments, batch, nullptr);
    signals.emplace(batch.stopper.emplace(), times);
  } catch (const std::system_error& error) {
    return say("cannot start the thread for signals: " + std::string(error.what())), 71;
  }
  BatchResult result = run_batch(flow, runtime, batch);
  signals.reset();
  loaded.isolation.reset();
  const bool was_stopped = result.exit_code == kTimeoutExit || (result.exit_code > 128 && result.exit_code != 141);
  if (was_stopped) result.message += how_to_go_on(arguments, batch, &result.counts.posted);
  const bool closed = batch.file || close(batch.output) == 0 || errno == EINTR;
  if (!result.message.empty()) say(result.message);
  if (result.late_finishes && !arguments.quiet)
    say(std::to_string(result.late_finishes) +
        " suspended activations were finished twice or after their job had ended, which did nothing");
  if (!closed && (result.exit_code <= 1 || result.exit_code == kTimeoutExit)) {
    say("cannot write the output: closing it failed");
    result.exit_code = 74;
  }
  if (summary.is_open() && result.exit_code != 2) {
    const std::string failure = summary.write(result, std::chrono::steady_clock::now() - start);
    if (!failure.empty()) say(failure);
    if (!failure.empty() && (result.exit_code <= 1 || result.exit_code == kTimeoutExit)) result.exit_code = 74;
  }
  if (isatty(STDERR_FILENO) && !arguments.quiet && result.exit_code != 141 && result.exit_code != 2)
    print_summary(result);
  if (result.must_end) _exit(result.exit_code);
  return result.exit_code;
}

}  // namespace runnel::cli
