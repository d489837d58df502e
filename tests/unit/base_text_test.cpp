#include <rapidcheck.h>

#include "base/diagnostic.hpp"
#include "base/edit_distance.hpp"
#include "base/utf8.hpp"
#include "catch.hpp"

using namespace runnel::core;
using namespace std::string_literals;

TEST_CASE("UTF-8 is what RFC 3629 says it is") {
  for (const std::string good : {"", "a", "12345678ä", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf",
                                 "\xee\x80\x80", "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"}) {
    CAPTURE(good);
    CHECK(first_bad_utf8(good) == good.size());
  }
  for (const std::string bad :
       {"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xc2", "\xc2\x41", "\xe0\x9f\xbf", "\xe1\x80", "\xed\xa0\x80",
        "\xf0\x8f\xbf\xbf", "\xf0\x90\x80", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff"}) {
    CAPTURE(bad);
    CHECK(first_bad_utf8("twelve bytes" + bad) == 12);
    CHECK(first_bad_utf8("ää" + bad + "later") == 4);
  }
}

TEST_CASE("every code point that is no surrogate encodes to valid UTF-8") {
  for (uint32_t code_point = 0; code_point < 0x110000; code_point += code_point < 0x3000 ? 1 : 61) {
    if (code_point >= 0xd800 && code_point < 0xe000) continue;
    char bytes[4];
    const auto size = static_cast<size_t>(encode_utf8(bytes, code_point) - bytes);
    if (!is_utf8({bytes, size}) || size != (code_point < 0x80      ? 1
                                            : code_point < 0x800   ? 2
                                            : code_point < 0x10000 ? 3
                                                                   : 4)) {
      FAIL("U+" << std::hex << code_point);
    }
  }
}

TEST_CASE("a prefix never cuts a character") {
  CHECK(utf8_prefix("abc", 5) == 3);
  CHECK(utf8_prefix("abc", 2) == 2);
  CHECK(utf8_prefix("aä", 2) == 1);
  CHECK(utf8_prefix("😀", 3) == 0);
  CHECK(utf8_prefix("x😀y", 5) == 5);
}

TEST_CASE("text of others cannot drive a terminal") {
  CHECK(printable("plain ä 😀") == "plain ä 😀");
  CHECK(printable("a\x1b[31m\tb\n\x7f\0c"s) == "a\\x1b[31m\\x09b\\x0a\\x7f\\x00c");
  CHECK(printable("\xc2\x9b"
                  "31m") == "\\xc2\\x9b31m");
  CHECK(printable("\xc2\xa0") == "\xc2\xa0");
  CHECK(printable("\xff\xe4z") == "\\xff\\xe4z");
}

TEST_CASE("edit distance counts insertions, deletions, substitutions and swaps of neighbours") {
  CHECK(edit_distance("", "abc") == 3);
  CHECK(edit_distance("script", "script") == 0);
  CHECK(edit_distance("scirpt", "script") == 1);
  CHECK(edit_distance("scrpt", "script") == 1);
  CHECK(edit_distance("skript", "script") == 1);
  CHECK(edit_distance("ca", "abc") == 3);  // optimal string alignment: no substring is edited twice
  CHECK(rc::check("it is symmetric and bounded by the longer text", [](const std::string& a, const std::string& b) {
    const size_t distance = edit_distance(a, b);
    RC_ASSERT(distance == edit_distance(b, a));
    RC_ASSERT(distance <= std::max(a.size(), b.size()));
    RC_ASSERT((distance == 0) == (a == b));
  }));
}

TEST_CASE("a misspelt name finds the one that was meant, and a strange one none") {
  const std::vector<std::string> classes{"collect", "exec", "http", "script", "transform"};
  CHECK(nearest("scirpt", classes) == "script");
  CHECK(nearest("trasform", classes) == "transform");
  CHECK(nearest("zebra", classes).empty());
  CHECK(nearest("", classes).empty());
  CHECK(nearest("x", {"y"}).empty());
  CHECK(nearest(std::string(100'000, 'a'), {std::string(100'000, 'a')}).empty());
}

TEST_CASE("a suggestion names the nearest, or all when they are few") {
  CHECK(suggest("scirpt", {"script", "exec"}) == "did you mean \"script\"?");
  CHECK(suggest("zebra", {"script", "exec"}) == "one of script, exec");
  CHECK(suggest("zebra", {"script"}) == "only script");
  CHECK(suggest("zebra", std::vector<std::string>(20, "script")).empty());
  CHECK(suggest("zebra", {}).empty());
}
