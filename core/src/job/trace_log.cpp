#include "job/trace_log.hpp"

namespace runnel::core {
namespace {

constexpr size_t kMostKept = 4096;  // entries; more memory than that is not carried on to the next job

}  // namespace

void TraceLog::add_over_limit(const TraceEntry& entry) {
  ++dropped_;
  if (limit_ == 0) return;
  const size_t first = limit_ / 2;
  weight_ += weight_of(entry.details) - weight_of(entries_[first + oldest_].details);
  entries_[first + oldest_] = entry;
  if (++oldest_ == limit_ - first) oldest_ = 0;
}

TraceEntry& TraceLog::at_in_ring(size_t i) {
  const size_t first = limit_ / 2;
  if (i < first) return entries_[i];
  const size_t in_ring = i - first + oldest_;
  const size_t ring = entries_.size() - first;
  return entries_[first + (in_ring < ring ? in_ring : in_ring - ring)];
}

void TraceLog::clear() {
  if (entries_.capacity() > kMostKept) {
    entries_ = {};
  } else {
    entries_.clear();
  }
  oldest_ = 0;
  dropped_ = 0;
  weight_ = 0;
}

}  // namespace runnel::core
