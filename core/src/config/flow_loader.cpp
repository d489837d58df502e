#include "config/flow_loader.hpp"

#include "config/byte_check.hpp"
#include "config/expressions.hpp"
#include "config/loading.hpp"
#include "config/set_option.hpp"
#include "config/yaml_parser.hpp"
#include "value/builder.hpp"
#include "value/hash.hpp"

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

// What stands in an option as if it stood in a file of that name. Null: its bytes were refused.
std::optional<YamlNode> option_node(Loading& loading, const std::string& name, const std::string& text) {
  loading.sources.emplace_back(name, text);
  const YamlSource& source = loading.sources.back();
  if (!check_bytes(source, loading.mistakes)) return std::nullopt;
  YamlNode node;
  node.kind = NodeKind::scalar;
  node.is_text = true;
  node.text = source.text();
  node.source = &source;
  node.length = node.text.size();
  return node;
}

// Expressions of options are no part of the file, but of the flow.
std::optional<size_t> read_option(Loading& loading, const std::string& name, const std::string& text) {
  const auto node = option_node(loading, name, text);
  if (!node) return std::nullopt;
  const auto added = add_lua_expression(loading, *node, name);
  return added ? std::optional(added->index) : std::nullopt;
}

std::optional<size_t> read_record_option(Loading& loading, const std::string& name, const std::string& text) {
  const auto node = option_node(loading, name, text);
  if (!node) return std::nullopt;
  const auto added = add_record_expression(loading, *node, name);
  return added ? std::optional(added->index) : std::nullopt;
}

void read_options(Loading& loading) {
  const LoadOptions& options = loading.options;
  Flow& flow = loading.flow;
  if (!options.select.empty()) flow.select = read_option(loading, "--select", options.select);
  if (!options.job_id_from.empty()) flow.job_id_from = read_option(loading, "--job-id-from", options.job_id_from);
  if (!options.where.empty()) flow.where = read_record_option(loading, "--where", options.where);
  for (const auto& [name, text] : options.metadata_from) {
    if (const auto index = read_option(loading, "--metadata-from " + name, text)) {
      flow.metadata_from.push_back({name, *index});
    }
  }
}

// -e: the file is the flow around the script, which comes from the command line.
void put_script(Loading& loading, YamlNode& root) {
  const std::string& text = *loading.options.script;
  auto node = option_node(loading, "-e", text);
  YamlEntry* place = &root.entries.back();
  while (place->value.kind == NodeKind::map && !place->value.entries.empty()) place = &place->value.entries.back();
  if (node) place->value = std::move(*node);
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
  if (loading.options.script) put_script(loading, *root);
  for (const std::string& option : loading.options.sets) apply_set(*root, option, loading.sources, mistakes);
  add_plugins_of_options(loading);
  read_top(loading, *root);
  read_options(loading);
  if (mistakes.errors() > 0) return;
  loading.flow.constants.flow_id = make_string(*loading.flow.memory, loading.flow.id, RUNNEL_CLEAN);
  connect(loading.flow);
  check_graph(loading, *root);
}

// Of all text the flow was made from; where the file stands makes no other flow of it.
uint64_t hash_of(const std::deque<YamlSource>& sources) {
  ContentHash hash;
  for (size_t i = 0; i < sources.size(); ++i) {
    if (i > 0) hash.add(sources[i].name());
    hash.add({"\0", 1});
    hash.add(sources[i].text());
    hash.add({"\0", 1});
  }
  return hash.finish();
}

}  // namespace

LoadedFlow load_flow(const std::string& name, std::string text, const Registry& registry, ScriptCompiler& scripts,
                     const LoadOptions& options) {
  auto flow = std::make_shared<Flow>();
  const auto classes = std::make_shared<Registry>(registry);
  flow->file = name;
  flow->classes = classes;
  Mistakes mistakes;
  std::deque<YamlSource> sources;
  sources.emplace_back(name, std::move(text));
  Loading loading(*classes, scripts, options, *flow, mistakes, sources);
  load(loading, sources.front());
  flow->source_hash = hash_of(sources);

  LoadedFlow result;
  result.forbidden = mistakes.forbidden() > 0;
  result.secrets = flow->secrets;
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
