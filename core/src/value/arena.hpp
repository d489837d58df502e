// The memory of one job: bump allocation, freed as a whole. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

namespace runnel::core {

class Arena {
 public:
  static constexpr size_t kFirstChunk = 32 * 1024;
  static constexpr size_t kMostKept = 1024 * 1024;  // reset gives larger memory back to the system

  explicit Arena(size_t limit = SIZE_MAX, size_t first_chunk = kFirstChunk)
      : limit_(limit), first_chunk_(first_chunk) {}
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;
  Arena(Arena&&) noexcept;
  Arena& operator=(Arena&&) noexcept;
  ~Arena();

  // 8-byte aligned. Null when the limit would be passed; from then on all is refused and exhausted() is true, until
  // reset.
  void* allocate(size_t size) {
    size = (size + 7) & ~size_t{7};
    if (size > static_cast<size_t>(end_ - next_)) return allocate_chunk(size);
    char* result = next_;
    next_ += size;
    return result;
  }
  // A copy that lives as long as the arena; null when exhausted.
  const char* copy(std::string_view text) {
    if (text.empty()) return "";
    auto* to = static_cast<char*>(allocate(text.size()));
    if (to) std::memcpy(to, text.data(), text.size());
    return to;
  }
  // Gives back the unused end of the latest allocation.
  void shrink_last(const void* start, size_t from, size_t to);

  size_t used() const {  // bytes handed out since reset
    return chunks_.empty() ? 0 : used_before_ + static_cast<size_t>(next_ - chunks_[current_].start);
  }
  bool exhausted() const { return exhausted_; }
  bool owns(const void* pointer) const {
    for (const Chunk& chunk : chunks_) {
      if (reinterpret_cast<uintptr_t>(pointer) - reinterpret_cast<uintptr_t>(chunk.start) < chunk.size) return true;
    }
    return false;
  }
  void set_limit(size_t limit);
  size_t limit() const { return limit_; }
  void reset();  // keeps the first chunk (and up to kMostKept in all)

  // Gives back all that was handed out since the mark.
  struct Mark {
    size_t chunk = 0;
    char* next = nullptr;
    size_t used_before = 0;
  };
  Mark mark() const { return {current_, next_, used_before_}; }
  void rewind(const Mark&);

  // From now on nothing fits, until reset. Returns null.
  void* refuse();

 private:
  void* allocate_chunk(size_t size);
  void enter(size_t chunk);
  void set_end();
  void free_from(size_t chunk);

  struct Chunk {
    char* start;
    size_t size;
  };
  char* next_ = nullptr;
  char* end_ = nullptr;     // of the current chunk, or where the limit cuts it
  size_t used_before_ = 0;  // in all chunks but the current one
  size_t limit_;
  size_t first_chunk_ = kFirstChunk;
  bool exhausted_ = false;
  std::vector<Chunk> chunks_;
  size_t current_ = 0;  // those after it are kept from before the last reset
};

}  // namespace runnel::core
