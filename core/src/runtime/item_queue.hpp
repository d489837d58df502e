// The one queue of a job: items on their way to a slot, first emitted first delivered.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "value/value.hpp"

namespace runnel::core {

struct QueuedItem {
  Value item;
  uint32_t connection;  // number in the flow
  uint32_t hops;
};

class ItemQueue {
 public:
  bool empty() const { return head_ == items_.size(); }
  size_t size() const { return items_.size() - head_; }
  void push(Value item, uint32_t connection, uint32_t hops) {
    QueuedItem& queued = items_.emplace_back();  // filled in place, see store()
    store(queued.item, item);
    queued.connection = connection;
    queued.hops = hops;
  }
  QueuedItem pop() {
    const QueuedItem item = items_[head_++];
    if (head_ == items_.size()) {
      items_.clear();
      head_ = 0;
    } else if (head_ >= 1024 && head_ >= items_.size() / 2) {
      items_.erase(items_.begin(), items_.begin() + static_cast<std::ptrdiff_t>(head_));
      head_ = 0;
    }
    return item;
  }
  std::span<QueuedItem> items() { return std::span(items_).subspan(head_); }
  void clear() {
    constexpr size_t kMostKept = 4096;
    items_.clear();
    if (items_.capacity() > kMostKept) items_.shrink_to_fit();
    head_ = 0;
  }

 private:
  std::vector<QueuedItem> items_;
  size_t head_ = 0;
};

}  // namespace runnel::core
