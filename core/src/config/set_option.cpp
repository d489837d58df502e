#include "config/set_option.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "config/byte_check.hpp"
#include "config/yaml_parser.hpp"

namespace runnel::core {
namespace {

std::vector<std::string> keys_of(const YamlNode& map) {
  std::vector<std::string> keys;
  for (const YamlEntry& entry : map.entries) keys.push_back(entry.key.text);
  return keys;
}

class SetOption {
 public:
  SetOption(const YamlSource& source, Mistakes& mistakes)
      : source_(source), text_(source.text()), mistakes_(mistakes) {}

  void apply(YamlNode& root) {
    const size_t equals = text_.find('=');
    if (equals == std::string_view::npos || equals == 0) {
      mistakes_.error(source_.place(0, text_.size()), "--set needs PATH=VALUE",
                      "for example --set execution.workers=4");
      return;
    }
    for (size_t at = 0; at <= equals; at = std::min(text_.find('.', at), equals) + 1) {
      if (text_[at] != '.' && at != equals) continue;
      mistakes_.error(source_.place(at), "a key of the path is empty");
      return;
    }
    auto value = value_at(equals + 1);
    if (!value) return;
    YamlNode* node = &root;
    for (size_t at = 0; at < equals;) {
      const size_t end = std::min(std::min(text_.find('.', at), equals), text_.size());
      node = step(*node, at, end, end == equals);
      if (!node) return;
      at = end + 1;
    }
    *node = std::move(*value);
  }

 private:
  // A plain scalar, or JSON (and its YAML kin) behind `{`, `[` or `"`.
  std::optional<YamlNode> value_at(size_t at) {
    const std::string_view value = text_.substr(at);
    if (value.starts_with('{') || value.starts_with('[') || value.starts_with('"')) {
      return parse_yaml(source_, mistakes_, at);
    }
    YamlNode node;
    node.source = &source_;
    node.offset = at;
    node.length = std::max<size_t>(1, value.size());
    node.text = value;
    const bool is_null = value.empty() || value == "~" || value == "null" || value == "Null" || value == "NULL";
    node.kind = is_null ? NodeKind::null : NodeKind::scalar;
    return node;
  }

  // The child a key of the path leads to, made where it may be new. Null: reported.
  YamlNode* step(YamlNode& node, size_t at, size_t end, bool is_last) {
    const std::string key(text_.substr(at, end - at));
    const Place place = source_.place(at, key.size());
    const bool is_routine = path_is_routines_;
    path_is_routines_ = at == 0 && key == "routines";
    if (node.kind == NodeKind::list) return item(node, key, place);
    if (node.kind != NodeKind::map) {
      mistakes_.error(place, quoted(text_.substr(0, at - 1)) + " is not a map");
      return nullptr;
    }
    if (YamlEntry* entry = node.find(key)) return &entry->value;
    if (is_routine && !is_last) {
      mistakes_.error(place, "unknown routine " + quoted(key), suggest(key, keys_of(node)));
      return nullptr;
    }
    YamlEntry entry;
    entry.key.kind = NodeKind::scalar;
    entry.key.text = key;
    entry.key.source = entry.value.source = &source_;
    entry.key.offset = entry.value.offset = at;
    entry.key.length = entry.value.length = key.size();
    entry.value.kind = NodeKind::map;
    node.entries.push_back(std::move(entry));
    return &node.entries.back().value;
  }

  YamlNode* item(YamlNode& list, const std::string& key, const Place& place) {
    size_t index = 0;
    const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), index);
    if (error == std::errc{} && end == key.data() + key.size() && index < list.items.size()) return &list.items[index];
    mistakes_.error(place, quoted(key) + " is no item of the list",
                    list.items.empty() ? "the list is empty" : "0 to " + std::to_string(list.items.size() - 1));
    return nullptr;
  }

  const YamlSource& source_;
  std::string_view text_;
  Mistakes& mistakes_;
  bool path_is_routines_ = false;  // the key before was `routines`
};

}  // namespace

void apply_set(YamlNode& root, const std::string& option, std::deque<YamlSource>& sources, Mistakes& mistakes) {
  sources.emplace_back("--set " + option, option);
  if (check_bytes(sources.back(), mistakes)) SetOption(sources.back(), mistakes).apply(root);
}

}  // namespace runnel::core
