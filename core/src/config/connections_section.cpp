#include <map>

#include "config/endpoint.hpp"
#include "config/expressions.hpp"
#include "config/loading.hpp"
#include "config/map_reader.hpp"

namespace runnel::core {
namespace {

constexpr std::string_view kArrow = "->";
constexpr std::string_view kForm = "write a.event -> b.slot or {from: a.event, to: b.slot}";

class ConnectionReader {
 public:
  explicit ConnectionReader(Loading& loading) : loading_(loading) {}

  void read(const YamlNode& node) {
    switch (node.kind) {
      case NodeKind::scalar:
        return read_text(node);
      case NodeKind::map:
        return read_map(node);
      default:
        loading_.fields.refuse(node, "a connection", "text or a map", std::string(kForm));
    }
  }

 private:
  void read_text(const YamlNode& node) {
    const auto value = loading_.fields.interpolate(node);
    if (!value) return;
    const size_t arrow = value->text.find(kArrow);
    if (arrow == std::string::npos) {
      loading_.mistakes.error(node.place(), quoted(value->text) + " is not a connection", std::string(kForm));
      return;
    }
    const auto from = trimmed(node, value->text, 0, arrow, !value->changed);
    const auto to = trimmed(node, value->text, arrow + kArrow.size(), value->text.size(), !value->changed);
    add(find_endpoint(loading_, from, Port::event), find_endpoint(loading_, to, Port::slot), {}, node.place(), "");
  }

  std::optional<Endpoint> read_end(const YamlNode* node, const char* key, Port port) {
    if (!node) return std::nullopt;
    const auto value = loading_.fields.any_text(*node, quoted(key));
    if (!value) return std::nullopt;
    const bool exact = *value == node->text;
    return find_endpoint(loading_, trimmed(*node, *value, 0, value->size(), exact), port);
  }

  void read_map(const YamlNode& node) {
    MapReader map(node, loading_.mistakes, {"from", "to", "when", "param_mapping"}, " in a connection");
    const YamlNode* from_node = map.require("from", node.place());
    const YamlNode* to_node = map.require("to", node.place());
    const auto from = read_end(from_node, "from", Port::event);
    const auto to = read_end(to_node, "to", Port::slot);
    Connection connection;
    std::string rest;
    if (const YamlNode* when = map.get("when")) {
      rest = when->text;
      if (const auto added = add_lua_expression(loading_, *when, "\"when\"")) connection.when = added->index;
    }
    if (const YamlNode* mapping = map.get("param_mapping")) read_mapping(*mapping, connection, rest);
    add(from, to, std::move(connection), from_node ? from_node->place() : node.place(), rest);
  }

  void read_mapping(const YamlNode& node, Connection& connection, std::string& rest) {
    if (node.kind != NodeKind::map) {
      loading_.fields.refuse(node, "\"param_mapping\"", "a map {target_field: source_field}");
      return;
    }
    for (const YamlEntry& entry : node.entries) {
      auto path = read_path(loading_, entry.value, quoted(entry.key.text));
      if (!path) continue;
      connection.mappings.push_back({entry.key.text, std::move(*path)});
      rest += '\n' + entry.key.text + '\0' + entry.value.text;
    }
  }

  // `rest`: what besides its ends tells one connection from another.
  void add(const std::optional<Endpoint>& from, const std::optional<Endpoint>& to, Connection connection, Place place,
           const std::string& rest) {
    if (!from || !to) return;
    const auto [first, is_new] =
        seen_.emplace(std::tuple(from->routine, from->port, to->routine, to->port, rest), place);
    if (!is_new) {
      loading_.mistakes.error(std::move(place), "the same connection twice")
          .notes.push_back({first->second, "first given here"});
      return;
    }
    connection.from = from->routine;
    connection.event = from->port;
    connection.to = to->routine;
    connection.slot = to->port;
    connection.place = std::move(place);
    loading_.flow.connections.push_back(std::move(connection));
  }

  Loading& loading_;
  std::map<std::tuple<uint32_t, uint32_t, uint32_t, uint32_t, std::string>, Place> seen_;
};

}  // namespace

void read_connections(Loading& loading, const YamlNode& connections) {
  if (connections.kind != NodeKind::list) {
    loading.fields.refuse(connections, "\"connections\"", "a list", std::string(kForm));
    return;
  }
  ConnectionReader reader(loading);
  for (const YamlNode& node : connections.items) reader.read(node);
}

void read_entry(Loading& loading, const YamlNode& entry) {
  const auto value = loading.fields.any_text(entry, "\"entry\"");
  if (!value) return;
  const auto end = trimmed(entry, *value, 0, value->size(), *value == entry.text);
  if (const auto found = find_endpoint(loading, end, Port::slot)) {
    loading.flow.entry = SlotRef{found->routine, found->port};
  }
}

}  // namespace runnel::core
