#include "source/input_bytes.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace runnel::core {
namespace {

constexpr size_t kChunk = 64 * 1024;

}  // namespace

const int InputBytes::kDamaged = EIO;

bool InputBytes::open(const std::string& name) {
  direct_ = looked_ = ended_ = was_full_ = false;
  compression_ = Compression::none;
  rest_ = {};
  problem_.clear();
  return bytes_.open(name);
}

void InputBytes::close() {
  bytes_.close();
  decompressor_.reset();
  chunk_ = ByteMemory();
  rest_ = {};
}

InputBytes::Got InputBytes::read_packed(char* to, size_t most, bool wait, size_t& got) {
  if (!looked_) {
    if (const Got seen = look_at_start(wait); seen != Got::bytes) return seen;
  }
  return decompressor_ ? unpack(to, most, wait, got) : hand_out(to, most, got);
}

InputBytes::Got InputBytes::look_at_start(bool wait) {
  if (chunk_.size() == 0) chunk_ = ByteMemory(kChunk);
  bool undecided = true;
  while (true) {
    if (!rest_.empty()) compression_ = compression_of(rest_, undecided);
    if (ended_ || !undecided || compression_ != Compression::none) break;
    if (const Got got = read_more(wait); got != Got::bytes) return got;
  }
  looked_ = true;
  if (compression_ != Compression::none) decompressor_ = make_decompressor(compression_);
  return Got::bytes;
}

// What was read to look at the start of an input that is not compressed.
InputBytes::Got InputBytes::hand_out(char* to, size_t most, size_t& got) {
  if (rest_.empty()) return Got::end;
  got = std::min(most, rest_.size());
  std::memcpy(to, rest_.data(), got);
  rest_.remove_prefix(got);
  if (rest_.empty() && !ended_) direct_ = true;
  return Got::bytes;
}

InputBytes::Got InputBytes::unpack(char* to, size_t most, bool wait, size_t& got) {
  const std::string name(name_of(compression_));
  if (!problem_.empty()) return Got::failed;
  while (true) {
    if (!rest_.empty() || was_full_) {
      size_t made = 0;
      if (!decompressor_->step(rest_, to, most, made)) {
        problem_ = "the " + name + " data is damaged: " + decompressor_->problem();
        if (made == 0) return Got::failed;
      }
      was_full_ = made == most;
      got = made;
      if (made > 0) return Got::bytes;
      if (!rest_.empty()) continue;
    }
    if (ended_) {
      if (decompressor_->is_complete()) return Got::end;
      problem_ = "the " + name + " data is cut off";
      return Got::failed;
    }
    if (const Got more = read_more(wait); more != Got::bytes) return more;
  }
}

// More bytes behind what is left; ended_ when there are none. Got::bytes: go on.
InputBytes::Got InputBytes::read_more(bool wait) {
  if (!rest_.empty()) std::memmove(chunk_.get(), rest_.data(), rest_.size());
  size_t count = 0;
  const Got got = bytes_.read(chunk_.get() + rest_.size(), kChunk - rest_.size(), wait, count);
  rest_ = {chunk_.get(), rest_.size() + count};
  if (got != Got::end) return got;
  ended_ = true;
  return Got::bytes;
}

}  // namespace runnel::core
