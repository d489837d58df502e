#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "value/builder.hpp"
#include "value/json.hpp"
#include "value/reader.hpp"
#include "value/writer.hpp"

using namespace runnel::core;

TEST_CASE("an arena hands out aligned memory that differs and can be filled") {
  Arena arena;
  std::vector<std::pair<unsigned char*, size_t>> blocks;
  for (size_t i = 0; i < 2000; ++i) {
    const size_t size = i % 97 * (i % 11 == 0 ? 100 : 1) + 1;
    auto* block = static_cast<unsigned char*>(arena.allocate(size));
    REQUIRE(block);
    REQUIRE(reinterpret_cast<uintptr_t>(block) % 8 == 0);
    std::memset(block, static_cast<int>(i % 251), size);
    blocks.emplace_back(block, size);
  }
  for (size_t i = 0; i < blocks.size(); ++i) {
    const auto [block, size] = blocks[i];
    REQUIRE(arena.owns(block));
    REQUIRE(std::all_of(block, block + size, [&](unsigned char byte) { return byte == i % 251; }));
  }
  int other = 0;
  CHECK_FALSE(arena.owns(&other));
}

TEST_CASE("an arena stops exactly at its limit and says so until reset") {
  for (const size_t limit : {size_t{0}, size_t{8}, size_t{100}, Arena::kFirstChunk, size_t{100'000}}) {
    CAPTURE(limit);
    Arena arena(limit);
    size_t count = 0;
    while (arena.allocate(8)) ++count;
    CHECK(count == limit / 8);
    CHECK(arena.used() == limit / 8 * 8);
    CHECK(arena.exhausted());
    CHECK(arena.allocate(8) == nullptr);
    arena.reset();
    CHECK_FALSE(arena.exhausted());
    CHECK(arena.used() == 0);
    CHECK((arena.allocate(8) != nullptr) == (limit >= 8));
  }
  Arena huge(1000);
  CHECK(huge.allocate(SIZE_MAX / 2) == nullptr);
  CHECK(huge.exhausted());
}

TEST_CASE("a limit that is changed later counts from then on") {
  Arena arena;
  REQUIRE(arena.allocate(1000));
  arena.set_limit(1008);
  CHECK(arena.allocate(8));
  CHECK_FALSE(arena.allocate(8));
  arena.reset();
  arena.set_limit(SIZE_MAX);
  CHECK(arena.allocate(1 << 20));
}

TEST_CASE("an arena can be moved and reused") {
  Arena first;
  const char* text = first.copy("hello");
  Arena second(std::move(first));
  CHECK(second.owns(text));
  CHECK(std::string(text, 5) == "hello");
  first = std::move(second);
  CHECK(first.owns(text));
  for (int round = 0; round < 3; ++round) {
    first.reset();
    CHECK(first.used() == 0);
    for (int i = 0; i < 100; ++i) REQUIRE(first.allocate(10'000));
    CHECK(first.used() == 1'000'000);
  }
  const std::string_view text_end = "abcdef";
  const char* copy = first.copy(text_end);
  first.shrink_last(copy, 6, 6);
  char* longer = static_cast<char*>(first.allocate(800));
  const size_t before = first.used();
  first.shrink_last(longer, 800, 9);
  CHECK(first.used() == before - 784);
}

TEST_CASE("of equal keys the last value wins at the first one's place") {
  for (const size_t count : {4u, 40u}) {
    Arena arena;
    std::vector<Member> members;
    for (size_t i = 0; i < count; ++i) {
      members.push_back({make_string(arena, "k" + std::to_string(i)), make_int(static_cast<int64_t>(i))});
    }
    members.push_back({literal("k1"), literal("again")});
    members.push_back({string_view_value("k\\u0032", RUNNEL_ESCAPED), null_value()});
    const Value object = make_object(arena, members);
    REQUIRE(object.size == count);
    CHECK(to_std_string(get(object, "k1")) == "again");
    CHECK(get(object, "k2").kind == RUNNEL_NULL);
    CHECK(to_json(object).starts_with(R"({"k0":0,"k1":"again","k2":null,"k3":3)"));
    for (size_t i = 3; i < count; ++i)
      CHECK(get(object, "k" + std::to_string(i)).as.integer == static_cast<int64_t>(i));
  }
}

TEST_CASE("forty members of few keys shrink to an object without index") {
  Arena arena;
  std::vector<Member> members;
  for (int i = 0; i < 40; ++i) members.push_back({make_string(arena, "k" + std::to_string(i % 3)), make_int(i)});
  const Value object = make_object(arena, members);
  CHECK(to_json(object) == R"({"k0":39,"k1":37,"k2":38})");
  CHECK(get(object, "k2").as.integer == 38);
  CHECK(is_missing(get(object, "k3")));
  for (int i = 0; i < 40; ++i) members.push_back({make_string(arena, "m" + std::to_string(i % 20)), make_int(i)});
  const Value larger = make_object(arena, members);
  CHECK(larger.size == 23);
  CHECK(get(larger, "m19").as.integer == 39);
  CHECK(get(larger, "k0").as.integer == 39);
}

TEST_CASE("values made grow in height") {
  Arena arena;
  Value v = make_int(1);
  for (int i = 1; i <= 300; ++i) {
    const Member member{literal("a"), v};
    v = i % 2 ? make_array(arena, {&v, 1}) : make_object(arena, {&member, 1});
    REQUIRE(height_of(v) == i);
  }
  CHECK(equal(deep_copy(arena, v), v));
  CHECK(height_of(make_array(arena, {})) == 1);
}

TEST_CASE("an exhausted arena makes missing values") {
  Arena arena(64);
  const Value text = make_string(arena, "0123456789");
  REQUIRE(text.kind == RUNNEL_STRING);
  const Value many[10] = {};
  CHECK(is_missing(make_array(arena, many)));
  CHECK(is_missing(make_string(arena, "x")));
  CHECK(is_missing(deep_copy(arena, text)));
  CHECK(is_missing(from_nlohmann(arena, nlohmann::ordered_json{{"a", {1, 2, 3}}})));
}

TEST_CASE("keep copies only what is lent") {
  Arena arena, other;
  const std::string line = R"({"a":"text","b":[1.5]})";
  const Value constant = literal("constant");
  CHECK(keep(arena, constant).as.text == constant.as.text);
  const Value own = make_string(arena, "own");
  CHECK(keep(arena, own).as.text == own.as.text);
  const Value lent = make_string(other, "lent");
  CHECK(arena.owns(keep(arena, lent).as.text));
  const Value input = string_view_value(std::string_view(line).substr(6, 4));
  CHECK(keep(arena, input, line).as.text == input.as.text);
  CHECK(arena.owns(keep(arena, input).as.text));
  CHECK(keep(arena, make_int(4)).as.integer == 4);

  const Value array = make_array(arena, {&lent, 1});
  CHECK(keep(arena, array).as.node == array.as.node);
  const Value foreign = make_array(other, {&constant, 1});
  const Value kept = keep(arena, foreign);
  CHECK(arena.owns(kept.as.node));
  CHECK(items_of(kept)[0].as.text == constant.as.text);
}

TEST_CASE("a copied subtree carries its text once") {
  Reader reader;
  Arena arena, other;
  Value value;
  const std::string line = R"({"a":["one","two",3.50],"b":"three"})";
  REQUIRE(reader.read(line, arena, value));
  const Value copy = deep_copy(other, value);
  CHECK(other.owns(node_of(copy)->text));
  const char* text = node_of(copy)->text;
  const Value item = items_of(get(copy, "a"))[1];
  CHECK(item.as.text == text + line.find("two"));
  CHECK(node_of(get(copy, "a"))->text == text + line.find('['));
}
