#include <algorithm>

#include "catch.hpp"
#include "config_support.hpp"

using namespace config_test;

namespace {

const std::string kFlow =
    "flow_id: t\nroutines:\n  logic: {class: all_kinds, config: {int: 1, routes: [{name: x}]}}\n  other: {class: "
    "step}\n"
    "connections: [logic.output -> other.input]\n";

Loaded with(std::vector<std::string> sets) { return load(kFlow, with_sets(std::move(sets))); }

std::string config_of(const Loaded& loaded, std::string_view key) {
  return to_json(get(loaded.flow().routines[0].config, key));
}

}  // namespace

TEST_CASE("--set replaces and adds nodes, typed as plain scalars or JSON") {
  const Loaded loaded = with({"routines.logic.config.int=3", "routines.logic.config.bool=false", "execution.workers=4",
                              "routines.logic.config.any={\"a\": [1, \"2\"]}", "routines.logic.config.array=[1, two]",
                              "description=a=b.c", "routines.logic.config.routes.0.name=y", "version=\"7\""});
  CHECK(loaded.messages().empty());
  REQUIRE(loaded.result.flow);
  CHECK(config_of(loaded, "int") == "3");
  CHECK(config_of(loaded, "bool") == "false");
  CHECK(config_of(loaded, "any") == R"({"a":[1,"2"]})");
  CHECK(config_of(loaded, "array") == R"([1,"two"])");
  CHECK(config_of(loaded, "routes") == R"([{"name":"y","weight":1}])");
  CHECK(loaded.flow().workers == 4);
  CHECK(loaded.flow().description == "a=b.c");
}

TEST_CASE("the last --set of a path counts") {
  CHECK(with({"execution.workers=4", "execution.workers=5"}).flow().workers == 5);
}

TEST_CASE("a --set can make a routine") {
  const Loaded loaded = with({"routines.new={class: step}"});
  CHECK(loaded.messages().empty());
  CHECK(loaded.flow().routines.size() == 3);
}

TEST_CASE("mistakes of a --set are shown in its own text") {
  CHECK(with({"routines.logik.config.int=3"}).messages() ==
        "--set routines.logik.config.int=3:1:10: unknown routine \"logik\"\n");
  CHECK(with({"routines.logic.config.int=many"}).messages() ==
        "--set routines.logic.config.int=many:1:27: \"int\" must be a whole number, not \"many\"\n");
  CHECK(with({"routines.logic.config.itn=3"}).messages() ==
        "--set routines.logic.config.itn=3:1:23: unknown parameter \"itn\" of class \"all_kinds\"\n");
  CHECK(with({"flow_id.x=3"}).messages() == "--set flow_id.x=3:1:9: \"flow_id\" is not a map\n");
  CHECK(with({"connections.7=x"}).messages() == "--set connections.7=x:1:13: \"7\" is no item of the list\n");
  CHECK(with({"workers"}).messages() == "--set workers:1:1: --set needs PATH=VALUE\n");
  CHECK(with({"a..b=1"}).messages() == "--set a..b=1:1:3: a key of the path is empty\n");
  CHECK(with({"tests=[1"}).messages() == "--set tests=[1:1:7: \"[\" is never closed\n");
  const auto sources = with({"tests=[1"}).result.sources;
  CHECK(std::count(sources.begin(), sources.end(), std::pair<std::string, std::string>("--set tests=[1", "tests=[1")) ==
        1);
}
