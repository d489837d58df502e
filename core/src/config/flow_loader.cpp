#include "config/flow_loader.hpp"

#include "config/byte_check.hpp"
#include "config/expressions.hpp"
#include "config/loading.hpp"
#include "config/set_option.hpp"
#include "config/yaml_parser.hpp"
#include "value/builder.hpp"

namespace runnel::core {
namespace {

void connect(Flow& flow) {
  for (Routine& routine : flow.routines) routine.connections.resize(routine.names.events.size());
  for (uint32_t i = 0; i < flow.connections.size(); ++i) {
    const Connection& one = flow.connections[i];
    flow.routines[one.from].connections[one.event].push_back(i);
  }
  flow.flush_order = flush_order(flow.routines, flow.connections);
}

// --select is no part of the file, but an expression of the flow.
void read_select(Loading& loading) {
  loading.sources.emplace_back("--select", loading.options.select);
  const YamlSource& source = loading.sources.back();
  if (!check_bytes(source, loading.mistakes)) return;
  YamlNode node;
  node.kind = NodeKind::scalar;
  node.is_text = true;
  node.text = source.text();
  node.source = &source;
  node.length = node.text.size();
  if (const auto added = add_lua_expression(loading, node, "--select")) loading.flow.select = added->index;
}

void load(Loading& loading, const YamlSource& source) {
  Mistakes& mistakes = loading.mistakes;
  if (!check_bytes(source, mistakes)) return;
  auto root = parse_yaml(source, mistakes);
  if (!root) return;
  if (root->kind != NodeKind::map) {
    if (root->kind == NodeKind::null) {
      mistakes.error(Place{source.name(), 0, 0, 1}, "the flow file is empty");
    } else {
      loading.fields.refuse(*root, "a flow", "a map");
    }
    return;
  }
  for (const std::string& option : loading.options.sets) apply_set(*root, option, loading.sources, mistakes);
  read_top(loading, *root);
  if (!loading.options.select.empty()) read_select(loading);
  if (mistakes.errors() > 0) return;
  loading.flow.constants.flow_id = make_string(*loading.flow.memory, loading.flow.id, RUNNEL_CLEAN);
  connect(loading.flow);
  check_graph(loading, *root);
}

}  // namespace

LoadedFlow load_flow(const std::string& name, std::string text, const Registry& registry, ScriptCompiler& scripts,
                     const LoadOptions& options) {
  auto flow = std::make_shared<Flow>();
  flow->file = name;
  Mistakes mistakes;
  std::deque<YamlSource> sources;
  sources.emplace_back(name, std::move(text));
  Loading loading(registry, scripts, options, *flow, mistakes, sources);
  load(loading, sources.front());

  LoadedFlow result;
  result.diagnostics = mistakes.take();
  if (options.strict) {
    for (Diagnostic& one : result.diagnostics) one.severity = Severity::error;
  }
  if (has_errors(result.diagnostics)) {
    std::erase_if(result.diagnostics, [](const Diagnostic& one) { return one.severity == Severity::warning; });
  } else {
    result.flow = std::move(flow);
  }
  sort_by_place(result.diagnostics);
  for (const YamlSource& source : sources) result.sources.emplace_back(source.name(), std::string(source.text()));
  return result;
}

}  // namespace runnel::core
