#include <rapidcheck.h>

#include <algorithm>

#include "catch.hpp"
#include "flow/components.hpp"
#include "flow/flow.hpp"

using namespace runnel::core;

namespace {

Connection connection(uint32_t from, uint32_t to) {
  Connection one;
  one.from = from;
  one.to = to;
  return one;
}

std::vector<uint32_t> order(size_t routines, const std::vector<std::pair<uint32_t, uint32_t>>& edges) {
  std::vector<Connection> connections;
  for (const auto& [from, to] : edges) connections.push_back(connection(from, to));
  return flush_order(std::vector<Routine>(routines), connections);
}

using Order = std::vector<uint32_t>;

}  // namespace

TEST_CASE("upstream is flushed before downstream") {
  CHECK(order(3, {{2, 1}, {1, 0}}) == Order{2, 1, 0});
  CHECK(order(4, {{3, 0}, {3, 1}, {0, 2}, {1, 2}}) == Order{3, 0, 1, 2});
}

TEST_CASE("routines that do not depend on each other keep the order of the file") {
  CHECK(order(3, {}) == Order{0, 1, 2});
  CHECK(order(4, {{3, 0}}) == Order{1, 2, 3, 0});
}

TEST_CASE("within a cycle the order of the file holds") {
  CHECK(order(4, {{0, 2}, {2, 1}, {1, 2}, {1, 3}}) == Order{0, 1, 2, 3});
  CHECK(order(2, {{1, 1}, {1, 0}}) == Order{1, 0});
}

TEST_CASE("a chain of 100,000 routines is no risk to the stack") {
  std::vector<std::pair<uint32_t, uint32_t>> edges;
  for (uint32_t i = 0; i + 1 < 100'000; ++i) edges.emplace_back(i + 1, i);
  const Order all = order(100'000, edges);
  CHECK(all.size() == 100'000);
  CHECK(all.front() == 99'999);
}

TEST_CASE("in any graph every routine comes once, and no connection between cycles leads back") {
  CHECK(rc::check([](const std::vector<std::pair<uint8_t, uint8_t>>& edges) {
    constexpr uint32_t kRoutines = 12;
    std::vector<Connection> connections;
    for (const auto& [from, to] : edges) connections.push_back(connection(from % kRoutines, to % kRoutines));
    const Order all = flush_order(std::vector<Routine>(kRoutines), connections);
    std::vector<size_t> place(kRoutines, SIZE_MAX);
    for (size_t i = 0; i < all.size(); ++i) place[all[i]] = i;
    RC_ASSERT(all.size() == kRoutines);
    RC_ASSERT(std::count(place.begin(), place.end(), SIZE_MAX) == 0);
    const Components components = find_components(kRoutines, connections);
    for (const Connection& one : connections) {
      if (components.of[one.from] != components.of[one.to]) RC_ASSERT(place[one.from] < place[one.to]);
    }
  }));
}
