// The items lying in the slots of one routine for one job, oldest first.
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "routine/context.hpp"
#include "value/value.hpp"

namespace runnel::core {

class SlotQueue {
 public:
  void push(Value item, uint32_t hops) {
    items_.push_back(item);
    hops_.push_back(hops);
  }
  // Of a slot that lies at the worker: with the job the item belongs to. All pushes of a queue or none.
  void push(Value item, uint32_t hops, uint64_t owner) {
    push(item, hops);
    owners_.push_back(owner);
  }
  // Of a slot whose class judges: what its policy is told of the item pushed last. For all pushes of a queue or none.
  void push_lying(int64_t since) { lying_.push_back({since, 0}); }
  runnel_lying* lying() { return lying_.data() + head_; }
  uint64_t owner(uint32_t index) const { return owners_[head_ + index]; }
  uint32_t hops(uint32_t index) const { return hops_[head_ + index]; }
  uint32_t remove_of(uint64_t owner);                                 // all items of a job; how many there were
  void remove(std::span<const std::pair<uint32_t, uint32_t>> taken);  // {slot, index} of this slot, in order, each once
  uint32_t size() const { return static_cast<uint32_t>(items_.size() - head_); }
  const Value* front() const { return items_.data() + head_; }
  std::span<Value> values() { return std::span(items_).subspan(head_); }
  uint32_t most_hops(uint32_t count) const;      // of the first `count` items
  void take(uint32_t count) { head_ += count; }  // the oldest; they stay in place until tidy() or clear()
  void tidy();
  void clear();

 private:
  std::vector<Value> items_;
  std::vector<uint32_t> hops_;  // side by side, so that items stand together for the routine
  std::vector<uint64_t> owners_;
  std::vector<runnel_lying> lying_;
  size_t head_ = 0;
};

// Of one routine; used again for later jobs.
class SlotQueues {
 public:
  explicit SlotQueues(size_t slots) : queues_(slots), view_(slots) {}
  SlotQueue& operator[](size_t slot) { return queues_[slot]; }
  size_t slots() const { return queues_.size(); }
  uint64_t total() const;
  uint32_t fewest() const;  // over the slots
  // What lies in the slots, at most `most` of each; valid until the next change.
  std::span<const SlotItems> view(uint32_t most);
  void tidy();
  void clear();

 private:
  std::vector<SlotQueue> queues_;
  std::vector<SlotItems> view_;
};

}  // namespace runnel::core
