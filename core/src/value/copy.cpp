// deep_copy and keep of builder.hpp.
#include <cstring>
#include <vector>

#include "value/builder.hpp"
#include "value/object_index.hpp"

namespace runnel::core {
namespace {

bool lies_in(const char* text, std::string_view range) {
  return reinterpret_cast<uintptr_t>(text) - reinterpret_cast<uintptr_t>(range.data()) < range.size();
}

// The text of a subtree and its copy: what points into the one is moved to the other.
struct Moved {
  std::string_view from;
  const char* to = nullptr;

  const char* moved(const char* text) const { return to + (text - from.data()); }
};

// A container whose elements are being copied.
struct Level {
  const Value* next;
  Value* to;
  size_t left;
  Moved text;
};

bool has_text(Value v) { return v.kind == RUNNEL_STRING || v.kind == RUNNEL_NUMBER; }

// Copies the container itself, elements to follow; `text` is its parent's and becomes its own. Null when exhausted.
Node* copy_node(Arena& arena, Value v, size_t values, Moved& text) {
  const Node& from = *node_of(v);
  auto* node = static_cast<Node*>(arena.allocate(sizeof(Node) + values * sizeof(Value)));
  if (!node) return nullptr;
  *node = from;
  if (from.text && lies_in(from.text, text.from)) {
    node->text = text.moved(from.text);
  } else if (from.text) {
    text = Moved{{from.text, from.text_size}, arena.copy({from.text, from.text_size})};
    node->text = text.to;
    if (!text.to) return nullptr;
  }
  if (from.index) {
    const size_t bytes = index_size(v.size) * sizeof(uint32_t);
    auto* index = static_cast<uint32_t*>(arena.allocate(bytes));
    if (!index) return nullptr;
    std::memcpy(index, from.index, bytes);
    node->index = index;
  }
  return node;
}

}  // namespace

Value deep_copy(Arena& arena, Value v) {
  std::vector<Level> levels;
  Value result = missing();
  levels.push_back(Level{&v, &result, 1, {}});
  while (!levels.empty()) {
    Level& level = levels.back();
    if (level.left == 0) {
      levels.pop_back();
      continue;
    }
    const Value from = *level.next++;
    Value& to = *level.to++;
    --level.left;
    to = from;
    if (from.flags & RUNNEL_STATIC) continue;
    if (has_text(from)) {
      const bool known = lies_in(from.as.text, level.text.from);
      to.as.text = known ? level.text.moved(from.as.text) : arena.copy(raw_text(from));
      if (!to.as.text) return missing();
    } else if (is_container(from)) {
      const size_t values = from.kind == RUNNEL_OBJECT ? size_t{2} * from.size : from.size;
      Moved text = level.text;
      Node* node = copy_node(arena, from, values, text);
      if (!node) return missing();
      to.as.node = node;
      levels.push_back(
          Level{reinterpret_cast<const Value*>(node_of(from) + 1), reinterpret_cast<Value*>(node + 1), values, text});
    }
  }
  return result;
}

Value keep_lent(Arena& arena, Value v, std::string_view lives) {
  if (is_container(v)) return arena.owns(v.as.node) ? v : deep_copy(arena, v);
  if (!has_text(v) || v.size == 0 || lies_in(v.as.text, lives) || arena.owns(v.as.text)) return v;
  const char* text = arena.copy(raw_text(v));
  if (!text) return missing();
  v.as.text = text;
  return v;
}

}  // namespace runnel::core
