// The options of run that write records to a file which a stopped run can be resumed on.
#include <CLI/CLI.hpp>

#include "option_groups.hpp"
#include "run_plan.hpp"
#include "verbs.hpp"

namespace runnel::cli {

void add_file_options(CLI::App& app, RunArguments& arguments) {
  app.add_option("-o,--output", arguments.output,
                 "Write the records to this file, and to FILE.state what it takes to go on after a crash, kill -9 or a "
                 "full disk: every job is executed at least once and stands in the output file exactly once")
      ->type_name("FILE");
  app.add_flag("--resume", arguments.resume, "Go on with the --output file; starts it if there is none");
  app.add_flag("--retry-failed", arguments.retry_failed,
               "Resume, and run the jobs that failed again, into a new file that takes the place of the old one");
  app.add_flag(
      "--resume-stateless", arguments.resume_stateless,
      "Leave out the jobs that are done even if the flow keeps state between jobs; otherwise a resume runs all "
      "of them again and writes the missing records");
  app.add_flag("--force", arguments.force, "Write the --output file anew if it is there");
  app.add_option(
         "--durability", arguments.durability,
         "When records are on the disk: exit (default), at the end; batch, every 256 records or 200 ms; record, "
         "each one")
      ->type_name("WHEN")
      ->check(CLI::IsMember({"exit", "batch", "record"}));
}

std::string file_mistake(const RunArguments& arguments) {
  const bool goes_on = arguments.resume || arguments.retry_failed;
  if (arguments.output && arguments.output->empty()) return "--output needs a file, not an empty text";
  if (arguments.output == "-") return "--output needs a file; without it records go to the standard output";
  const char* const needs_file = arguments.resume                ? "--resume"
                                 : arguments.retry_failed        ? "--retry-failed"
                                 : arguments.resume_stateless    ? "--resume-stateless"
                                 : arguments.force               ? "--force"
                                 : !arguments.durability.empty() ? "--durability"
                                                                 : nullptr;
  if (needs_file && !arguments.output) return std::string(needs_file) + " needs --output FILE";
  if (arguments.force && goes_on) return "--force writes the file anew; it excludes --resume and --retry-failed";
  if (arguments.resume_stateless && !goes_on) return "--resume-stateless needs --resume or --retry-failed";
  return "";
}

std::optional<FileOutput> file_output(const RunArguments& arguments) {
  if (!arguments.output) return std::nullopt;
  FileOutput file;
  file.path = *arguments.output;
  file.mode = arguments.retry_failed ? FileMode::retry_failed
              : arguments.resume     ? FileMode::resume
              : arguments.force      ? FileMode::force
                                     : FileMode::fresh;
  file.durability = arguments.durability == "batch"    ? Durability::batch
                    : arguments.durability == "record" ? Durability::record
                                                       : Durability::exit;
  file.stateless = arguments.resume_stateless;
  file.runner = "runnel " RUNNEL_VERSION;
  if (!arguments.quiet) file.note = [](const std::string& text) { say(text); };
  return file;
}

}  // namespace runnel::cli
