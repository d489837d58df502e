// list and describe: the routine classes, from their specs alone.
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <nlohmann/json.hpp>

#include "base/diagnostic.hpp"
#include "routine/class_name.hpp"
#include "verbs.hpp"

namespace runnel::cli {

namespace {

using core::ParamSpec;
using core::PortSpec;
using core::RoutineSpec;
using nlohmann::ordered_json;

std::string padded(std::string text, size_t width) {
  if (text.size() < width) text.append(width - text.size(), ' ');
  return text + "  ";
}

ordered_json ports_json(const std::vector<PortSpec>& ports) {
  ordered_json list = ordered_json::array();
  for (const PortSpec& port : ports) list.push_back({{"name", port.name}, {"summary", port.summary}});
  return list;
}

ordered_json as_json(const RoutineSpec& spec) {
  ordered_json params = ordered_json::array();
  for (const ParamSpec& param : spec.params) {
    ordered_json one = {{"name", param.name}, {"kind", core::name_of(param.kind)}, {"required", param.required}};
    if (!param.default_json.empty()) one["default"] = ordered_json::parse(param.default_json);
    if (!param.choices.empty()) one["choices"] = param.choices;
    one["summary"] = param.summary;
    params.push_back(std::move(one));
  }
  return {{"name", spec.name},
          {"summary", spec.summary},
          {"from", spec.owner},
          {"keeps_state", spec.has(RUNNEL_KEEPS_STATE)},
          {"slots", spec.has(RUNNEL_FREE_SLOTS) ? ordered_json("as the flow names them") : ports_json(spec.slots)},
          {"events", spec.has(RUNNEL_FREE_EVENTS) ? ordered_json("as the flow names them") : ports_json(spec.events)},
          {"params", params}};
}

std::string condition_of(const ParamSpec& param) {
  std::string text(core::name_of(param.kind));
  for (size_t i = 0; i < param.choices.size(); ++i) text += (i ? "|" : ": ") + param.choices[i];
  if (param.required) return text + ", required";
  return param.default_json.empty() ? text : text + ", default " + param.default_json;
}

std::string ports_text(const char* title, const std::vector<PortSpec>& ports, bool free) {
  std::string text = std::string(title) + "\n";
  if (free) return text + "  as the flow names them, `" + title + ": [a, b]`\n";
  size_t width = 0;
  for (const PortSpec& port : ports) width = std::max(width, port.name.size());
  for (const PortSpec& port : ports) text += "  " + padded(port.name, width) + port.summary + "\n";
  return ports.empty() ? "" : text;
}

std::string as_text(const RoutineSpec& spec) {
  std::string text = spec.name + ": " + spec.summary + " (" + spec.owner + ")\n";
  if (spec.has(RUNNEL_KEEPS_STATE)) text += "keeps state between the jobs of a worker\n";
  text += ports_text("slots", spec.slots, spec.has(RUNNEL_FREE_SLOTS));
  text += ports_text("events", spec.events, spec.has(RUNNEL_FREE_EVENTS));
  if (spec.events.empty() && !spec.has(RUNNEL_FREE_EVENTS)) text += "events\n";
  text += "  error  {error, input} of an activation that failed, if it is connected\n";
  if (!spec.params.empty()) text += "config\n";
  for (const ParamSpec& param : spec.params)
    text += "  " + param.name + " (" + condition_of(param) + ")\n      " + param.summary + "\n";
  return text;
}

std::string in_cell(std::string text) {
  for (size_t at = 0; (at = text.find('|', at)) != std::string::npos; at += 2) text.insert(at, "\\");
  return text;
}

std::string ports_markdown(const std::vector<PortSpec>& ports, bool free) {
  if (free) return "as the flow names them";
  std::string text;
  for (const PortSpec& port : ports) text += (text.empty() ? "`" : ", `") + port.name + "` (" + port.summary + ")";
  return text.empty() ? "none" : text;
}

std::string as_markdown(const RoutineSpec& spec) {
  std::string text = "## " + spec.name + "\n\n" + spec.summary + ".";
  if (spec.has(RUNNEL_KEEPS_STATE)) text += " Keeps state between the jobs of a worker.";
  text += "\n\n- slots: " + ports_markdown(spec.slots, spec.has(RUNNEL_FREE_SLOTS)) +
          "\n- events: " + ports_markdown(spec.events, spec.has(RUNNEL_FREE_EVENTS)) + "\n";
  if (!spec.params.empty()) text += "\n| parameter | kind | |\n|---|---|---|\n";
  for (const ParamSpec& param : spec.params) {
    text += "| `" + param.name + "` | " + in_cell(condition_of(param)) + " | " + in_cell(param.summary) + " |\n";
  }
  return text;
}

// A plugin's own texts may hold anything.
int print(const std::string& text) {
  return write_all(take_stdout(), core::printable_lines(text)) ? 0 : errno == EPIPE ? 141 : 74;
}

int print_all(const std::vector<const RoutineSpec*>& specs, const std::string& format) {
  std::string text;
  for (const RoutineSpec* spec : specs) {
    if (format == "json")
      text += as_json(*spec).dump(-1, ' ', false, ordered_json::error_handler_t::replace) + "\n";
    else
      text += (text.empty() ? "" : "\n") + (format == "markdown" ? as_markdown(*spec) : as_text(*spec));
  }
  return print(text);
}

}  // namespace

bool open_plugins(Classes& classes, const std::vector<std::string>& paths) {
  core::Diagnostics mistakes;
  for (const std::string& path : paths) {
    if (auto mistake = classes.open(path, true)) {
      core::Diagnostic& diagnostic = mistakes.emplace_back();
      diagnostic.place.file = "--plugin " + path;
      diagnostic.message = mistake->text;
      diagnostic.hint = mistake->hint;
    }
  }
  write_all(STDERR_FILENO, core::print_text(mistakes, {}));
  return mistakes.empty();
}

int list(const Classes& classes, const ListArguments& arguments) {
  const auto specs = classes.registry().all();
  if (arguments.format == "json") return print_all(specs, "json");
  size_t width = 0;
  for (const RoutineSpec* spec : specs) width = std::max(width, spec->name.size());
  std::string text = arguments.format == "markdown" ? "| class | |\n|---|---|\n" : "";
  for (const RoutineSpec* spec : specs) {
    if (arguments.format == "markdown")
      text += "| `" + spec->name + "` | " + in_cell(spec->summary) + " |\n";
    else
      text += padded(spec->name, width) + spec->summary + "\n";
  }
  return print(text);
}

int describe(const Classes& classes, const ListArguments& arguments) {
  const core::Registry& registry = classes.registry();
  if (arguments.class_name.empty()) return print_all(registry.all(), arguments.format);
  if (const RoutineSpec* spec = core::find_class(registry, arguments.class_name))
    return print_all({spec}, arguments.format);
  std::string message = "no class \"" + core::printable(arguments.class_name) + "\"";
  if (const std::string hint = core::suggest(core::class_name_of(arguments.class_name), registry.names());
      !hint.empty())
    message += "; " + hint;
  return say(message), 2;
}

}  // namespace runnel::cli
