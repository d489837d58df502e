// The trace of one job, bounded: the first and the last half of `limit` entries are kept, the rest counted.
#pragma once

#include <cstdint>
#include <vector>

#include "value/value.hpp"

namespace runnel::core {

struct TraceEntry {
  int64_t time_us;
  Value routine_id;
  Value action;
  Value details;  // an object
};

class TraceLog {
 public:
  void set_limit(uint32_t limit) { limit_ = limit; }
  void add(int64_t time_us, Value routine_id, Value action, Value details) {
    if (entries_.size() >= limit_) return add_over_limit({time_us, routine_id, action, details});
    weight_ += weight_of(details);
    TraceEntry& entry = entries_.emplace_back();  // filled in place, see store()
    entry.time_us = time_us;
    store(entry.routine_id, routine_id);
    store(entry.action, action);
    store(entry.details, details);
  }
  void add(const TraceEntry& entry) { add(entry.time_us, entry.routine_id, entry.action, entry.details); }
  uint64_t dropped() const { return dropped_; }
  size_t weight() const { return weight_; }  // about the bytes of JSON its details make
  size_t size() const { return entries_.size(); }
  // The i-th kept entry in order of time.
  TraceEntry& at(size_t i) { return oldest_ == 0 ? entries_[i] : at_in_ring(i); }
  const TraceEntry& at(size_t i) const { return const_cast<TraceLog*>(this)->at(i); }
  void clear();

 private:
  void add_over_limit(const TraceEntry&);
  TraceEntry& at_in_ring(size_t i);

  std::vector<TraceEntry> entries_;  // the first half, then a ring
  uint32_t limit_ = 1000;
  size_t oldest_ = 0;  // place of the ring's oldest entry, from the ring's start
  uint64_t dropped_ = 0;
  size_t weight_ = 0;
};

}  // namespace runnel::core
