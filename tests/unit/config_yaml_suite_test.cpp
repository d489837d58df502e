// The invalid documents of yaml-test-suite. yaml-cpp 0.7.0 alone accepts 34 of the 94.
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "catch.hpp"
#include "config/byte_check.hpp"
#include "config/yaml_parser.hpp"

using namespace runnel::core;

TEST_CASE("of the invalid documents of yaml-test-suite only known ones pass") {
  const auto path = std::filesystem::path(__FILE__).parent_path() / "yaml_test_suite_invalid.json";
  std::ifstream file(path);
  REQUIRE(file);
  const nlohmann::json suite = nlohmann::json::parse(file);
  REQUIRE(suite["documents"].size() == 94);
  std::set<std::string> accepted;
  for (const auto& [id, text] : suite["documents"].items()) {
    const YamlSource source(id, text.get<std::string>());
    Mistakes mistakes;
    if (check_bytes(source, mistakes) && parse_yaml(source, mistakes) && mistakes.errors() == 0) accepted.insert(id);
  }
  // Indentation between brackets and of anchors, blanks before comments there, a lone `-` as text, a directive and no
  // document (empty, which no flow may be), blank lines that lead a folded block.
  const std::set<std::string> known = {"9C9N-0", "9JBA-0", "B63P-0", "CVW2-0", "G5U8-0",
                                       "G9HC-0", "H7J7-0", "S98Z-0", "Y79Y-3", "YJV2-0"};
  CHECK(accepted == known);
}
