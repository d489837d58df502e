#include "flow/components.hpp"

#include <algorithm>

namespace runnel::core {
namespace {

constexpr uint32_t kUnseen = UINT32_MAX;

// R. Tarjan, Depth-first search and linear graph algorithms (1972), with an explicit stack of calls.
class Tarjan {
 public:
  Tarjan(size_t routines, const std::vector<Connection>& connections)
      : next_(routines), number_(routines, kUnseen), low_(routines, 0), on_stack_(routines, false) {
    for (const Connection& one : connections) next_[one.from].push_back(one.to);
    result_.of.assign(routines, kUnseen);
    for (uint32_t root = 0; root < routines; ++root) {
      if (number_[root] == kUnseen) visit(root);
    }
  }

  Components result_;

 private:
  struct Call {
    uint32_t routine;
    size_t next = 0;
  };

  void enter(uint32_t routine) {
    number_[routine] = low_[routine] = count_++;
    stack_.push_back(routine);
    on_stack_[routine] = true;
    calls_.push_back({routine});
  }

  void visit(uint32_t root) {
    enter(root);
    while (!calls_.empty()) {
      Call& call = calls_.back();
      const uint32_t here = call.routine;
      if (call.next < next_[here].size()) {
        const uint32_t to = next_[here][call.next++];
        if (number_[to] == kUnseen) {
          enter(to);
        } else if (on_stack_[to]) {
          low_[here] = std::min(low_[here], number_[to]);
        }
        continue;
      }
      calls_.pop_back();
      if (!calls_.empty()) low_[calls_.back().routine] = std::min(low_[calls_.back().routine], low_[here]);
      if (low_[here] == number_[here]) close(here);
    }
  }

  void close(uint32_t root) {
    std::vector<uint32_t> members;
    for (uint32_t routine = kUnseen; routine != root;) {
      routine = stack_.back();
      stack_.pop_back();
      on_stack_[routine] = false;
      result_.of[routine] = static_cast<uint32_t>(result_.members.size());
      members.push_back(routine);
    }
    std::sort(members.begin(), members.end());
    result_.members.push_back(std::move(members));
  }

  std::vector<std::vector<uint32_t>> next_;
  std::vector<uint32_t> number_, low_;
  std::vector<bool> on_stack_;
  std::vector<uint32_t> stack_;
  std::vector<Call> calls_;
  uint32_t count_ = 0;
};

}  // namespace

Components find_components(size_t routines, const std::vector<Connection>& connections) {
  return std::move(Tarjan(routines, connections).result_);
}

}  // namespace runnel::core
