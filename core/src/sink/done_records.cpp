#include "sink/done_records.hpp"

#include <algorithm>

namespace runnel::core {

bool DoneRecords::add(uint64_t ordinal, uint64_t hash) {
  std::unique_ptr<Chunk>& chunk = chunks_[ordinal / kChunk];
  if (!chunk) chunk = std::make_unique<Chunk>();
  const size_t at = ordinal % kChunk;
  if (chunk->done[at]) return false;
  chunk->done[at] = true;
  chunk->hashes[at] = hash;
  ++count_;
  last_ = std::max(last_, ordinal);
  return true;
}

std::optional<uint64_t> DoneRecords::hash(uint64_t ordinal) const {
  if (ordinal > last_) return std::nullopt;
  const auto chunk = chunks_.find(ordinal / kChunk);
  if (chunk == chunks_.end() || !chunk->second->done[ordinal % kChunk]) return std::nullopt;
  return chunk->second->hashes[ordinal % kChunk];
}

uint64_t DoneRecords::run_from(uint64_t ordinal, uint64_t most) const {
  uint64_t count = 0;
  while (count < most && has(ordinal + count)) ++count;
  return count;
}

}  // namespace runnel::core
