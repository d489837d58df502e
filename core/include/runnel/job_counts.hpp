// Jobs by how they ended. bad_input also counts as posted and failed.
#pragma once

#include <cstdint>

namespace runnel {

struct JobCounts {
  uint64_t posted = 0;
  uint64_t completed = 0;
  uint64_t failed = 0;
  uint64_t cancelled = 0;
  uint64_t bad_input = 0;

  void add(const JobCounts& other) {
    posted += other.posted;
    completed += other.completed;
    failed += other.failed;
    cancelled += other.cancelled;
    bad_input += other.bad_input;
  }
  void subtract(const JobCounts& other) {
    posted -= other.posted;
    completed -= other.completed;
    failed -= other.failed;
    cancelled -= other.cancelled;
    bad_input -= other.bad_input;
  }
  // Every posted job ended in exactly one way.
  bool conserved() const { return posted == completed + failed + cancelled; }
};

}  // namespace runnel
