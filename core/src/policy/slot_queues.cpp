#include "policy/slot_queues.hpp"

#include <algorithm>

namespace runnel::core {

uint32_t SlotQueue::most_hops(uint32_t count) const {
  uint32_t most = 0;
  for (uint32_t i = 0; i < count; ++i) most = std::max(most, hops_[head_ + i]);
  return most;
}

void SlotQueue::tidy() {
  if (head_ == items_.size()) return clear();
  if (head_ < 1024 || head_ < items_.size() / 2) return;  // moving what is left pays only now and then
  items_.erase(items_.begin(), items_.begin() + static_cast<std::ptrdiff_t>(head_));
  hops_.erase(hops_.begin(), hops_.begin() + static_cast<std::ptrdiff_t>(head_));
  if (!owners_.empty()) owners_.erase(owners_.begin(), owners_.begin() + static_cast<std::ptrdiff_t>(head_));
  if (!lying_.empty()) lying_.erase(lying_.begin(), lying_.begin() + static_cast<std::ptrdiff_t>(head_));
  head_ = 0;
}

void SlotQueue::remove(std::span<const std::pair<uint32_t, uint32_t>> taken) {
  if (taken.empty()) return;
  size_t kept = head_ + taken.front().second;
  for (size_t i = kept; i < items_.size(); ++i) {
    if (!taken.empty() && i == head_ + taken.front().second) {
      taken = taken.subspan(1);
      continue;
    }
    items_[kept] = items_[i];
    hops_[kept] = hops_[i];
    if (!owners_.empty()) owners_[kept] = owners_[i];
    if (!lying_.empty()) lying_[kept] = lying_[i];
    ++kept;
  }
  items_.resize(kept);
  hops_.resize(kept);
  if (!owners_.empty()) owners_.resize(kept);
  if (!lying_.empty()) lying_.resize(kept);
}

// Items in front of the head stay where they are: an activation may be looking at them.
uint32_t SlotQueue::remove_of(uint64_t owner) {
  size_t kept = head_;
  for (size_t i = head_; i < items_.size(); ++i) {
    if (owners_[i] == owner) continue;
    items_[kept] = items_[i];
    hops_[kept] = hops_[i];
    if (!lying_.empty()) lying_[kept] = lying_[i];
    owners_[kept++] = owners_[i];
  }
  const size_t removed = items_.size() - kept;
  items_.resize(kept);
  hops_.resize(kept);
  owners_.resize(kept);
  if (!lying_.empty()) lying_.resize(kept);
  return static_cast<uint32_t>(removed);
}

void SlotQueue::clear() {
  constexpr size_t kMostKept = 4096;
  items_.clear();
  hops_.clear();
  owners_.clear();
  lying_.clear();
  if (items_.capacity() > kMostKept) {
    items_.shrink_to_fit();
    hops_.shrink_to_fit();
    owners_.shrink_to_fit();
    lying_.shrink_to_fit();
  }
  head_ = 0;
}

uint64_t SlotQueues::total() const {
  uint64_t sum = 0;
  for (const SlotQueue& queue : queues_) sum += queue.size();
  return sum;
}

uint32_t SlotQueues::fewest() const {
  uint32_t least = UINT32_MAX;
  for (const SlotQueue& queue : queues_) least = std::min(least, queue.size());
  return least;
}

std::span<const SlotItems> SlotQueues::view(uint32_t most) {
  for (size_t i = 0; i < queues_.size(); ++i) view_[i] = {queues_[i].front(), std::min(queues_[i].size(), most)};
  return view_;
}

void SlotQueues::tidy() {
  for (SlotQueue& queue : queues_) queue.tidy();
}

void SlotQueues::clear() {
  for (SlotQueue& queue : queues_) queue.clear();
}

}  // namespace runnel::core
