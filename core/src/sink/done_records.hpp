// Which jobs stand in an output file, and of which lines: ordinal -> hash.
#pragma once

#include <bitset>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>

namespace runnel::core {

// 8 bytes a record, in chunks that are there where there are records. Filled once, then read by any thread.
class DoneRecords {
 public:
  bool add(uint64_t ordinal, uint64_t hash);  // false: it is there already
  bool has(uint64_t ordinal) const { return hash(ordinal).has_value(); }
  std::optional<uint64_t> hash(uint64_t ordinal) const;
  // How many are done one behind the other from this one on, counted up to `most`.
  uint64_t run_from(uint64_t ordinal, uint64_t most) const;

  uint64_t count() const { return count_; }
  uint64_t last() const { return last_; }  // 0: none
  // One before the last is not done; `skip`: the ordinals up to this one are no jobs.
  bool has_gap(uint64_t skip) const { return count_ > 0 && count_ != last_ - skip; }

 private:
  static constexpr uint64_t kChunk = 4096;
  struct Chunk {
    std::bitset<kChunk> done;
    uint64_t hashes[kChunk];
  };
  std::map<uint64_t, std::unique_ptr<Chunk>> chunks_;
  uint64_t count_ = 0;
  uint64_t last_ = 0;
};

}  // namespace runnel::core
