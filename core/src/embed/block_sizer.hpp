// How many lines a worker takes at once: about 1 ms of work, so that a slow flow shares its lines and a fast one is not
// held up by handing them out.
#pragma once

#include <algorithm>
#include <cstdint>

namespace runnel::core {

class BlockSizer {
 public:
  // most: window / (2 x workers), so that all workers together never wait for the window while one is slow.
  explicit BlockSizer(uint64_t most)
      : most_(static_cast<uint32_t>(std::clamp<uint64_t>(most, 1, 65536))), lines_(std::min(16u, most_)) {}

  uint32_t lines() const { return lines_; }
  void took(uint32_t lines, int64_t microseconds) {
    if (microseconds > 2000) {
      lines_ = std::max(1u, lines_ / 2);
    } else if (microseconds < 500 && lines >= lines_) {  // a short block says nothing
      lines_ = std::min(most_, lines_ * 2);
    }
  }

 private:
  uint32_t most_;
  uint32_t lines_;
};

}  // namespace runnel::core
