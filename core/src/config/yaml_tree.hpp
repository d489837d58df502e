// The flow file as a tree in which everything knows its place. Aliases are expanded, duplicate keys dropped (and
// reported).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/yaml_source.hpp"

namespace runnel::core {

enum class NodeKind : uint8_t { null, scalar, list, map };
enum class ScalarStyle : uint8_t { plain, single_quoted, double_quoted, literal, folded };

struct YamlEntry;

struct YamlNode {
  static constexpr size_t kNotUsed = SIZE_MAX;

  NodeKind kind = NodeKind::null;
  ScalarStyle style = ScalarStyle::plain;
  bool is_text = false;  // quoted, a block or tagged !!str: a string whatever it looks like
  std::string text;      // of a scalar: its value
  const YamlSource* source = nullptr;
  size_t offset = 0;        // where it stands, behind tag and anchor; an empty value: where its key stands
  size_t length = 1;        // bytes of it on its first line
  size_t alias = kNotUsed;  // where the alias stands that put this copy here
  size_t alias_length = 0;
  std::vector<YamlNode> items;     // of a list
  std::vector<YamlEntry> entries;  // of a map, in the order of the file

  Place place() const { return alias == kNotUsed ? source->place(offset, length) : source->place(alias, alias_length); }
  const YamlEntry* find(std::string_view key) const;
  YamlEntry* find(std::string_view key);
};

struct YamlEntry {
  YamlNode key;  // a scalar
  YamlNode value;
};

inline const YamlEntry* YamlNode::find(std::string_view key) const {
  for (const YamlEntry& entry : entries) {
    if (entry.key.text == key) return &entry;
  }
  return nullptr;
}
inline YamlEntry* YamlNode::find(std::string_view key) {
  return const_cast<YamlEntry*>(static_cast<const YamlNode*>(this)->find(key));
}

// Nodes of the tree, keys included; stops counting above `most`.
size_t nodes_of(const YamlNode&, size_t most);
// Lists and maps one inside the other.
size_t nesting_of(const YamlNode&);

}  // namespace runnel::core
