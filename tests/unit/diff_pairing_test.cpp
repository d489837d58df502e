#include "catch.hpp"
#include "diff/pairing.hpp"

using namespace runnel::core;

namespace {

RecordIndex with_ids(const std::vector<uint64_t>& ids) {
  RecordIndex index;
  index.ids = ids;
  index.offsets.resize(ids.size());
  return index;
}

using Pairs = std::vector<std::pair<uint32_t, uint32_t>>;

}  // namespace

TEST_CASE("Records are matched by id wherever they stand") {
  const Pairing pairing = pair_records(with_ids({1, 2, 3}), with_ids({3, 4, 1}));
  CHECK(pairing.by == "job_id");
  CHECK(pairing.both == Pairs{{0, 2}, {2, 0}});
  CHECK(pairing.only_a == std::vector<uint32_t>{1});
  CHECK(pairing.only_b == std::vector<uint32_t>{1});
}

TEST_CASE("Ids of which none is in both files match nothing; the order does") {
  const Pairing pairing = pair_records(with_ids({1, 2}), with_ids({3, 4, 5}));
  CHECK(pairing.by != "job_id");
  CHECK(pairing.both == Pairs{{0, 0}, {1, 1}});
  CHECK(pairing.only_b == std::vector<uint32_t>{2});
}

TEST_CASE("Ordinals count before ids, where all records have one") {
  RecordIndex a = with_ids({1, 2});
  RecordIndex b = with_ids({1, 2});
  a.ordinals = {1, 2};
  b.ordinals = {2, 1};
  CHECK(pair_records(a, b).both == Pairs{{0, 1}, {1, 0}});
  b.ordinals = {};
  CHECK(pair_records(a, b).both == Pairs{{0, 0}, {1, 1}});
}

TEST_CASE("replay_of counts before all else, on either side") {
  RecordIndex a = with_ids({1, 2});
  RecordIndex b = with_ids({7, 8, 9});
  a.ordinals = {1, 2};
  b.ordinals = {1, 2, 3};
  b.replays = {2, 0, 1};
  const Pairing there = pair_records(a, b);
  CHECK(there.by == "replay_of");
  CHECK(there.both == Pairs{{0, 2}, {1, 0}});
  CHECK(there.only_b == std::vector<uint32_t>{1});
  CHECK(pair_records(b, a).both == Pairs{{0, 1}, {2, 0}});

  RecordIndex other = with_ids({5, 6});
  other.replays = {1, 2};
  CHECK(pair_records(b, other).both == Pairs{{0, 1}, {2, 0}});
}

TEST_CASE("Of records with one key the first goes with the first, and they are named") {
  const Pairing pairing = pair_records(with_ids({1, 1, 2, 1}), with_ids({1, 2, 1}));
  CHECK(pairing.both == Pairs{{0, 0}, {1, 2}, {2, 1}});
  CHECK(pairing.only_a == std::vector<uint32_t>{3});
  CHECK(pairing.twice_a == Pairs{{0, 1}, {1, 3}});
  CHECK(pairing.twice_b == Pairs{{0, 2}});
}
