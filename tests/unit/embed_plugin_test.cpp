// Shared libraries through the embedding API. The command line's own cases stand in tests/plugin.
#include <nlohmann/json.hpp>
#include <runnel/routine.hpp>
#include <runnel/runtime.hpp>

#include "catch.hpp"

using namespace runnel;
using nlohmann::json;

namespace {

const std::string kGreeter = RUNNEL_TEST_PLUGINS "/greeter.so";
const std::string kFlow = "flow_id: x\nroutines:\n  a: {class: greeter}\nconnections: []\n";

std::string greeting(const Flow& flow) {
  Runtime runtime(flow, {.workers = 2});
  runtime.exec();
  const JobContext job = runtime.post("a", "request", R"({"user_id": "Ann"})");
  job.wait();
  return json::parse(job.trace_log())[0]["details"]["user"];
}

int initialised = 0;

bool count_init(const runnel_host* table) {
  ++initialised;
  return detail::keep_host(table);
}

struct Nothing {
  void activate(Activation&) {}
  static constexpr auto spec() { return routine("nothing", "Does nothing").slot("input", "anything"); }
};

const runnel_type* const kTypes[] = {&TypeOf<Nothing>::type};
const runnel_plugin kCounting = {RUNNEL_PLUGIN_MAGIC,
                                 sizeof(runnel_plugin),
                                 RUNNEL_ABI_MAJOR,
                                 RUNNEL_ABI_MINOR,
                                 {"counting", 8},
                                 {"1", 1},
                                 {"1", 1},
                                 kTypes,
                                 1,
                                 0,
                                 count_init,
                                 nullptr};

}  // namespace

TEST_CASE("a flow keeps the classes of a library that its Classes had", "[plugin]") {
  Flow flow;
  {
    Classes classes;
    REQUIRE_FALSE(classes.open(kGreeter));
    flow = Flow::from_text("test.yaml", kFlow, classes);
  }
  INFO(flow.report());
  REQUIRE(flow);
  CHECK(greeting(flow) == "Ann");
}

TEST_CASE("a library belongs to the flow that names it", "[plugin]") {
  const Classes none;
  FlowOptions options;
  options.plugins = {kGreeter};
  const Flow flow = Flow::from_text("test.yaml", kFlow, none, options);
  INFO(flow.report());
  REQUIRE(flow);
  CHECK(greeting(flow) == "Ann");
  CHECK_FALSE(Flow::from_text("test.yaml", kFlow, none));
  const Flow named = Flow::from_text("test.yaml", "plugins: [\"" + kGreeter + "\"]\n" + kFlow, none);
  INFO(named.report());
  CHECK(named);
}

TEST_CASE("what is wrong with a library is a message of the flow", "[plugin]") {
  const Classes none;
  Classes classes;
  const auto mistake = classes.open("/nowhere/x.so");
  REQUIRE(mistake);
  CHECK(mistake->file == "/nowhere/x.so");
  CHECK(mistake->text.starts_with("no such file"));
  const Flow flow = Flow::from_text("test.yaml", "plugins: [x.so]\n" + kFlow, none);
  REQUIRE(flow.messages().size() == 1);  // the unknown class follows from it
  CHECK(flow.messages()[0].line == 1);
  CHECK(flow.messages()[0].column == 11);
}

TEST_CASE("a table is checked and initialised once, however many take it", "[plugin]") {
  for (int i = 0; i < 3; ++i) {
    Classes classes;
    CHECK(classes.add(kCounting, "test").empty());
    CHECK(classes.add(kCounting, "test again").empty());
  }
  CHECK(initialised == 1);
  runnel_plugin wrong = kCounting;
  wrong.type_count = 0;
  CHECK(Classes().add(wrong, "test") == "it has no routine classes");
}
