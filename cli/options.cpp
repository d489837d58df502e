#include "options.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>

#include "base/diagnostic.hpp"

namespace runnel::cli {

namespace {

constexpr const char* kExitCodes =
    "Exit codes: 0 all jobs completed; 1 a job failed or was cancelled; 2 usage, flow or input file wrong, nothing was "
    "run;\n"
    "  70 internal error; 71 no threads or memory; 74 input or output failed; 141 the reader of the output went away";

constexpr const char* kFlowFile = R"(A flow file:
  flow_id: hello
  routines:
    check:
      class: script                      # `list` shows the classes, `describe CLASS` one of them
      slots: [request]
      events: [valid]
      config:
        lua: |
          if not data.user then fail("no.user", "a request needs a user") end
          emit("valid", {text = "Hello " .. data.user})
    store: {class: set_data, config: {values: {greeting: text}}}
  connections: [check.valid -> store.input]
Other keys of a routine: activation (all_slots_ready, {batch_size: n}, {when: EXPR}), on_flush, error_handler
({strategy: stop, continue or skip}). Every routine has an event `error`: connect it to receive {error, input}.)";

constexpr const char* kUsage =
    "usage: runnel run FLOW [FILE...] | check FLOW... | list | describe CLASS; more with --help\n";

// The parser's own message for a misspelt verb says only that one is required.
std::string verb_mistake(int argc, char** argv, const CLI::App& app) {
  if (argc < 2) return "what shall it do?";
  const std::string verb = argv[1];
  if (verb.starts_with('-')) return "";
  std::vector<std::string> verbs;
  for (const CLI::App* known : app.get_subcommands([](const CLI::App*) { return true; }))
    verbs.push_back(known->get_name());
  if (std::find(verbs.begin(), verbs.end(), verb) != verbs.end()) return "";
  return "no verb \"" + core::printable(verb) + "\"; " + core::suggest(verb, verbs);
}

void add_flow_options(CLI::App& app, FlowArguments& arguments) {
  app.add_option("--set", arguments.sets, "Replace a value of the flow file: routines.logic.config.x=3 (repeatable)")
      ->type_name("PATH=VALUE")
      ->allow_extra_args(false);
  app.add_option("--env-file", arguments.env_file, "NAME=VALUE lines, over the environment, for ${NAME} and env.NAME")
      ->type_name("FILE");
  app.add_flag("--strict", arguments.strict, "Take warnings about the flow as errors");
}

void add_run(CLI::App& app, RunArguments& arguments) {
  add_flow_options(app, arguments.flow_arguments);
  app.add_option("flow", arguments.flow, "The flow file; - is standard input")->required()->type_name("FLOW");
  app.add_option("inputs", arguments.inputs, "JSON lines, one job a line; - or nothing: standard input")
      ->type_name("FILE");
  app.add_option("--data", arguments.data, "Run one job with this JSON as its data; reads no input")->type_name("JSON");
  app.add_flag("-n,--no-data", arguments.no_data, "Run one job with null as its data; reads no input");
  app.add_option("--post", arguments.post, "The slot jobs go to, if not the flow's entry")->type_name("ROUTINE.SLOT");
  app.add_option("--metadata", arguments.metadata,
                 "Metadata of every job; the value as JSON if it is JSON (repeatable)")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
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
  app.add_flag("--pretty", arguments.pretty, "Indent the records");
  app.add_flag("--ascii", arguments.ascii, "Only ASCII in the output: everything else as \\uXXXX");
  app.add_flag("-q,--quiet", arguments.quiet, "No notes on stderr, only errors");
  app.footer(kExitCodes);
}

void add_check(CLI::App& app, CheckArguments& arguments) {
  add_flow_options(app, arguments.flow_arguments);
  app.add_option("flows", arguments.flows, "Flow files; - is standard input")->required()->type_name("FLOW");
  app.add_option("--format", arguments.format, "text (default), json, or github annotations")
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"text", "json", "github"}));
  app.footer("Exit codes: 0 every flow is right, 2 one is not");
}

void add_format(CLI::App& app, ListArguments& arguments) {
  app.add_option("--format", arguments.format, "text (default), json or markdown")
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"text", "json", "markdown"}));
}

}  // namespace

Options parse(int argc, char** argv) {
  Options options;
  CLI::App app("Runs flows over JSON lines: one job per line in, one record per job out.", "runnel");
  app.set_version_flag("--version", "runnel " RUNNEL_VERSION);
  app.require_subcommand(1);
  app.footer(kFlowFile);
  CLI::App* run = app.add_subcommand("run", "Run one job per input line, print one record per job");
  CLI::App* check = app.add_subcommand("check", "Say everything that is wrong with a flow file");
  CLI::App* list = app.add_subcommand("list", "List the routine classes");
  CLI::App* describe = app.add_subcommand("describe", "Describe a routine class: its slots, events and parameters");
  add_run(*run, options.run);
  add_check(*check, options.check);
  add_format(*list, options.list);
  add_format(*describe, options.list);
  describe->add_option("class", options.list.class_name, "A class that `list` shows; without one, all of them")
      ->type_name("CLASS");

  if (const std::string mistake = verb_mistake(argc, argv, app); !mistake.empty()) {
    std::cerr << "runnel: " << mistake << "\n" << kUsage;
    options.exit_code = 2;
    return options;
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& success) {  // --help, --version
    app.exit(success);
    return options;
  } catch (const CLI::ParseError& error) {
    std::cerr << "runnel: " << error.what() << "\n" << kUsage;
    options.exit_code = 2;
    return options;
  }
  if (*run) options.verb = Verb::run;
  if (*check) options.verb = Verb::check;
  if (*list) options.verb = Verb::list;
  if (*describe) options.verb = Verb::describe;
  return options;
}

}  // namespace runnel::cli
