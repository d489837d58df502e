// gzip (RFC 1952) and zstd (RFC 8878) as streams: bytes in, bytes out, members and frames one behind the other.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace runnel::core {

enum class Compression : uint8_t { none, gzip, zstd };

// "" for none, "gzip", "zstd".
std::string_view name_of(Compression);

// The most bytes compression_of() may ask for.
constexpr size_t kMagicBytes = 4;
// What the first bytes of an input say. `undecided`: so far they could be the beginning of either; more are needed.
Compression compression_of(std::string_view first_bytes, bool& undecided);

class Decompressor {
 public:
  virtual ~Decompressor() = default;
  // Takes what it can from the front of `in` and writes at most `most` bytes; `made` says how many. False: the data is
  // damaged, problem() says how; what was made before is good.
  virtual bool step(std::string_view& in, char* to, size_t most, size_t& made) = 0;
  // The data may end here: nothing is half unpacked.
  bool is_complete() const { return complete_; }
  const std::string& problem() const { return problem_; }

 protected:
  bool complete_ = false;
  std::string problem_;
};

std::unique_ptr<Decompressor> make_decompressor(Compression);  // not of `none`

}  // namespace runnel::core
