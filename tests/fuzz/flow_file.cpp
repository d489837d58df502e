// The text of a flow file, then options, with a byte 0xff before each: its first letter says which.
#include <algorithm>
#include <string>

#include "base/diagnostic.hpp"
#include "builtins.hpp"
#include "config/flow_loader.hpp"
#include "fuzz.hpp"
#include "script/lua.hpp"

using namespace runnel::core;
using runnel::fuzz::require;

namespace {

const Registry& classes() {
  static const Registry all = [] {
    Registry made;
    for (const runnel_plugin* builtin : runnel::builtins())
      require(!made.add(*builtin, "built in"), "classes are there");
    return made;
  }();
  return all;
}

void add_option(LoadOptions& options, std::string_view text) {
  const char which = text.empty() ? 's' : text.front();
  const std::string value(text.substr(text.empty() ? 0 : 1));
  if (which == 's') options.sets.push_back(value);
  if (which == 'q') options.select = value;
  if (which == 'm') options.metadata_from.emplace_back("key", value);
  if (which == 'j') options.job_id_from = value;
  if (which == 'p') options.plugins.push_back(value);
  if (which == 'e') options.script = value;
  if (which == 'v') options.environment.emplace_back("NAME", value);
  if (which == 'w') options.strict = true;
  if (which == 'a') options.asks_for_entry = true;
  if (which == 'u') options.untrusted = true;
}

void check(const LoadedFlow& loaded, const std::string& report) {
  require((loaded.flow == nullptr) == has_errors(loaded.diagnostics), "a flow, or errors");
  require(report.empty() == loaded.diagnostics.empty(), "each mistake is shown");
  for (std::string_view rest = report; !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    require(line.size() < rest.size(), "reports end lines");
    std::string shown(line);
    std::replace(shown.begin(), shown.end(), '\t', ' ');  // of a source line, which the caret is under
    require(printable(shown) == shown, "nothing in a report can drive a terminal");
    rest.remove_prefix(line.size() + 1);
  }
  for (const Diagnostic& one : loaded.diagnostics) {
    require(!one.message.empty() && !one.place.file.empty(), "a mistake has a message and a file");
    bool is_there = one.place.line == 0;
    bool is_named = false;
    for (const auto& [name, text] : loaded.sources) {  // options may have the same name
      const auto lines = static_cast<size_t>(std::count(text.begin(), text.end(), '\n')) + 1;
      if (name != one.place.file) continue;
      is_named = true;
      is_there |= one.place.line <= lines && one.place.column >= 1;
    }
    require(is_there || !is_named, "a mistake is in its file");
  }
}

}  // namespace

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view rest = runnel::fuzz::text_of(data, size);
  const std::string flow(runnel::fuzz::next_part(rest));
  LoadOptions options;
  options.environment = {{"HOME", "/home/zoe"}, {"PORT", "8080"}};
  options.add_library = [](const std::string& path, Registry&) -> std::optional<Refusal> {
    if (path == "good.so") return std::nullopt;
    return Refusal{"is not there", "build it"};
  };
  while (!rest.empty()) add_option(options, runnel::fuzz::next_part(rest));
  if (options.script) options.script->resize(std::min<size_t>(options.script->size(), 4096));

  const auto load = [&](std::string& report) {
    const auto compiler = make_lua_compiler();
    const std::string text =
        options.script ? "flow_id: script\nroutines: {main: {class: script, slots: [input], config: {lua: ''}}}\n"
                       : flow;
    LoadedFlow loaded = load_flow("flow.yaml", text, classes(), *compiler, options);
    std::vector<SourceText> sources;
    for (const auto& [name, source] : loaded.sources) sources.push_back({name, source});
    report = print_text(loaded.diagnostics, sources);
    check(loaded, report);
  };
  std::string report;
  load(report);
  return 0;
}
