// Lua's memory: free lists by size class over chunks, the system's allocator for large blocks, and a limit on all of
// it.
#pragma once

#include <array>
#include <cstddef>
#include <vector>

namespace runnel::core {

// Told by the allocator, in the middle of Lua's work: may not raise.
class AllocationWatcher {
 public:
  virtual ~AllocationWatcher() = default;
  virtual void refused() = 0;
  virtual void large_block(size_t bytes) = 0;
};

class LuaAllocator {
 public:
  enum class Refusal { none, memory, stack };
  // Lua's own stack may not grow beyond this by doubling: a few operations of Lua take time in its square, out of reach
  // of the hook.
  static constexpr size_t kMostStack = size_t{1} * 1024 * 1024;

  explicit LuaAllocator(AllocationWatcher& watcher) : watcher_(watcher) {}
  LuaAllocator(const LuaAllocator&) = delete;
  LuaAllocator& operator=(const LuaAllocator&) = delete;
  ~LuaAllocator();

  // The lua_Alloc function; `self` is the allocator.
  static void* reallocate(void* self, void* block, size_t old_size, size_t new_size);
  // The vector made last is Lua's stack.
  void stack_was_made() { stack_ = latest_vector_; }
  void set_limit(size_t bytes) { limit_ = bytes; }
  size_t reserved() const { return reserved_; }  // taken from the system
  Refusal last_refusal() const { return last_refusal_; }

 private:
  static constexpr size_t kStep = 16;
  static constexpr size_t kMostSmall = 1024;
  static constexpr size_t kChunk = size_t{32} * 1024;
  struct Free {
    Free* next;
  };
  struct Vector {
    void* block = nullptr;
    size_t size = 0;
  };
  static bool is_small(size_t size) { return size <= kMostSmall; }
  static size_t class_of(size_t size) { return (size + kStep - 1) / kStep; }

  void* take(size_t size, bool must);
  void* take_from_chunk(size_t size_class, bool must);
  bool is_too_large_stack(size_t size) const;
  void give_back(void* block, size_t size);
  void* resize(void* block, size_t old_size, size_t new_size);
  bool may_reserve(size_t bytes, bool must);
  void refuse(Refusal);

  AllocationWatcher& watcher_;
  std::array<Free*, kMostSmall / kStep + 1> free_{};
  char* next_ = nullptr;
  char* end_ = nullptr;
  size_t reserved_ = 0;
  size_t limit_ = static_cast<size_t>(-1);
  Vector stack_;
  Vector latest_vector_;
  Refusal last_refusal_ = Refusal::none;
  std::vector<void*> chunks_;
};

}  // namespace runnel::core
