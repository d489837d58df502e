#include <rapidcheck.h>

#include <string>
#include <vector>

#include "base/utf8.hpp"
#include "catch.hpp"
#include "job/captured_output.hpp"

using namespace runnel::core;

TEST_CASE("the captured output is what was printed while it is within the limit") {
  CapturedOutput output;
  CHECK(output.empty());
  output.print("one\n");
  output.print("");
  output.print("two\n");
  CHECK(output.text() == "one\ntwo\n");
  CHECK(output.dropped() == 0);
  CHECK(!output.empty());
}

TEST_CASE("beyond the limit the tail is kept, no character is cut and the rest is counted") {
  CHECK(rc::check([] {
    const auto sizes = *rc::gen::container<std::vector<size_t>>(rc::gen::inRange<size_t>(0, 150'000));
    CapturedOutput output;
    std::string all;
    for (const size_t size : sizes) {
      std::string piece;
      while (piece.size() < size) piece += size % 2 == 0 ? "\xe2\x82\xac" : "a\xf0\x9f\x98\x80";
      output.print(piece);
      all += piece;
    }
    const std::string_view text = output.text();
    RC_ASSERT(std::string_view(all).ends_with(text));
    RC_ASSERT(is_utf8(text));
    RC_ASSERT(text.size() <= CapturedOutput::kLimit);
    RC_ASSERT(text.size() + output.dropped() == all.size());
    if (all.size() > CapturedOutput::kLimit) RC_ASSERT(text.size() + 4 > CapturedOutput::kLimit);
  }));
}

TEST_CASE("one print larger than the limit drops all that came before it") {
  CapturedOutput output;
  output.print("before");
  output.print(std::string(CapturedOutput::kLimit, 'x') + "end");
  CHECK(output.text().size() == CapturedOutput::kLimit);
  CHECK(output.text().ends_with("xend"));
  CHECK(output.dropped() == 6 + 3);
  output.clear();
  CHECK(output.empty());
  CHECK(output.dropped() == 0);
}
