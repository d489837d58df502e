// run: jobs from JSON lines, records to stdout.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <runnel/batch.hpp>
#include <stdexcept>

#include "inputs.hpp"
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

// Records go to a descriptor of our own; whatever else writes to stdout from now on lands on stderr.
int take_stdout() {
  const int records = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 10);
  if (records >= 0) dup2(STDERR_FILENO, STDOUT_FILENO);
  return records;
}

void print_summary(const BatchResult& result) {
  const JobCounts& counts = result.counts;
  std::string text = std::to_string(counts.posted) + (counts.posted == 1 ? " job: " : " jobs: ") +
                     std::to_string(counts.completed) + " completed";
  if (counts.failed) text += ", " + std::to_string(counts.failed) + " failed";
  if (counts.cancelled) text += ", " + std::to_string(counts.cancelled) + " cancelled";
  if (counts.bad_input) text += " (" + std::to_string(counts.bad_input) + " bad lines)";
  say(text);
}

std::string usage_mistake(const RunArguments& arguments) {
  if (arguments.data && arguments.no_data) return "--data and --no-data exclude each other";
  if ((arguments.data || arguments.no_data) && !arguments.inputs.empty())
    return "--data takes the place of input files; give one or the other";
  if (arguments.flow == "-" && arguments.inputs.empty() && !arguments.data && !arguments.no_data) {
    return "the flow and the jobs cannot both come from standard input";
  }
  return "";
}

BatchOptions batch_options(const RunArguments& arguments) {
  BatchOptions options;
  if (!arguments.inputs.empty()) options.inputs = arguments.inputs;
  options.data = arguments.no_data ? std::optional<std::string>("null") : arguments.data;
  options.post = arguments.post;
  options.emit = arguments.emit;
  options.fields = arguments.fields;
  options.pretty = arguments.pretty;
  options.ascii = arguments.ascii;
  options.in_order = arguments.order == "input";
  options.window = arguments.window;
  return options;
}

}  // namespace

int run(const Classes& classes, const RunArguments& arguments) {
  if (const std::string mistake = usage_mistake(arguments); !mistake.empty()) return say(mistake), 2;
  FlowOptions flow_options;
  RuntimeOptions runtime;
  try {
    flow_options.environment = environment(arguments.flow_arguments.env_file);
    runtime.metadata = metadata_json(arguments.metadata);
  } catch (const std::invalid_argument& mistake) {
    return say(mistake.what()), 2;
  }
  flow_options.sets = arguments.flow_arguments.sets;
  flow_options.strict = arguments.flow_arguments.strict;
  flow_options.select = arguments.select;
  const Flow flow = Flow::load(arguments.flow, classes, flow_options);
  if (!flow || !arguments.quiet) write_all(STDERR_FILENO, flow.report());
  if (!flow) return 2;

  runtime.workers = arguments.workers;
  runtime.deterministic = arguments.deterministic;
  runtime.trace_level = level_of(arguments.trace_level);
  BatchOptions batch = batch_options(arguments);
  const bool interactive = !batch.data && batch.inputs.front() == "-" && isatty(STDIN_FILENO);
  if (interactive && !arguments.quiet) say("reading JSON lines from the terminal, one job each; Ctrl-D ends");
  if (arguments.workers > 1 && workers_for(flow, arguments.workers) == 1 && !arguments.quiet) {
    say("the flow keeps state between jobs, so it runs on 1 worker, not " + std::to_string(arguments.workers));
  }
  const bool reads_stdin =
      !batch.data && std::find(batch.inputs.begin(), batch.inputs.end(), "-") != batch.inputs.end();
  if (reads_stdin && was_closed(STDIN_FILENO)) return say("standard input is closed; name a file or use --data"), 2;
  batch.output = was_closed(STDOUT_FILENO) ? -1 : take_stdout();
  if (batch.output < 0) return say("standard output is closed"), 74;

  const BatchResult result = run_batch(flow, runtime, batch);
  const bool closed = close(batch.output) == 0 || errno == EINTR;
  if (!result.message.empty()) say(result.message);
  if (!closed && result.exit_code <= 1) return say("cannot write the output: closing it failed"), 74;
  if (isatty(STDERR_FILENO) && !arguments.quiet && result.exit_code != 141 && result.exit_code != 2)
    print_summary(result);
  return result.exit_code;
}

}  // namespace runnel::cli
