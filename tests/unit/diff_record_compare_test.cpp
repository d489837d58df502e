#include <rapidcheck.h>

#include "catch.hpp"
#include "diff/exact_number.hpp"
#include "diff/record_compare.hpp"
#include "value/reader.hpp"

using namespace runnel::core;

namespace {

struct Parsed {
  explicit Parsed(std::string json) : text(std::move(json)) { REQUIRE(reader.read(text, memory, value)); }
  const std::string text;
  Reader reader;
  Arena memory;
  Value value{};
};

// The paths that differ; the digests must say the same.
std::vector<std::string> differing(const RecordCompare& compare, const std::string& a, const std::string& b) {
  const Parsed x(a);
  const Parsed y(b);
  std::vector<std::string> paths;
  for (const Difference& one : compare.differences(x.value, y.value)) paths.push_back(one.path);
  const uint64_t post_x = compare.post_digest(x.value);
  const uint64_t post_y = compare.post_digest(y.value);
  const bool same_digest =
      compare.digest(x.value) == compare.digest(y.value) && (post_x == post_y || post_x == 0 || post_y == 0);
  CHECK(same_digest == paths.empty());
  return paths;
}

using Paths = std::vector<std::string>;

}  // namespace

TEST_CASE("Ids, times and places are no difference") {
  const RecordCompare compare;
  CHECK(differing(compare,
                  R"({"job_id":"1","worker_id":"w0","created_at":"a","completed_at":"b","data":{},"replay_of":"x",
                      "input":{"line":1},"error_detail":{"code":"c","location":"f:1"},"errors":[{"location":"f:2"}],
                      "trace_log":[{"timestamp":"1","action":"x"}]})",
                  R"({"job_id":"2","worker_id":"w1","created_at":"c","completed_at":"d","data":{},
                      "input":{"line":2},"error_detail":{"code":"c","location":"f:7"},"errors":[{"location":"f:8"}],
                      "trace_log":[{"action":"x","timestamp":"2"}]})") == Paths{});
}

TEST_CASE("The delay of a retry is a time, any other delay is not") {
  const RecordCompare compare;
  const auto entry = [](const std::string& action, const std::string& delay) {
    return R"({"trace_log":[{"timestamp":"","action":")" + action + R"(","details":{"attempt":1,"delay":)" + delay +
           "}}]}";
  };
  CHECK(differing(compare, entry("retry", "1"), entry("retry", "2")) == Paths{});
  CHECK(differing(compare, entry("wait", "1"), entry("wait", "2")) == Paths{"trace_log[0].details.delay"});
  CHECK(differing(compare, R"({"data":{"action":"retry","details":{"delay":1}}})",
                  R"({"data":{"action":"retry","details":{"delay":2}}})") == Paths{"data.details.delay"});
}

TEST_CASE("Everything else is compared, to where it differs") {
  const RecordCompare compare;
  CHECK(differing(compare, R"({"data":{"a":[1,{"b":2}],"c":null}})", R"({"data":{"c":null,"a":[1.0,{"b":3}]}})") ==
        Paths{"data.a[1].b"});
  CHECK(differing(compare, R"({"data":{"a":[1,2]}})", R"({"data":{"a":[1]}})") == Paths{"data.a[1]"});
  CHECK(differing(compare, R"({"data":{"a":[]}})", R"({"data":{"a":{}}})") == Paths{"data.a"});
  CHECK(differing(compare, R"({"data":{"a.b":1,"":1,"*":1}})", R"({"data":{"a.b":2,"":2,"*":2}})") ==
        Paths{"data[\"a.b\"]", "data[\"\"]", "data[\"*\"]"});
  CHECK(differing(compare, R"({"data":{"a":"\u0061"}})", R"({"data":{"\u0061":"a"}})") == Paths{});
  CHECK(differing(compare, R"({"status":"failed"})", R"({"error":null})") == Paths{"status", "error"});
  CHECK(differing(compare, R"({"data":{"a":null}})", R"({"data":{}})") == Paths{"data.a"});
}

TEST_CASE("Posts are compared where both records have one") {
  const RecordCompare compare;
  CHECK(differing(compare, R"({"post":{"data":1}})", R"({})") == Paths{});
  CHECK(differing(compare, R"({"post":{"data":1}})", R"({"post":{"data":1.0}})") == Paths{});
  CHECK(differing(compare, R"({"post":{"data":1}})", R"({"post":{"data":2}})") == Paths{"post.data"});
}

TEST_CASE("A path passes over members and elements") {
  const std::string a = R"({"data":{"items":[{"price":1,"n":1},{"price":2,"n":2}],"x y":1,"list":[[1,2],[3,4]]}})";
  const std::string b = R"({"data":{"items":[{"price":3,"n":1},{"price":4,"n":5}],"x y":2,"list":[[1,9],[3,9]]}})";
  const auto with = [&](const std::vector<std::string>& paths) {
    RecordCompare compare;
    for (const std::string& path : paths) CHECK(compare.ignore(path) == "");
    return differing(compare, a, b);
  };
  CHECK(with({"data.items[*].price"}) ==
        Paths{"data.items[1].n", "data[\"x y\"]", "data.list[0][1]", "data.list[1][1]"});
  CHECK(with({"data.items[1]", "data[\"x y\"]", "data.list[*][1]"}) == Paths{"data.items[0].price"});
  CHECK(with({"data.items[*].*", "$.data.list", "data[\"\\u0078 y\"]"}) == Paths{});
  CHECK(with({"data.*"}) == Paths{});
  CHECK(with({"*"}) == Paths{});
  CHECK(with({"data.items[*].price.deeper", "items", "data[0]"}).size() == 6);
}

TEST_CASE("What is no path is said") {
  RecordCompare compare;
  for (const char* path :
       {"", ".", "a.", "a..b", "a[", "a[x]", "a[-1]", "a[1", "a[\"b]", "a[\"b\"", "a]", "[0]", "a[*"}) {
    INFO(path);
    CHECK(compare.ignore(path) != "");
  }
}

TEST_CASE("Numbers are the same by value, exactly, and then have the same hash") {
  CHECK(rc::check([](int64_t digits, int8_t shift) {
    RC_PRE(digits != 0);
    const int places = shift % 20;
    const std::string plain = std::to_string(digits);
    const Parsed a(plain + "e" + std::to_string(places));
    const Parsed b(plain + "000E" + (places - 3 >= 0 ? "+" : "") + std::to_string(places - 3));
    const Parsed c(plain + ".0e" + std::to_string(places));
    const Parsed other(plain + "1e" + std::to_string(places));
    RC_ASSERT(same_number(a.value, b.value) && same_number(a.value, c.value));
    RC_ASSERT(number_hash(a.value) == number_hash(b.value) && number_hash(a.value) == number_hash(c.value));
    RC_ASSERT(!same_number(a.value, other.value));
  }));
  CHECK(rc::check([](int64_t number) {
    const Parsed a(std::to_string(number));
    const Parsed b(std::to_string(number) + ".00");
    RC_ASSERT(same_number(a.value, b.value));
    RC_ASSERT(number_hash(a.value) == number_hash(b.value));
  }));
}
