#include "value/compactor.hpp"

#include <cstring>

#include "value/object_index.hpp"

namespace runnel::core {

void Compactor::operator()(Value& value) {
  if (is_container(value)) {
    if (!move_container(value)) value = missing();
  } else if ((value.kind != RUNNEL_STRING && value.kind != RUNNEL_NUMBER) || value.size == 0) {
    return;
  } else if (in_line(value.as.text)) {
    value.as.text = moved(value.as.text);
  } else if (from_.owns(value.as.text)) {
    value.as.text = to_.copy(raw_text(value));
    if (!value.as.text) value = missing();
  }
}

// Recursion goes no deeper than a value: kMaxDepth.
bool Compactor::move_container(Value& value) {
  if (!from_.owns(value.as.node)) return true;
  if (auto at = moved_.find(value.as.node); at != moved_.end()) {
    value.as.node = at->second;
    return true;
  }
  const size_t count = value.kind == RUNNEL_OBJECT ? size_t{2} * value.size : value.size;
  const size_t size = sizeof(Node) + count * sizeof(Value);
  auto* node = static_cast<Node*>(to_.allocate(size));
  if (!node) return false;
  std::memcpy(static_cast<void*>(node), value.as.node, size);
  if (node->index) {
    const size_t bytes = index_size(value.size) * sizeof(uint32_t);
    auto* index = static_cast<uint32_t*>(to_.allocate(bytes));
    if (!index) return false;
    std::memcpy(index, node->index, bytes);
    node->index = index;
  }
  if (node->text && in_line(node->text))
    node->text = moved(node->text);
  else if (node->text && from_.owns(node->text))
    node->text = nullptr;  // parsed from text of the arena: written from the tree
  moved_.emplace(value.as.node, node);
  auto* children = reinterpret_cast<Value*>(node + 1);
  for (size_t i = 0; i < count; ++i) (*this)(children[i]);
  value.as.node = node;
  return true;
}

}  // namespace runnel::core
