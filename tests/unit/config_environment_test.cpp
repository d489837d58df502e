#include "catch.hpp"
#include "config/environment.hpp"
#include "config_support.hpp"

using namespace config_test;

namespace {

const std::vector<std::pair<std::string, std::string>> kProcess = {{"SET", "old"}, {"EMPTY", ""}, {"SET", "value"}};

std::string put(const std::string& text) {
  const Environment environment(kProcess);
  const Interpolated result = environment.interpolate(text);
  return result.ok() ? result.text : "error " + std::to_string(result.offset) + ": " + result.message;
}

const std::string kRoutine = "routines: {a: {class: step}}\n";

}  // namespace

TEST_CASE("variables are put in, with defaults and messages") {
  CHECK(put("a ${SET} b ${SET}") == "a value b value");
  CHECK(put("${EMPTY}|${EMPTY:-x}|${UNSET:-y z}|${SET:-no}|${UNSET:-}") == "|x|y z|value|");
  CHECK(put("$${SET} $SET $ 5$ $$") == "${SET} $SET $ 5$ $$");
  CHECK(put("x ${UNSET}") == "error 2: variable \"UNSET\" is not set");
  CHECK(put("${UNSET:?say it}") == "error 0: variable \"UNSET\" is not set: say it");
  CHECK(put("${SET") == "error 0: \"${\" is never closed");
  CHECK(put("${1X}") == "error 0: \"${1X}\" is not a variable");
  CHECK(put("${SET:+x}") == "error 0: \"${SET:+x}\" is not a variable");
}

TEST_CASE("a variable put in is typed by its field, quoted or not") {
  const std::string flow =
      "flow_id: t\nexecution: {workers: \"${N:-2}\", trace_limit: \"${M}\", max_job_memory: \"${S}\"}\n";
  const Loaded loaded = load(flow + kRoutine, with_environment({{"M", "10"}, {"S", "1MiB"}}));
  CHECK(loaded.messages().empty());
  REQUIRE(loaded.result.flow);
  CHECK(loaded.flow().workers == 2);
  CHECK(loaded.flow().limits.trace_entries == 10);
  CHECK(loaded.flow().limits.memory == 1 << 20);
}

TEST_CASE("declared variables have the process's value, else their default") {
  const Loaded loaded =
      load("flow_id: t\nenv: {A: 1, B: two, C: \"${A}3\", secrets: [B, D]}\ndescription: ${A} ${C}\n" + kRoutine,
           with_environment({{"A", "9"}, {"D", "hush"}, {"OTHER", "x"}}));
  CHECK(loaded.messages().empty());
  REQUIRE(loaded.result.flow);
  CHECK(to_json(loaded.flow().constants.env) == R"({"A":"9","B":"two","C":"93","D":"hush"})");
  CHECK(loaded.flow().description == "9 93");
  CHECK(loaded.flow().secrets == std::vector<std::string>{"two", "hush"});
}

TEST_CASE("a variable without value is an error at its place") {
  CHECK(load("flow_id: t\nenv: {A: , secrets: [B]}\n" + kRoutine).messages() ==
        "f:2:7: variable \"A\" is not set and has no default\nf:2:22: variable \"B\" is not set\n");
  CHECK(load("flow_id: t\nversion: 'a ${B}'\n" + kRoutine).messages() == "f:2:13: variable \"B\" is not set\n");
}

TEST_CASE("scripts, expressions and texts with placeholders are left alone") {
  Loaded loaded = load(
      flow_of("all_kinds", "{text: '${A}', expression: '\"${A}\"', values: {x: '= \"${A}\"', y: {value: '${A}'}}}"),
      with_environment({{"A", "put in"}}));
  CHECK(loaded.messages().empty());
  REQUIRE(loaded.compiler.seen.size() == 3);
  for (const auto& [kind, source] : loaded.compiler.seen) CHECK(source.text.find("${A}") != std::string::npos);
  CHECK(to_std_string(loaded.flow().expressions.back().fallback) == "put in");
}
