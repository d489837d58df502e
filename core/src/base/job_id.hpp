// Job ids: UUIDv7 (RFC 9562, 36 characters), or <ordinal>-<16 hex digits of the raw line's hash> where runs must agree.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace runnel::core {

constexpr size_t kUuidSize = 36;

// One per worker; seeded from the operating system.
class UuidSource {
 public:
  UuidSource();
  char* write(char* out, int64_t time_us);  // kUuidSize bytes; returns the end

 private:
  uint64_t next();
  uint64_t state_[4];
};

std::string hex16(uint64_t hash);
std::string stable_job_id(uint64_t ordinal, uint64_t line_hash);

}  // namespace runnel::core
