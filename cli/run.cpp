// run and replay: jobs from input or earlier records, records to stdout.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <runnel/batch.hpp>
#include <stdexcept>

#include "inputs.hpp"
#include "run_plan.hpp"
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

void print_summary(const BatchResult& result) {
  const JobCounts& counts = result.counts;
  std::string text = std::to_string(counts.posted) + (counts.posted == 1 ? " job: " : " jobs: ") +
                     std::to_string(counts.completed) + " completed";
  if (counts.failed) text += ", " + std::to_string(counts.failed) + " failed";
  if (counts.cancelled) text += ", " + std::to_string(counts.cancelled) + " cancelled";
  if (counts.bad_input) text += " (" + std::to_string(counts.bad_input) + " bad lines)";
  say(text);
}

}  // namespace

int run(const Classes& classes, const RunArguments& arguments) {
  if (const std::string mistake = usage_mistake(arguments); !mistake.empty()) return say(mistake), 2;
  FlowOptions flow_options;
  flow_options.window = arguments.window;
  RuntimeOptions runtime;
  BatchOptions batch;
  try {
    flow_options.environment = environment(arguments.flow_arguments.env_file);
    flow_options.metadata_from = named_expressions("--metadata-from", arguments.metadata_from);
    runtime.metadata = metadata_json(arguments.metadata_file, arguments.metadata);
    batch = batch_options(arguments);
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
  flow_options.child_first = true;
  const Flow flow = arguments.script ? Flow::from_script(*arguments.script, classes, flow_options)
                                     : Flow::load(arguments.flow, classes, flow_options);
  if (!flow || !arguments.quiet) write_all(STDERR_FILENO, flow.report());
  if (!flow) return flow.is_forbidden() ? 77 : 2;

  runtime.workers = arguments.workers;
  runtime.deterministic = arguments.deterministic;
  runtime.trace_level = level_of(arguments.trace_level);
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

  const BatchResult result = run_batch(flow, runtime, batch);
  const bool closed = batch.file || close(batch.output) == 0 || errno == EINTR;
  if (!result.message.empty()) say(result.message);
  if (result.late_finishes && !arguments.quiet)
    say(std::to_string(result.late_finishes) +
        " suspended activations were finished twice or after their job had ended, which did nothing");
  if (!closed && result.exit_code <= 1) {
    say("cannot write the output: closing it failed");
    if (result.must_end) _exit(74);
    return 74;
  }
  if (isatty(STDERR_FILENO) && !arguments.quiet && result.exit_code != 141 && result.exit_code != 2)
    print_summary(result);
  if (result.must_end) _exit(result.exit_code);
  return result.exit_code;
}

}  // namespace runnel::cli
