#include "run_plan.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <stdexcept>

#include "base/diagnostic.hpp"
#include "input_files.hpp"
#include "verbs.hpp"

namespace runnel::cli {

namespace {

bool has_stdin(const std::vector<std::string>& names) {
  return std::find(names.begin(), names.end(), "-") != names.end();
}

// The files as given; with -e what stands where the flow would is the first of them.
std::vector<std::string> given_inputs(const RunArguments& arguments) {
  std::vector<std::string> names = arguments.inputs;
  if (arguments.script && !arguments.flow.empty()) names.insert(names.begin(), arguments.flow);
  return names;
}

// Jobs a second of "100", "100/s", "6000/m", "2.5/h".
double rate_of(const std::string& text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string unit(end, text.data() + text.size());
  const double seconds = unit.empty() || unit == "/s" ? 1 : unit == "/m" ? 60 : unit == "/h" ? 3600 : 0;
  if (error != std::errc{} || seconds == 0 || !(number / seconds > 0) || !std::isfinite(number)) {
    throw std::invalid_argument("--rate " + core::printable(text) +
                                ": is not of the form N, N/s, N/m or N/h with a number above 0");
  }
  return number / seconds;
}

}  // namespace

std::string usage_mistake(const RunArguments& arguments) {
  if (arguments.data && arguments.no_data) return "--data and --no-data exclude each other";
  if (std::string mistake = file_mistake(arguments); !mistake.empty()) return mistake;
  if (arguments.is_replay && arguments.script && !arguments.flow.empty()) return "--flow and -e exclude each other";
  const bool has_data = arguments.data || arguments.no_data;
  const std::vector<std::string> inputs = given_inputs(arguments);
  if (has_data && !(inputs.empty() && arguments.files_from.empty()))
    return "--data takes the place of input files; give one or the other";
  std::vector<std::string> readers;
  if (!arguments.script && arguments.flow == "-") readers.emplace_back("the flow");
  if (has_stdin(arguments.files_from)) readers.emplace_back("the list of files");
  if (arguments.metadata_file == "-") readers.emplace_back("the metadata");
  if (has_stdin(inputs) || (inputs.empty() && arguments.files_from.empty() && !has_data))
    readers.emplace_back(arguments.is_replay ? "the records" : "the jobs");
  if (readers.size() < 2) return "";
  return readers[0] + " and " + readers[1] + " cannot both come from standard input";
}

BatchOptions batch_options(const RunArguments& arguments) {
  BatchOptions options;
  const std::vector<std::string> inputs = given_inputs(arguments);
  if (!inputs.empty() || !arguments.files_from.empty()) {
    options.inputs = input_files(inputs, arguments.files_from);
    RunArguments read = arguments;  // a list may name standard input, too
    read.inputs = options.inputs;
    if (const std::string mistake = usage_mistake(read); !mistake.empty()) throw std::invalid_argument(mistake);
  }
  options.input_format = arguments.is_replay ? "records" : arguments.input_format;
  options.replay.status = arguments.status == "all" ? "" : arguments.status;
  options.replay.job_ids = arguments.replayed_ids;
  if (!arguments.quiet) options.replay.note = [](const std::string& text) { say(text); };
  options.record_input = arguments.record_input;
  options.data = arguments.no_data ? std::optional<std::string>("null") : arguments.data;
  options.skip = arguments.skip;
  options.head = arguments.head;
  if (arguments.rate) options.jobs_per_second = rate_of(*arguments.rate);
  options.stable_ids = arguments.job_id == "stable";
  options.post = arguments.post;
  options.emit = arguments.emit;
  options.fields = arguments.fields;
  options.pretty = arguments.pretty;
  options.ascii = arguments.ascii;
  options.in_order = arguments.order == "input";
  options.window = arguments.window;
  options.file = file_output(arguments);
  options.limits = stop_limits(arguments);
  options.skip_bad_input = arguments.bad_input == "skip";
  return options;
}

int print_plan(const Flow& flow, const RuntimeOptions& runtime, const BatchOptions& batch) {
  std::string text;
  const BatchResult result = plan_batch(flow, runtime, batch, text);
  if (!result.message.empty()) say(result.message);
  if (result.exit_code != 0) return result.exit_code;
  if (write_all(take_stdout(), text)) return 0;
  return errno == EPIPE ? 141 : 74;
}

}  // namespace runnel::cli
