#include "source/decompressor.hpp"

#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <climits>
#include <new>

namespace runnel::core {
namespace {

constexpr std::string_view kGzipMagic = "\x1f\x8b";
constexpr std::string_view kZstdMagic = "\x28\xb5\x2f\xfd";
constexpr std::string_view kSkippableMagic = "\x2a\x4d\x18";  // behind 0x50 to 0x5f: what pzstd begins with
constexpr int kGzipWindow = 15 + 16;                          // the largest window; 16: gzip, not zlib

class Gzip : public Decompressor {
 public:
  Gzip() {
    if (inflateInit2(&stream_, kGzipWindow) != Z_OK) throw std::bad_alloc();
  }
  ~Gzip() override { inflateEnd(&stream_); }
  Gzip(const Gzip&) = delete;
  Gzip& operator=(const Gzip&) = delete;

  bool step(std::string_view& in, char* to, size_t most, size_t& made) override {
    made = 0;
    if (complete_ && !next_member(in)) return problem_.empty();
    const auto given = static_cast<uInt>(std::min<size_t>(in.size(), UINT_MAX));
    const auto room = static_cast<uInt>(std::min<size_t>(most, UINT_MAX));
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(in.data()));  // zlib only reads it
    stream_.avail_in = given;
    stream_.next_out = reinterpret_cast<Bytef*>(to);
    stream_.avail_out = room;
    const int result = inflate(&stream_, Z_NO_FLUSH);
    in.remove_prefix(given - stream_.avail_in);
    made = room - stream_.avail_out;
    if (result == Z_MEM_ERROR) throw std::bad_alloc();
    if (result == Z_STREAM_END) complete_ = true;
    if (result == Z_OK || result == Z_STREAM_END || result == Z_BUF_ERROR) return true;
    problem_ = stream_.msg ? stream_.msg : "it needs a dictionary";
    return false;
  }

 private:
  // Behind a member: zeros that pad a tape's block, or the next one. False: nothing to unpack (yet).
  bool next_member(std::string_view& in) {
    in.remove_prefix(std::min(in.find_first_not_of('\0'), in.size()));
    if (in.empty()) return false;
    if (in.front() != kGzipMagic.front()) {
      problem_ = "bytes behind its end";
      return false;
    }
    complete_ = false;
    inflateReset(&stream_);
    return true;
  }

  z_stream stream_{};
};

class Zstd : public Decompressor {
 public:
  Zstd() : stream_(ZSTD_createDStream()) {
    if (!stream_) throw std::bad_alloc();
    ZSTD_initDStream(stream_);
  }
  ~Zstd() override { ZSTD_freeDStream(stream_); }
  Zstd(const Zstd&) = delete;
  Zstd& operator=(const Zstd&) = delete;

  bool step(std::string_view& in, char* to, size_t most, size_t& made) override {
    made = 0;
    if (complete_ && in.empty()) return true;  // a call would begin another frame
    ZSTD_inBuffer input{in.data(), in.size(), 0};
    ZSTD_outBuffer output{to, most, 0};
    const size_t result = ZSTD_decompressStream(stream_, &output, &input);
    in.remove_prefix(input.pos);
    made = output.pos;
    complete_ = result == 0;
    if (!ZSTD_isError(result)) return true;
    problem_ = ZSTD_getErrorName(result);
    return false;
  }

 private:
  ZSTD_DStream* stream_;
};

}  // namespace

std::string_view name_of(Compression compression) {
  if (compression == Compression::none) return "";
  return compression == Compression::gzip ? "gzip" : "zstd";
}

Compression compression_of(std::string_view bytes, bool& undecided) {
  bool may_be_more = false;
  const auto is = [&](std::string_view start, std::string_view magic) {
    const size_t size = std::min(start.size(), magic.size());
    if (start.substr(0, size) != magic.substr(0, size)) return false;
    may_be_more |= size < magic.size();
    return size == magic.size();
  };
  const bool gzip = is(bytes, kGzipMagic);
  bool zstd = is(bytes, kZstdMagic);
  if (!bytes.empty() && (bytes.front() & 0xf0) == 0x50) zstd |= is(bytes.substr(1), kSkippableMagic);
  undecided = may_be_more;
  if (gzip) return Compression::gzip;
  return zstd ? Compression::zstd : Compression::none;
}

std::unique_ptr<Decompressor> make_decompressor(Compression compression) {
  if (compression == Compression::gzip) return std::make_unique<Gzip>();
  return std::make_unique<Zstd>();
}

}  // namespace runnel::core
