#include "script/allocator.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace runnel::core {

LuaAllocator::~LuaAllocator() {
  for (void* chunk : chunks_) std::free(chunk);
}

void* LuaAllocator::reallocate(void* self, void* block, size_t old_size, size_t new_size) {
  auto& allocator = *static_cast<LuaAllocator*>(self);
  if (!block) {
    constexpr size_t kVector = 0;  // old_size is a type then; none for what is no object
    const bool is_vector = old_size == kVector;
    if (new_size == 0) return nullptr;
    if (is_vector && allocator.is_too_large_stack(new_size)) {
      allocator.refuse(Refusal::stack);
      return nullptr;
    }
    void* made = allocator.take(new_size, false);
    if (is_vector) allocator.latest_vector_ = {made, new_size};
    return made;
  }
  if (new_size) return allocator.resize(block, old_size, new_size);
  allocator.give_back(block, old_size);
  return nullptr;
}

void LuaAllocator::refuse(Refusal refusal) {
  last_refusal_ = refusal;
  watcher_.refused();
}

bool LuaAllocator::may_reserve(size_t bytes, bool must) {
  if (must || (reserved_ <= limit_ && bytes <= limit_ - reserved_)) return true;
  refuse(Refusal::memory);
  return false;
}

void* LuaAllocator::take_from_chunk(size_t size_class, bool must) {
  const size_t size = size_class * kStep;
  if (size > static_cast<size_t>(end_ - next_)) {
    if (!may_reserve(kChunk, must)) return nullptr;
    auto* chunk = static_cast<char*>(std::malloc(kChunk));
    if (!chunk) return nullptr;
    chunks_.push_back(chunk);
    reserved_ += kChunk;
    next_ = chunk;
    end_ = chunk + kChunk;
  }
  void* block = next_;
  next_ += size;
  return block;
}

void* LuaAllocator::take(size_t size, bool must) {
  if (is_small(size)) {
    const size_t size_class = class_of(size);
    if (Free* block = free_[size_class]) {
      free_[size_class] = block->next;
      return block;
    }
    return take_from_chunk(size_class, must);
  }
  if (!may_reserve(size, must)) return nullptr;
  void* block = std::malloc(size);
  if (!block) return nullptr;
  reserved_ += size;
  watcher_.large_block(size);
  return block;
}

// Lua doubles its stack into a new vector; kExtra of it is not counted (EXTRA_STACK slots).
bool LuaAllocator::is_too_large_stack(size_t size) const {
  constexpr size_t kExtra = 5 * 16;
  return size > kMostStack && stack_.block && size == 2 * stack_.size - kExtra;
}

void LuaAllocator::give_back(void* block, size_t size) {
  if (block == stack_.block) stack_ = latest_vector_;  // Lua has just moved it there
  if (is_small(size)) {
    auto* freed = static_cast<Free*>(block);
    freed->next = free_[class_of(size)];
    free_[class_of(size)] = freed;
  } else {
    std::free(block);
    reserved_ -= size;
  }
}

void* LuaAllocator::resize(void* block, size_t old_size, size_t new_size) {
  const bool grows = new_size > old_size;
  if (is_small(old_size) && is_small(new_size) && class_of(old_size) == class_of(new_size)) return block;
  void* moved = nullptr;
  if (!is_small(old_size) && !is_small(new_size)) {
    if (grows && !may_reserve(new_size - old_size, false)) return nullptr;
    moved = std::realloc(block, new_size);
    if (!moved) return grows ? nullptr : block;
    reserved_ = reserved_ - old_size + new_size;
    if (grows) watcher_.large_block(new_size);
  } else {
    moved = take(new_size, !grows);  // Lua relies on shrinking never to fail
    if (!moved) return nullptr;
    std::memcpy(moved, block, std::min(old_size, new_size));
    give_back(block, old_size);
  }
  return moved;
}

}  // namespace runnel::core
