// The bytes of one file or of standard input, with waiting that others can end.
#pragma once

#include <atomic>
#include <cstddef>
#include <string>

namespace runnel::core {

// errno of why this file cannot be read, or 0. Opens nothing whose other end would notice.
int check_readable(const std::string& name);

class ByteSource {
 public:
  enum class Got { bytes, nothing_yet, end, stopped, reader_gone, failed };

  explicit ByteSource(int watch_fd);  // -1: none; see BlockReader
  ~ByteSource();
  ByteSource(const ByteSource&) = delete;
  ByteSource& operator=(const ByteSource&) = delete;

  bool open(const std::string& name);  // "-": standard input. False: error() says why
  void close();
  bool is_open() const { return fd_ >= 0; }

  // `got` bytes, 1 to `most`. Where that would block: nothing_yet, or with `wait` it waits for bytes, for stop(), or
  // for the reader of watch_fd to go away.
  Got read(char* to, size_t most, bool wait, size_t& got);
  int error() const { return error_; }

  void stop();  // [any thread] for good
  bool stopped() const { return stopped_.load(std::memory_order_relaxed); }

 private:
  Got wait_for_bytes(bool wait);
  Got fail(int error);

  int fd_ = -1;
  bool owned_ = false;
  bool never_blocks_ = false;
  int error_ = 0;
  int watch_fd_;
  int stop_fd_;
  std::atomic<bool> stopped_{false};
};

}  // namespace runnel::core
