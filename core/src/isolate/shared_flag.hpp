// A flag in memory that another process may write anything into: only one value is yes.
#pragma once

#include <atomic>
#include <cstdint>

namespace runnel::core {

class SharedFlag {
 public:
  void set(bool on = true) { word_.store(on ? kYes : 0); }
  bool is_set() const { return word_.load() == kYes; }
  bool take() { return word_.exchange(0) == kYes; }  // whether it was set; it is not any more

 private:
  static constexpr uint32_t kYes = 0x79657321;
  std::atomic<uint32_t> word_{0};
};

}  // namespace runnel::core
