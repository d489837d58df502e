#include "job/captured_output.hpp"

namespace runnel::core {
namespace {

constexpr size_t kMostKept = 64 * 1024;  // bytes; more memory than that is not carried on to the next job

// Where the tail of at most CapturedOutput::kLimit bytes starts, at a character.
size_t tail_start(std::string_view text) {
  if (text.size() <= CapturedOutput::kLimit) return 0;
  size_t at = text.size() - CapturedOutput::kLimit;
  while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80) ++at;
  return at;
}

}  // namespace

void CapturedOutput::print(std::string_view text) {
  if (const size_t start = tail_start(text); start > 0) {  // nothing before it can be kept
    dropped_ += text_.size() + start;
    text_.assign(text.substr(start));
    return;
  }
  text_.append(text);
  if (text_.size() >= 2 * kLimit) {
    const size_t start = tail_start(text_);
    dropped_ += start;
    text_.erase(0, start);
  }
}

std::string_view CapturedOutput::text() const { return std::string_view(text_).substr(tail_start(text_)); }

uint64_t CapturedOutput::dropped() const { return dropped_ + tail_start(text_); }

void CapturedOutput::clear() {
  if (text_.capacity() > kMostKept) {
    text_ = {};
  } else {
    text_.clear();
  }
  dropped_ = 0;
}

}  // namespace runnel::core
