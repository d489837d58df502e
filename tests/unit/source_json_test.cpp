#include <rapidcheck.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "source/json_scanner.hpp"
#include "value_random_json.hpp"

using namespace runnel::core;

namespace {

struct Found {
  std::vector<std::string> texts;
  std::vector<std::pair<uint64_t, uint32_t>> places;
  std::string mistake;  // with the text that led there
  bool operator==(const Found&) const = default;
};

// As a reader feeds it: pieces of the given sizes, what is done with dropped now and then.
Found scan(std::string_view bytes, const std::vector<size_t>& cuts) {
  JsonScanner scanner;
  scanner.start();
  Found found;
  std::string text;
  size_t given = 0;
  for (size_t i = 0;; ++i) {
    const size_t size = i < cuts.size() ? std::min(cuts[i], bytes.size() - given) : bytes.size() - given;
    text += bytes.substr(given, size);
    given += size;
    const bool last = given == bytes.size();
    for (;;) {
      const Scanned one = scanner.scan(text, last);
      if (one.kind == Scanned::Kind::more) {
        scanner.drop(one.from);
        text.erase(0, one.from);
        break;
      }
      found.places.emplace_back(one.line, one.column);
      if (one.kind == Scanned::Kind::broken) {
        found.mistake = one.message + " at " + std::to_string(one.offset) + " of " + text.substr(one.from, one.size);
        return found;
      }
      found.texts.push_back(text.substr(one.from, one.size));
      text.erase(0, one.next);
    }
    if (last) return found;
  }
}

std::string trimmed(const std::string& text) {
  constexpr const char* kSpace = " \t\r\n";
  const size_t start = text.find_first_not_of(kSpace);
  return text.substr(start, text.find_last_not_of(kSpace) + 1 - start);
}

std::pair<uint64_t, uint32_t> place_of(std::string_view bytes, size_t offset) {
  const std::string_view before = bytes.substr(0, offset);
  const auto line = static_cast<uint64_t>(std::count(before.begin(), before.end(), '\n')) + 1;
  return {line, static_cast<uint32_t>(offset -
                                      (before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1) + 1)};
}

}  // namespace

TEST_CASE("documents written one behind the other or in arrays come back, in whatever pieces") {
  CHECK(rc::check([] {
    const auto seeds = *rc::gen::container<std::vector<uint64_t>>(rc::gen::arbitrary<uint64_t>());
    const auto cuts = *rc::gen::container<std::vector<size_t>>(rc::gen::inRange<size_t>(0, 30));
    std::string bytes;
    std::vector<std::string> expected;
    std::vector<std::pair<uint64_t, uint32_t>> places;
    bool in_array = false;
    bool is_first = true;  // in the array
    for (const uint64_t seed : seeds) {
      const std::string document = trimmed(RandomJson(seed).value());
      if (*rc::gen::inRange(0, 4) == 0) {
        bytes += in_array ? " ]\n" : "\n[ ";
        in_array = !in_array;
        is_first = true;
      }
      if (!in_array && document.front() == '[') continue;  // would be a list of jobs
      bytes += in_array && !is_first ? ",\n" : " ";
      is_first = false;
      expected.push_back(document);
      places.push_back(place_of(bytes, bytes.size()));
      bytes += document;
    }
    if (in_array) bytes += "]";
    const Found found = scan(bytes, cuts);
    RC_ASSERT(found.mistake == "");
    RC_ASSERT(found.texts == expected);
    RC_ASSERT(found.places == places);
  }));
}

TEST_CASE("any tokens at all: what is found does not depend on how they arrive, and never hides a mistake") {
  CHECK(rc::check([] {
    const auto tokens = *rc::gen::container<std::vector<std::string>>(
        rc::gen::element<std::string>("{", "}", "[", "]", ",", ":", "\"a\"", "\"\\\"", "1 ", "true ", " ", "\n", "'"));
    std::string bytes;
    for (const std::string& token : tokens) bytes += token;
    const auto cuts = *rc::gen::container<std::vector<size_t>>(rc::gen::inRange<size_t>(0, 5));
    const Found whole = scan(bytes, {});
    RC_ASSERT(scan(bytes, cuts) == whole);
    const bool is_one_array = nlohmann::json::accept(bytes) && nlohmann::json::parse(bytes).is_array();
    if (is_one_array) RC_ASSERT(whole.texts.size() == nlohmann::json::parse(bytes).size());
    if (nlohmann::json::accept(bytes)) RC_ASSERT(whole.mistake == "");
    for (const std::string& text : whole.texts) {
      if (text.front() == '{' || text.front() == '[') RC_ASSERT(nlohmann::json::accept(text));
    }
  }));
}
