#include "value/builder.hpp"

#include <algorithm>
#include <limits>
#include <vector>

#include "value/object_index.hpp"

namespace runnel::core {
namespace {

struct NewNode {
  Node* node;
  Value* elements;
};

NewNode allocate_node(Arena& arena, size_t values) {
  auto* node = static_cast<Node*>(arena.allocate(sizeof(Node) + values * sizeof(Value)));
  if (!node) return {nullptr, nullptr};
  *node = Node{};
  return {node, reinterpret_cast<Value*>(node + 1)};
}

Value container(uint8_t kind, size_t size, const Node* node) {
  Value v{};
  v.kind = kind;
  v.size = static_cast<uint32_t>(size);
  v.as.node = node;
  return v;
}

uint16_t above(uint16_t height) { return height == UINT16_MAX ? height : static_cast<uint16_t>(height + 1); }

// Ends a made container. One that would be larger than all the arena as text (values shared again and again) is
// refused.
Value finish(Arena& arena, Value made, Node* node) {
  const size_t count = made.kind == RUNNEL_OBJECT ? size_t{2} * made.size : made.size;
  const auto* elements = reinterpret_cast<const Value*>(node + 1);
  uint16_t height = 0;
  size_t weight = 2 + count;
  for (size_t i = 0; i < count; ++i) {
    height = std::max(height, height_of(elements[i]));
    weight += weight_of(elements[i]);
  }
  if (weight > std::min<size_t>(arena.limit(), std::numeric_limits<uint32_t>::max())) {
    arena.refuse();
    return missing();
  }
  node->height = above(height);
  node->text_size = static_cast<uint32_t>(weight);
  return made;
}

}  // namespace

Value make_string(Arena& arena, std::string_view text, uint8_t flags) {
  if (text.size() > std::numeric_limits<uint32_t>::max()) return missing();
  if (flags & RUNNEL_STATIC) return string_view_value(text, flags);
  const char* copy = arena.copy(text);
  return copy ? string_view_value({copy, text.size()}, flags) : missing();
}

Value make_array(Arena& arena, std::span<const Value> items) {
  const auto [node, elements] = allocate_node(arena, items.size());
  if (!node) return missing();
  std::copy(items.begin(), items.end(), elements);
  return finish(arena, container(RUNNEL_ARRAY, items.size(), node), node);
}

Value make_object(Arena& arena, std::span<const Member> members) {
  const auto [node, elements] = allocate_node(arena, 2 * members.size());
  if (!node) return missing();
  auto* made = reinterpret_cast<Member*>(elements);
  uint32_t* index = nullptr;
  const uint32_t entries = index_size(static_cast<uint32_t>(members.size()));
  if (members.size() >= kIndexFrom && !(index = make_index(arena, static_cast<uint32_t>(members.size())))) {
    return missing();
  }
  uint32_t size = 0;
  for (const Member& member : members) {
    Value key = member.key;
    if (key.flags & RUNNEL_ESCAPED) key = string_view_value(string_of(key, arena));
    uint32_t at = 0;
    if (index) {
      uint32_t* entry = find_entry(index, entries, made, raw_text(key));
      if (*entry == 0) *entry = size + 1;
      at = *entry - 1;
    } else {
      while (at < size && !same_text(raw_text(made[at].key), raw_text(key))) ++at;
    }
    if (at == size) store(made[size++].key, key);
    store(made[at].value, member.value);
  }
  if (arena.exhausted()) return missing();
  // Fewer than were given: the index must have the size its reader expects.
  if (index && size < members.size() && index_size(size) != entries) {
    index = size >= kIndexFrom ? make_index(arena, size) : nullptr;
    for (uint32_t i = 0; index && i < size; ++i) {
      *find_entry(index, index_size(size), made, raw_text(made[i].key)) = i + 1;
    }
    if (arena.exhausted()) return missing();
  }
  node->index = index;
  return finish(arena, container(RUNNEL_OBJECT, size, node), node);
}

}  // namespace runnel::core
