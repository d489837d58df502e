#include "value/hash.hpp"

#define XXH_INLINE_ALL  // short keys: a call into the library costs more than the hash
#include <xxhash.h>

#include <new>
#include <random>

namespace runnel::core {
namespace {

uint64_t process_seed() {
  std::random_device entropy;
  return uint64_t{entropy()} << 32 | entropy();
}

XXH3_state_t* state_of(void* state) { return static_cast<XXH3_state_t*>(state); }

}  // namespace

uint64_t content_hash(std::string_view bytes) { return XXH3_64bits(bytes.data(), bytes.size()); }

// The seed keeps an attacker from choosing keys that all fall on one place of a table.
uint64_t table_hash(std::string_view bytes) {
  static const uint64_t seed = process_seed();
  return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
}

ContentHash::ContentHash() : state_(XXH3_createState()) {
  if (!state_) throw std::bad_alloc();
  XXH3_64bits_reset(state_of(state_));
}
ContentHash::~ContentHash() { XXH3_freeState(state_of(state_)); }
void ContentHash::add(std::string_view bytes) { XXH3_64bits_update(state_of(state_), bytes.data(), bytes.size()); }
uint64_t ContentHash::finish() const { return XXH3_64bits_digest(state_of(state_)); }

}  // namespace runnel::core
