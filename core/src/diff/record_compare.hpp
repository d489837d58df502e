// What makes two records of one job differ.
#pragma once

#include <string>
#include <vector>

#include "diff/ignored_paths.hpp"
#include "value/value.hpp"

namespace runnel::core {

struct Difference {
  std::string path;
  Value before{};  // missing where the one record has nothing there
  Value after{};
};

class RecordCompare {
 public:
  RecordCompare();  // passes over ids, times and places

  std::string ignore(std::string_view path) { return ignored_.add(path); }  // the mistake, or ""

  // Equal for records without a difference, but for their posts; the order of an object's keys does not matter.
  uint64_t digest(Value record) const;
  // 0: the record has no post. Posts of records that have one are compared, too.
  uint64_t post_digest(Value record) const;
  std::vector<Difference> differences(Value before, Value after) const;

 private:
  using Steps = IgnoredPaths::Steps;
  bool ignores(Value object, std::string_view key, const Steps& at, Steps& below) const;
  uint64_t hash(Value, const Steps&) const;
  void compare(Value before, Value after, const std::string& path, const Steps&, std::vector<Difference>&) const;
  void compare_objects(Value before, Value after, const std::string& path, const Steps&,
                       std::vector<Difference>&) const;

  IgnoredPaths ignored_;
};

}  // namespace runnel::core
