#include "sink/file_lines.hpp"

namespace runnel::core {
namespace {

constexpr size_t kReadBytes = 256 * 1024;

}  // namespace

bool FileLines::next() {
  if (error_ != 0) return false;
  size_t looked_at = start_;
  for (;;) {
    const size_t found = buffer_.find('\n', looked_at);
    if (found != std::string::npos) {
      line_ = std::string_view(buffer_).substr(start_, found - start_);
      ended_ = true;
      offset_ = read_to_ - (buffer_.size() - start_);
      start_ = found + 1;
      ++number_;
      return true;
    }
    buffer_.erase(0, start_);
    start_ = 0;
    const size_t kept = buffer_.size();
    looked_at = kept;
    if (kept == 0 && buffer_.capacity() > 16 * kReadBytes) std::string().swap(buffer_);
    buffer_.resize(kept + kReadBytes);
    size_t got = 0;
    error_ = file_.read_at(read_to_, buffer_.data() + kept, kReadBytes, got);
    buffer_.resize(kept + got);
    read_to_ += got;
    if (error_ != 0) return false;
    if (got > 0) continue;
    if (buffer_.empty()) return false;
    line_ = buffer_;
    ended_ = false;
    offset_ = read_to_ - buffer_.size();
    start_ = buffer_.size();
    ++number_;
    return true;
  }
}

}  // namespace runnel::core
