// The bytes of an input, unpacked where they are gzip or zstd, which their first bytes say, not the name.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "source/byte_memory.hpp"
#include "source/byte_source.hpp"
#include "source/decompressor.hpp"

namespace runnel::core {

class InputBytes {
 public:
  using Got = ByteSource::Got;

  explicit InputBytes(int watch_fd) : bytes_(watch_fd) {}

  bool open(const std::string& name);
  void close();
  bool is_open() const { return bytes_.is_open(); }

  // As ByteSource::read. Waits for no byte more than it takes to see that an input is not compressed.
  Got read(char* to, size_t most, bool wait, size_t& got) {
    if (direct_) return bytes_.read(to, most, wait, got);
    return read_packed(to, most, wait, got);
  }
  int error() const { return problem_.empty() ? bytes_.error() : kDamaged; }
  const std::string& problem() const { return problem_; }  // "": error() says all
  Compression compression() const { return compression_; }

  void stop() { bytes_.stop(); }
  bool stopped() const { return bytes_.stopped(); }

 private:
  static const int kDamaged;

  Got read_packed(char* to, size_t most, bool wait, size_t& got);
  Got look_at_start(bool wait);
  Got hand_out(char* to, size_t most, size_t& got);
  Got unpack(char* to, size_t most, bool wait, size_t& got);
  Got read_more(bool wait);

  ByteSource bytes_;
  bool direct_ = false;    // what bytes_ gives is what the input says
  bool looked_ = false;    // at the start
  bool ended_ = false;     // bytes_ has no more
  bool was_full_ = false;  // there may be more to unpack without further bytes
  Compression compression_ = Compression::none;
  std::unique_ptr<Decompressor> decompressor_;
  ByteMemory chunk_;
  std::string_view rest_;  // of chunk_
  std::string problem_;
};

}  // namespace runnel::core
