// XXH3 (64 bits). Unseeded for what is written down (job ids, `sha` of an input line); seeded per process for tables.
#pragma once

#include <cstdint>
#include <string_view>

namespace runnel::core {

uint64_t content_hash(std::string_view bytes);
uint64_t table_hash(std::string_view bytes);

// content_hash of bytes that come in pieces.
class ContentHash {
 public:
  ContentHash();
  ~ContentHash();
  ContentHash(const ContentHash&) = delete;
  ContentHash& operator=(const ContentHash&) = delete;
  void add(std::string_view bytes);
  uint64_t finish() const;

 private:
  void* state_;
};

}  // namespace runnel::core
