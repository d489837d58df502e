#include "catch.hpp"
#include "config/python_text.hpp"

using runnel::core::find_python;

TEST_CASE("Python conditions are rewritten as Lua") {
  const auto lua = [](const char* text) {
    const auto found = find_python(text);
    return found ? found->lua : "no Python";
  };
  CHECK(lua("data.get('a') == 'b'") == "data.a == 'b'");
  CHECK(lua("data.get('a b') == 1") == "data['a b'] == 1");
  CHECK(lua("data.get('n', 0) > 3") == "(data.n or 0) > 3");
  CHECK(lua("1 < data['x'].get(\"n\", 0)") == "1 < (data['x'].n or 0)");
  CHECK(lua("data['x'] is None or data.y is not None") == "data['x'] == nil or data.y ~= nil");
  CHECK(lua("data.ok is True && data.n != 2") == "data.ok == true and data.n ~= 2");
  CHECK(lua("len(data.items) > 1") == "#data.items > 1");
  CHECK(lua("len(data.a + data.b) > 1") == "#(data.a + data.b) > 1");
  CHECK(lua("data.x in ['a']") == "");
  CHECK(lua("isinstance(data, dict)") == "");
  CHECK(lua("lambda x: x.get('age', 0) >= 18 and len(x.tags) > 0") == "(data.age or 0) >= 18 and #data.tags > 0");
  CHECK(lua("lambda d: d.a.d == 1") == "data.a.d == 1");
  CHECK(lua("lambda a, b: a") == "");
  CHECK(lua("any(map(lambda x: x > 1, data.xs))") == "");
  CHECK(lua("data.get('n') > config.get('limit', 0)") == "");
}

TEST_CASE("Lua is not taken for Python") {
  for (const char* text :
       {"data.a ~= nil", "worker.get('n', 0) > 3", "worker.shared.get('n') == 1", "string.len(data.s) > 2",
        "data.None == 1", "data.text == 'a != b'", "data.n // 2 == 1", "not data.ok and data['in']",
        "(function() for k in pairs(data) do return true end end)()", "#data.items"}) {
    INFO(text);
    CHECK_FALSE(find_python(text));
  }
}

TEST_CASE("the first piece of Python is pointed at") {
  const auto found = find_python("data.a == 1 and data.b is None");
  REQUIRE(found);
  CHECK(found->offset == 23);
  CHECK(found->length == 2);
}
