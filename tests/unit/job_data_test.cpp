#include "job/job_data.hpp"

#include <rapidcheck.h>

#include <map>
#include <string>
#include <vector>

#include "catch.hpp"

using namespace runnel::core;

TEST_CASE("job data keeps keys in the order they were first set, with the last value") {
  CHECK(rc::check([] {
    const auto keys = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 60));
    std::vector<std::string> names;
    for (int i = 0; i < 60; ++i) names.push_back("key" + std::to_string(i));
    JobData data;
    std::vector<int> order;
    std::map<int, int64_t> last;
    int64_t time = 0;
    for (const int key : keys) {
      if (!last.contains(key)) order.push_back(key);
      last[key] = ++time;
      data.set(string_view_value(names[static_cast<size_t>(key)]), make_int(time));
    }
    RC_ASSERT(data.members().size() == order.size());
    for (size_t i = 0; i < order.size(); ++i) {
      RC_ASSERT(raw_text(data.members()[i].key) == names[static_cast<size_t>(order[i])]);
      RC_ASSERT(data.members()[i].value.as.integer == last[order[i]]);
    }
    for (int key = 0; key < 60; ++key) {
      const Value value = data.get("key" + std::to_string(key));
      RC_ASSERT(is_missing(value) == !last.contains(key));
      if (!is_missing(value)) RC_ASSERT(value.as.integer == last[key]);
    }
  }));
}

TEST_CASE("cleared job data knows none of its earlier keys, few or many") {
  for (const int count : {3, 40}) {
    std::vector<std::string> names;
    for (int i = 0; i < count; ++i) names.push_back(std::to_string(i));
    JobData data;
    for (const std::string& name : names) data.set(string_view_value(name), make_int(1));
    data.clear();
    CHECK(data.members().empty());
    for (const std::string& name : names) CHECK(is_missing(data.get(name)));
  }
}

TEST_CASE("keys are found after their text was moved") {
  std::vector<std::string> names;
  for (int i = 0; i < 40; ++i) names.push_back("name" + std::to_string(i));
  JobData data;
  for (const std::string& name : names) data.set(string_view_value(name), make_int(7));
  const std::vector<std::string> moved = names;
  for (size_t i = 0; i < moved.size(); ++i) data.members()[i].key = string_view_value(moved[i]);
  data.rebase_keys();
  for (std::string& name : names) name.assign(name.size(), '?');
  for (const std::string& name : moved) CHECK(data.get(name).as.integer == 7);
}
