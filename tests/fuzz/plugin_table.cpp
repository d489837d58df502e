// The table of a plugin, written as lines: a letter, then a value (table_text.hpp). It is checked, and if it passes, a
// flow uses its first class.
#include <string>

#include "base/diagnostic.hpp"
#include "config/flow_loader.hpp"
#include "fuzz.hpp"
#include "table_text.hpp"

using namespace runnel::core;
using runnel::fuzz::require;
using runnel::fuzz::TableText;

namespace {

class NoScripts final : public ScriptCompiler {
 public:
  std::optional<Diagnostic> check(ExpressionKind, const ExpressionSource&, ScriptFacts&) override { return {}; }
};

void use(const TableText& table, const Registry& registry) {
  for (const RoutineSpec* spec : registry.all()) {
    require(!spec->name.empty() && spec->type != nullptr, "a class has a name");
    require(registry.find(spec->name) == spec, "a class can be found");
    if (const auto ready = ready_of(*spec->type)) require(!ready(nullptr, nullptr), "ready");
  }
  std::string text = "flow_id: t\nroutines:\n  a:\n    class: ";
  text += registry.names().back() + "\n" + std::string(table.flow());
  NoScripts scripts;
  const LoadedFlow loaded = load_flow("flow.yaml", text, registry, scripts, {});
  std::vector<SourceText> sources;
  for (const auto& [name, source] : loaded.sources) sources.push_back({name, source});
  const std::string report = print_text(loaded.diagnostics, sources);
  require(report.empty() == loaded.diagnostics.empty(), "each mistake is shown");
  for (const char c : report)
    require(c == '\n' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f), "no control bytes");
}

}  // namespace

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const TableText table(runnel::fuzz::text_of(data, size));
  Registry registry;
  const auto refusal = registry.add(table.plugin(), "fuzz.so", table.readable());
  if (!refusal) {
    require(!registry.add(table.plugin(), "fuzz.so", table.readable()), "the same library again is no mistake");
    use(table, registry);
    return 0;
  }
  require(!refusal->message.empty(), "a refusal has a message");
  require(printable(refusal->message) == refusal->message, "nothing in it can drive a terminal");
  require(registry.names().empty(), "of a refused library nothing is kept");
  return 0;
}
