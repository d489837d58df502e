#include <runnel/routine_json.hpp>

#include "catch.hpp"
#include "flow_builder.hpp"

using namespace runnel;
using namespace runnel::test;

namespace {

std::string there_and_back(const std::string& text) {
  FlowBuilder builder;
  builder.add("copy", {"input"}, {}, [](Activation& in) {
    const auto json = to_json<nlohmann::ordered_json>(in.slot(0).front());
    in.job().set_data("copy", from_json(in, json));
  });
  return data_of(builder.run(text));
}

}  // namespace

TEST_CASE("a value is the same after it was nlohmann::json") {
  CHECK(there_and_back(R"({"z":[1,-9223372036854775808,2.5,true,null,"ü\n"],"a":{}})") ==
        R"({"copy":{"z":[1,-9223372036854775808,2.5,true,null,"ü\n"],"a":{}}})");
  CHECK(there_and_back("[]") == R"({"copy":[]})");
}

TEST_CASE("a number nlohmann::json cannot hold becomes its text") {
  CHECK(there_and_back("[1e400,12345678901234567890123]") == R"({"copy":["1e400",1.2345678901234568e+22]})");
}

TEST_CASE("text that is not UTF-8 fails the activation") {
  FlowBuilder builder;
  builder.add("bad", {"input"}, {},
              [](Activation& in) { in.job().set_data("x", from_json(in, nlohmann::json("\xff"))); });
  CHECK(builder.run("1").error_detail->code == "exception");
}
