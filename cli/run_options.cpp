// The options of `run` and of the flow it runs.
#include <CLI/CLI.hpp>
#include <charconv>
#include <string>

#include "base/diagnostic.hpp"
#include "option_groups.hpp"

namespace runnel::cli {

namespace {

std::string instead(const std::string& text) {
  return text.empty() ? ", not an empty text" : ", not \"" + core::printable(text) + "\"";
}

constexpr const char* kExitCodes =
    "Exit codes: 0 all jobs completed; 1 a job failed or was cancelled; 2 usage, flow or input file wrong, nothing was "
    "run;\n"
    "  65 the --output file or its state is damaged in the middle; 70 internal error; 71 no threads, processes or "
    "memory;\n"
    "  73 the --output file cannot be created; 74 input or output failed, a run with --output can be resumed;\n"
    "  75 another run writes the --output file; 77 --untrusted forbids what the flow wants; 124 --timeout;\n"
    "  129, 130, 143 stopped by SIGHUP, SIGINT, SIGTERM; 141 the reader of the output went away.\n"
    "  A signal comes before 141, 74, 70, 124 and 1, in this order";

constexpr const char* kReplayed =
    "Files are read through before the first job: a record without `post` (see --record-input; failed jobs always have "
    "it), one with post.truncated or a line that is no record is exit 2; from a\n"
    "pipe it is a failed job (input.record). A last record that is not whole is left out. A job keeps its metadata, "
    "under "
    "what --metadata gives now, and its record says `replay_of`.\n";

// Said whole, for the parser's own messages begin with the option and a colon. An empty text is a shell variable that
// is not set, which the parser would pass over.
CLI::Validator number_check(const std::string& option) {
  return {[option](const std::string& text) -> std::string {
            uint64_t number = 0;
            const char* const end = text.data() + text.size();
            const auto [stop, error] = std::from_chars(text.data(), end, number);
            if (error == std::errc{} && stop == end) return "";
            throw CLI::ConversionError(option + " needs a number from 0" + instead(text),
                                       CLI::ExitCodes::ConversionError);
          },
          ""};
}

CLI::Validator rate_check() {
  return {[](const std::string& text) -> std::string {
            if (!text.empty()) return "";
            throw CLI::ConversionError("--rate needs a number above 0, as in 100/s" + instead(text),
                                       CLI::ExitCodes::ConversionError);
          },
          ""};
}

void add_inputs(CLI::App& app, RunArguments& arguments) {
  app.add_option("flow", arguments.flow, "The flow file; - is standard input")->type_name("FLOW");
  app.add_option("inputs", arguments.inputs,
                 "Input files, one job a record; 'logs/*.jsonl' in quotes is expanded in order of the names; - or "
                 "nothing: standard input. gzip and zstd are unpacked")
      ->type_name("FILE");
  app.add_option("-e", arguments.script,
                 "Run this Lua as the flow: routine `main` with slot `input` and event `output`; FLOW is not given")
      ->type_name("LUA");
  app.add_option(
         "--input-format", arguments.input_format,
         "jsonl (default): a line is a job's data as JSON; json: an array's elements, and values one behind the "
         "other; csv, tsv: a row under the header, as an object of strings; lines: a line as a string (not "
         "a blank one: blank lines are never jobs); jobs: {\"data\", \"routine\", \"slot\", \"metadata\", \"job_id\"}, "
         "all but data optional")
      ->type_name("FORMAT");
  app.add_option("--data", arguments.data, "Run one job with this JSON as its data; reads no input")->type_name("JSON");
  app.add_flag("-n,--no-data", arguments.no_data, "Run one job with null as its data; reads no input");
}

void add_records(CLI::App& app, RunArguments& arguments) {
  app.add_option("results", arguments.inputs,
                 "Files with records of an earlier run, one a line; - is standard input. gzip and zstd are unpacked")
      ->type_name("RESULTS");
  app.add_option("--flow", arguments.flow, "The flow file; - is standard input. A record names its flow, not the file")
      ->type_name("FLOW");
  app.add_option("-e", arguments.script, "The flow is this Lua, as with run")->type_name("LUA");
  app.add_option("--status", arguments.status, "Only jobs that were completed, failed or cancelled (default: all)")
      ->type_name("STATUS")
      ->check(CLI::IsMember({"completed", "failed", "cancelled", "all"}));
  app.add_option("--where", arguments.where,
                 "Only jobs for which this Lua expression holds, over the record as `record` or `job`: "
                 "'job.error_detail.code == \"timeout\"'")
      ->type_name("EXPR");
  app.add_option("--job-id", arguments.replayed_ids, "Only the job with this id (repeatable)")
      ->type_name("ID")
      ->allow_extra_args(false);
}

void add_admission(CLI::App& app, RunArguments& arguments) {
  app.add_option("--files-from", arguments.files_from,
                 "Input files by name, one a line (or NUL between them); - is standard input (repeatable)")
      ->type_name("FILE")
      ->allow_extra_args(false);
  app.add_option("--skip", arguments.skip, "Pass over the first N records; the others keep their ordinals")
      ->type_name("N")
      ->check(number_check("--skip"));
  app.add_option("--head", arguments.head, "Run at most N jobs")->type_name("N")->check(number_check("--head"));
  app.add_option("--rate", arguments.rate, "Admit so many jobs a second, evenly (N, N/s, N/m, N/h)")
      ->type_name("N/s")
      ->check(rate_check());
}

void add_identity(CLI::App& app, RunArguments& arguments) {
  app.add_option("--metadata", arguments.metadata,
                 "Metadata of every job; the value as JSON if it is JSON (repeatable)")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  app.add_option("--metadata-file", arguments.metadata_file,
                 "Metadata of every job: a JSON object; --metadata wins over it")
      ->type_name("FILE");
  app.add_option("--metadata-from", arguments.metadata_from,
                 "Metadata from a Lua expression over each job's `data`; wins over --metadata (repeatable)")
      ->type_name("KEY=EXPR")
      ->allow_extra_args(false);
  app.add_option(
         "--job-id-from", arguments.job_id_from,
         "The job's id from a Lua expression over its `data`: a string or an integer; a job whose id an earlier "
         "one has fails, so each id takes 16 bytes of memory or more")
      ->type_name("EXPR");
}

void add_output(CLI::App& app, RunArguments& arguments) {
  app.add_option("--emit", arguments.emit, "Print the items of this event instead of records; failures go to stderr")
      ->type_name("ROUTINE.EVENT");
  app.add_option("--select", arguments.select, "Print this Lua expression of each finished `job` instead of its record")
      ->type_name("EXPR");
  app.add_option("--fields", arguments.fields, "Print only these keys of the records")
      ->type_name("KEY,...")
      ->allow_extra_args(false)
      ->delimiter(',');
  app.add_option("--trace-level", arguments.trace_level,
                 "off; user: what routines trace, and errors (default); flow: every hop too; data: with its items")
      ->type_name("LEVEL")
      ->check(CLI::IsMember({"off", "user", "flow", "data"}));
  app.add_option("--order", arguments.order, "Order of the output: input (default) or completion")
      ->type_name("ORDER")
      ->check(CLI::IsMember({"input", "completion"}));
  app.add_option("--window", arguments.window,
                 "Jobs under way beyond the first unwritten one; bounds memory (default 4096)")
      ->type_name("N")
      ->check(CLI::Range(uint64_t{1}, uint64_t{100'000'000}));
  app.add_option("-j,--workers", arguments.workers, "Worker threads (default: the flow's, else one per core)")
      ->type_name("N")
      ->check(CLI::Range(1u, 1024u));
  app.add_flag("--deterministic", arguments.deterministic,
               "Times and ids from position and content: the same input gives the same bytes on any number of workers");
  app.add_flag("--record-input", arguments.record_input,
               "Write `input` and `post` into each record, not only of failed jobs: what replay takes");
  app.add_flag("--pretty", arguments.pretty, "Indent the records");
  app.add_flag("--ascii", arguments.ascii, "Only ASCII in the output: everything else as \\uXXXX");
  app.add_flag("--dry-run", arguments.dry_run, "Check everything, print what would be run, and stop");
  app.add_flag("-q,--quiet", arguments.quiet, "No notes on stderr, only errors");
}

void add_post(CLI::App& app, RunArguments& arguments, const char* what) {
  app.add_option("--post", arguments.post, what)->type_name("ROUTINE.SLOT");
}

void add_id_kind(CLI::App& app, RunArguments& arguments, const char* name) {
  app.add_option(name, arguments.job_id,
                 "uuid (default); stable: from position and content, the same in each run over the same input")
      ->type_name("KIND")
      ->check(CLI::IsMember({"uuid", "stable"}));
}

}  // namespace

void add_plugin_option(CLI::App& app, std::vector<std::string>& plugins) {
  app.add_option("--plugin", plugins, "Take the classes of this shared library, too; trust it as this program itself")
      ->type_name("PATH")
      ->allow_extra_args(false);
}

void add_flow_options(CLI::App& app, FlowArguments& arguments) {
  add_plugin_option(app, arguments.plugins);
  app.add_option("--set", arguments.sets, "Replace a value of the flow file: routines.logic.config.x=3 (repeatable)")
      ->type_name("PATH=VALUE")
      ->allow_extra_args(false);
  app.add_option("--env-file", arguments.env_file, "NAME=VALUE lines, over the environment, for ${NAME} and env.NAME")
      ->type_name("FILE");
  app.add_flag("--strict", arguments.strict, "Take warnings about the flow as errors");
  app.add_flag(
      "--untrusted", arguments.untrusted,
      "The flow is somebody else's: refuse it (exit 77) if it names plugins, variables of the environment, or classes "
      "that reach out to files or processes; plugins of --plugin are yours and stay");
}

void add_run_options(CLI::App& app, RunArguments& arguments) {
  add_inputs(app, arguments);
  add_admission(app, arguments);
  add_post(app, arguments, "The slot jobs go to, if not the flow's entry");
  add_flow_options(app, arguments.flow_arguments);
  add_id_kind(app, arguments, "--job-id");
  add_identity(app, arguments);
  add_output(app, arguments);
  add_file_options(app, arguments);
  add_stop_options(app, arguments);
  app.footer(kExitCodes);
}

void add_replay_options(CLI::App& app, RunArguments& arguments) {
  add_records(app, arguments);
  add_admission(app, arguments);
  add_post(app, arguments, "The slot all jobs go to, if not the one they were posted to");
  add_flow_options(app, arguments.flow_arguments);
  add_id_kind(app, arguments, "--new-ids");
  add_identity(app, arguments);
  add_output(app, arguments);
  add_file_options(app, arguments);
  add_stop_options(app, arguments);
  app.footer(std::string(kReplayed) + kExitCodes);
}

}  // namespace runnel::cli
