#include "isolate/ring.hpp"

#include <algorithm>
#include <cstring>

namespace runnel::core {

// The counters are stored and loaded in one order for all: who goes to sleep has said so before it looks at them.

size_t Ring::put(std::string_view text) {
  const uint64_t used = written_ - head_.taken.load();
  const size_t size = std::min<uint64_t>(text.size(), size_ - std::min<uint64_t>(used, size_));
  const size_t at = written_ % size_;
  const size_t first = std::min(size, size_ - at);
  std::memcpy(bytes_ + at, text.data(), first);
  if (size > first) std::memcpy(bytes_, text.data() + first, size - first);
  if (size) head_.written.store(written_ += size);
  return size;
}

size_t Ring::get(char* to, size_t most) {
  const size_t size = std::min<uint64_t>({most, head_.written.load() - taken_, size_});
  const size_t at = taken_ % size_;
  const size_t first = std::min(size, size_ - at);
  std::memcpy(to, bytes_ + at, first);
  if (size > first) std::memcpy(to + first, bytes_, size - first);
  if (size) head_.taken.store(taken_ += size);
  return size;
}

}  // namespace runnel::core
