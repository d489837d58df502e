// The data of one job: keys in the order they were first set. Values live in the job's arena or longer.
#pragma once

#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "value/value.hpp"

namespace runnel::core {

class JobData {
 public:
  Value get(std::string_view key) const;  // missing() when it was never set
  void set(Value key, Value value);       // both already fit to keep
  std::span<Member> members() { return members_; }
  void rebase_keys();  // after the text of keys was moved
  std::span<const Member> members() const { return members_; }
  void clear();
  size_t weight() const { return weight_; }  // about the bytes of JSON it makes

 private:
  struct KeyHash {
    size_t operator()(std::string_view key) const;  // seeded: keys may come from the input
  };
  const Member* find(std::string_view key) const;

  size_t weight_ = 0;
  std::vector<Member> members_;
  std::unordered_map<std::string_view, size_t, KeyHash> index_;  // only used with kIndexFrom keys and more
};

}  // namespace runnel::core
