#include "base/job_id.hpp"

#include <bit>
#include <random>

namespace runnel::core {
namespace {

constexpr char kHex[] = "0123456789abcdef";

char* put_hex(char* out, uint64_t value, int digits) {
  for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) *out++ = kHex[(value >> shift) & 15];
  return out;
}

}  // namespace

UuidSource::UuidSource() {
  std::random_device entropy;
  do {
    for (uint64_t& word : state_) word = uint64_t{entropy()} << 32 | entropy();
  } while (!(state_[0] | state_[1] | state_[2] | state_[3]));  // the one state the generator cannot leave
}

// xoshiro256** 1.0: https://prng.di.unimi.it/xoshiro256starstar.c
uint64_t UuidSource::next() {
  const uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
  const uint64_t shifted = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= shifted;
  state_[3] = std::rotl(state_[3], 45);
  return result;
}

// RFC 9562, 5.7: 48 bits of Unix milliseconds, version, 12 random bits, variant, 62 random bits.
char* UuidSource::write(char* out, int64_t time_us) {
  const uint64_t milliseconds = static_cast<uint64_t>(time_us / 1000) & 0xffffffffffffu;
  const uint64_t first = next();
  const uint64_t second = (next() & ~(uint64_t{3} << 62)) | uint64_t{2} << 62;
  out = put_hex(out, milliseconds >> 16, 8);
  *out++ = '-';
  out = put_hex(out, milliseconds & 0xffff, 4);
  *out++ = '-';
  out = put_hex(out, 0x7000 | first >> 52, 4);
  *out++ = '-';
  out = put_hex(out, second >> 48, 4);
  *out++ = '-';
  return put_hex(out, second & 0xffffffffffffu, 12);
}

std::string hex16(uint64_t hash) {
  std::string result(16, '\0');
  put_hex(result.data(), hash, 16);
  return result;
}

std::string stable_job_id(uint64_t ordinal, uint64_t line_hash) {
  return std::to_string(ordinal) + "-" + hex16(line_hash);
}

}  // namespace runnel::core
