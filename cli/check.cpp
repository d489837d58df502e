// check: everything `run` checks before the first job.
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "base/diagnostic.hpp"
#include "inputs.hpp"
#include "verbs.hpp"

namespace runnel::cli {

namespace {

using nlohmann::ordered_json;

std::string as_json(const std::string& file, const Flow& flow) {
  ordered_json diagnostics = ordered_json::array();
  for (const Message& message : flow.messages()) {
    diagnostics.push_back({{"severity", message.is_error ? "error" : "warning"},
                           {"file", message.file},
                           {"line", message.line},
                           {"column", message.column},
                           {"message", message.text},
                           {"hint", message.hint.empty() ? ordered_json() : ordered_json(message.hint)}});
  }
  const ordered_json result = {{"flow", file}, {"ok", static_cast<bool>(flow)}, {"diagnostics", diagnostics}};
  return result.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

// Workflow commands of GitHub Actions: % CR LF escaped everywhere, : and , in properties too.
std::string escaped(const std::string& text, bool property) {
  std::string result;
  for (char c : text) {
    if (c == '%')
      result += "%25";
    else if (c == '\r')
      result += "%0D";
    else if (c == '\n')
      result += "%0A";
    else if (property && c == ':')
      result += "%3A";
    else if (property && c == ',')
      result += "%2C";
    else
      result += c;
  }
  return result;
}

std::string as_github(const Flow& flow) {
  std::string result;
  for (const Message& message : flow.messages()) {
    const std::string text = message.text + (message.hint.empty() ? "" : " (" + message.hint + ")");
    result += std::string("::") + (message.is_error ? "error" : "warning") + " file=" + escaped(message.file, true) +
              ",line=" + std::to_string(message.line) + ",col=" + std::to_string(message.column) +
              "::" + escaped(text, false) + "\n";
  }
  return core::printable_lines(result);
}

}  // namespace

int check(const Classes& classes, const CheckArguments& arguments) {
  FlowOptions options;
  options.sets = arguments.flow_arguments.sets;
  options.strict = arguments.flow_arguments.strict;
  options.untrusted = arguments.flow_arguments.untrusted;
  options.asks_for_entry = true;  // run says so itself, and only if no job names its slot
  options.plugins = arguments.flow_arguments.plugins;
  options.child_first = true;
  try {
    options.environment = environment(arguments.flow_arguments.env_file);
  } catch (const std::invalid_argument& mistake) {
    return say(mistake.what()), 2;
  }
  int exit_code = 0;
  std::string output;
  for (const std::string& file : arguments.flows) {
    const Flow flow = Flow::load(file, classes, options);
    if (!flow) exit_code = std::max(exit_code, flow.is_forbidden() ? 77 : 2);
    if (arguments.format == "json")
      output += as_json(file, flow);
    else if (arguments.format == "github")
      output += as_github(flow);
    else
      output += flow.report() + (flow ? core::printable(file) + ": ok\n" : "");
  }
  if (write_all(take_stdout(), output)) return exit_code;
  return errno == EPIPE ? 141 : 74;
}

}  // namespace runnel::cli
