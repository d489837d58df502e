// Mistakes in YAML that yaml-cpp 0.7 lets pass, told from the source text around an event.
#pragma once

#include <optional>

#include "config/mistakes.hpp"
#include "config/yaml_tree.hpp"

namespace runnel::core {

// False: what follows cannot be read either. `block_column`: of the innermost map or list written without brackets,
// from 0.
bool check_scalar(const YamlNode&, std::optional<size_t> block_column, Mistakes&);
// False: a key and no ":" behind it; the event of its value has the key's own mark.
bool check_colon(const YamlNode& key, size_t value_offset, Mistakes&);
// Between brackets: a comma and no value before it.
void check_item(const YamlNode& list, const YamlNode& item, Mistakes&);

inline bool is_in_brackets(const YamlNode& container) {
  const std::string_view text = container.source->text();
  const char open = container.kind == NodeKind::list ? '[' : '{';
  return container.offset < text.size() && text[container.offset] == open;
}

}  // namespace runnel::core
