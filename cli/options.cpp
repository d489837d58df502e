#include "options.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>

#include "base/diagnostic.hpp"
#include "option_groups.hpp"

namespace runnel::cli {

namespace {

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
    "usage: runnel run FLOW [FILE...] | replay RESULTS --flow FLOW | diff A B | check FLOW... | list | describe CLASS "
    "| new plugin|flow NAME; more with "
    "--help\n";

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

void add_check(CLI::App& app, CheckArguments& arguments) {
  add_flow_options(app, arguments.flow_arguments);
  app.add_option("flows", arguments.flows, "Flow files; - is standard input")->required()->type_name("FLOW");
  app.add_option("--format", arguments.format, "text (default), json, or github annotations")
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"text", "json", "github"}));
  app.footer("Exit codes: 0 every flow is right, 2 one is not");
}

void add_list(CLI::App& app, ListArguments& arguments) {
  add_plugin_option(app, arguments.plugins);
  app.add_option("--format", arguments.format, "text (default), json or markdown")
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"text", "json", "markdown"}));
}

void add_new(CLI::App& app, NewArguments& arguments) {
  app.add_option("what", arguments.what,
                 "plugin: a routine class in C++, its flow and test; flow: a flow of one script")
      ->required()
      ->type_name("plugin|flow")
      ->check(CLI::IsMember({"plugin", "flow"}));
  app.add_option("name", arguments.name, "Its name, and that of the folder made for it")->required()->type_name("NAME");
  app.add_option("--dir", arguments.folder, "Make the folder in this one (default: here)")->type_name("DIR");
}

// An option that takes one value and has several; "": there is none.
std::string repeated_option(const CLI::App& app) {
  for (const CLI::App* verb : app.get_subcommands()) {
    for (const CLI::Option* option : verb->get_options()) {
      const bool takes_one = option->get_expected_max() == 1 && option->get_items_expected_max() == 1 &&
                             option->get_multi_option_policy() == CLI::MultiOptionPolicy::Throw;
      if (takes_one && option->count() > 1) return option->get_name();
    }
  }
  return "";
}

}  // namespace

Options parse(int argc, char** argv) {
  Options options;
  CLI::App app("Runs flows over JSON lines: one job per line in, one record per job out.", "runnel");
  app.set_version_flag("--version", "runnel " RUNNEL_VERSION);
  app.require_subcommand(1);
  app.footer(kFlowFile);
  CLI::App* run = app.add_subcommand("run", "Run one job per input line, print one record per job");
  CLI::App* replay = app.add_subcommand("replay", "Post the jobs of an earlier run's records again");
  CLI::App* diff = app.add_subcommand("diff", "Compare two runs job by job");
  CLI::App* check = app.add_subcommand("check", "Say everything that is wrong with a flow file");
  CLI::App* list = app.add_subcommand("list", "List the routine classes");
  CLI::App* describe = app.add_subcommand("describe", "Describe a routine class: its slots, events and parameters");
  CLI::App* create = app.add_subcommand("new", "Make a plugin or a flow to start from, with a test that passes");
  add_new(*create, options.create);
  add_run_options(*run, options.run);
  add_replay_options(*replay, options.run);
  add_diff_options(*diff, options.diff);
  add_check(*check, options.check);
  add_list(*list, options.list);
  add_list(*describe, options.list);
  describe->add_option("class", options.list.class_name, "A class that `list` shows; without one, all of them")
      ->type_name("CLASS");

  if (const std::string mistake = verb_mistake(argc, argv, app); !mistake.empty()) {
    std::cerr << "runnel: " << core::printable_lines(mistake) << "\n" << kUsage;
    options.exit_code = 2;
    return options;
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& success) {  // --help, --version
    app.exit(success);
    return options;
  } catch (const CLI::ParseError& error) {
    const std::string repeated = repeated_option(app);
    std::cerr << "runnel: "
              << (repeated.empty() ? core::printable_lines(error.what())
                                   : repeated + " is given more than once; it takes one value")
              << "\n"
              << kUsage;
    options.exit_code = 2;
    return options;
  }
  if (*run && options.run.flow.empty() && !options.run.script) {
    std::cerr << "runnel: FLOW is required\n" << kUsage;
    options.exit_code = 2;
    return options;
  }
  if (*replay && options.run.inputs.empty() && options.run.files_from.empty()) {
    std::cerr << "runnel: RESULTS is required: a file with the records of an earlier run, or -\n" << kUsage;
    options.exit_code = 2;
    return options;
  }
  if (*replay && options.run.flow.empty() && !options.run.script) {
    std::cerr << "runnel: replay needs --flow FLOW: a record names its flow, not the file\n" << kUsage;
    options.exit_code = 2;
    return options;
  }
  options.run.is_replay = static_cast<bool>(*replay);
  if (*run) options.verb = Verb::run;
  if (*replay) options.verb = Verb::replay;
  if (*diff) options.verb = Verb::diff;
  if (*check) options.verb = Verb::check;
  if (*list) options.verb = Verb::list;
  if (*describe) options.verb = Verb::describe;
  if (*create) options.verb = Verb::create;
  return options;
}

}  // namespace runnel::cli
