#include <rapidcheck.h>

#include <set>
#include <thread>

#include "catch.hpp"
#include "embed/id_set.hpp"
#include "embed/pace.hpp"

using namespace runnel::core;

TEST_CASE("an IdSet knows each id once, however many there are") {
  CHECK(rc::check([] {
    const auto ids =
        *rc::gen::container<std::vector<std::string>>(rc::gen::container<std::string>(rc::gen::inRange('a', 'e')));
    IdSet set;
    std::set<std::string> known;
    for (const std::string& id : ids) RC_ASSERT(set.insert(id) == known.insert(id).second);
  }));
  IdSet set;
  for (int i = 0; i < 100'000; ++i) REQUIRE(set.insert("id" + std::to_string(i)));
  for (int i = 0; i < 100'000; ++i) REQUIRE_FALSE(set.insert("id" + std::to_string(i)));
}

TEST_CASE("stop() ends the waiting of a Pace, and later ones at once") {
  Pace pace(1e-6);
  CHECK(pace.wait() == 1);
  pace.admit(1);  // the next one in eleven days
  std::thread stopper([&] { pace.stop(); });
  CHECK(pace.wait() == 0);
  stopper.join();
  CHECK(pace.wait() == 0);
}

TEST_CASE("a Pace does not make up for a pause with a crowd") {
  Pace pace(10);
  CHECK(pace.wait() == 1);  // the clock stands at hours, nothing was admitted before
}
