// A stream of bytes from one process to another through memory that both have mapped: one writer, one reader. What was
// written can still be read when the writer is dead. Nothing here waits; see channel.hpp.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace runnel::core {

struct RingHead {
  alignas(64) std::atomic<uint64_t> written{0};  // bytes since the beginning
  alignas(64) std::atomic<uint64_t> taken{0};
};

class Ring {
 public:
  // size: a power of two.
  Ring(RingHead& head, char* bytes, size_t size) : head_(head), bytes_(bytes), size_(size) {}

  // As much of it as there is room for; the number of bytes.
  size_t put(std::string_view text);
  // Up to so many bytes.
  size_t get(char* to, size_t most);
  bool has_bytes() const { return head_.written.load() != taken_; }        // [reader]
  bool has_room() const { return written_ - head_.taken.load() < size_; }  // [writer]
  // [reader] The other process may write what it likes into this memory: false when its counter cannot be.
  bool is_sound() const { return head_.written.load() - taken_ <= size_; }

 private:
  RingHead& head_;
  char* const bytes_;
  const size_t size_;
  uint64_t written_ = 0;  // the writer's own; what stands in the head is for the other one
  uint64_t taken_ = 0;    // the reader's own
};

}  // namespace runnel::core
