#include "catch.hpp"
#include "config_support.hpp"

using namespace config_test;

namespace {

const std::string kFlow = R"(flow_id: t
description: three stages
version: 1.20
entry: in.request
error_handler: {strategy: continue}
execution: {workers: 3, max_hops: 5, max_emits: 6, max_job_memory: 1KiB, trace_level: flow, trace_limit: 8}
routines:
  in: {class: free, slots: [request], events: [ok, bad], config: {lua: 'x'}, activation: {batch_size: 3}}
  pair:
    class: free
    slots: [left, right]
    events: [both]
    activation: all_slots_ready
    error_handler: {strategy: skip}
    config:
      lua: |
        emit("both")
  out: {class: step, activation: {when: '= #slots.input > 1'}, on_flush: fail}
connections:
  - in.ok -> pair.left
  - {from: in.bad, to: pair.right, when: data.x > 1, param_mapping: {id: user.id}}
  - pair.both -> out.input
  - in.error -> out.input
)";

std::string with(const std::string& line) {
  return load("flow_id: t\nroutines:\n  a: {class: step}\n  b: {class: step}\n" + line).messages();
}

}  // namespace

TEST_CASE("a flow file becomes a flow") {
  const Loaded loaded = load(kFlow);
  CHECK(loaded.messages().empty());
  REQUIRE(loaded.result.flow);
  const Flow& flow = loaded.flow();
  CHECK(flow.version == "1.20");
  CHECK(flow.workers == 3);
  CHECK(flow.limits.hops == 5);
  CHECK(flow.limits.emits == 6);
  CHECK(flow.limits.memory == 1024);
  CHECK(flow.limits.trace_entries == 8);
  CHECK(flow.trace_level == TraceLevel::flow);
  REQUIRE(flow.entry);
  CHECK((flow.entry->routine == 0 && flow.entry->slot == 0));
  CHECK(to_std_string(flow.constants.flow_id) == "t");

  const Routine& in = flow.routines[0];
  CHECK(to_std_string(in.names.id) == "in");
  CHECK(in.names.events == std::vector<std::string>{"ok", "bad", "error"});
  CHECK(in.policy.batch_size == 3);
  CHECK(to_json(in.policy.message) == R"({"reason":"batch_ready","batch_size":3})");
  CHECK(in.on_flush == OnFlush::activate);
  CHECK(in.error_handler.strategy == Strategy::proceed);
  CHECK(in.has_error_connection());
  CHECK(in.place.text() == "f:8:3");
  const Routine& pair = flow.routines[1];
  CHECK(pair.policy.kind == PolicyKind::all_slots_ready);
  CHECK(pair.on_flush == OnFlush::discard);
  CHECK(pair.error_handler.strategy == Strategy::skip);
  CHECK(to_json(pair.policy.message) == R"({"reason":"all_slots_ready"})");
  const Routine& out = flow.routines[2];
  CHECK(out.policy.kind == PolicyKind::when);
  CHECK(flow.expressions[out.policy.when].source.text == "#slots.input > 1");
  CHECK(out.on_flush == OnFlush::fail);

  const Connection& second = flow.connections[1];
  CHECK((second.from == 0 && second.event == 1 && second.to == 1 && second.slot == 1));
  CHECK(flow.expressions[*second.when].source.text == "data.x > 1");
  REQUIRE(second.mappings.size() == 1);
  CHECK((second.mappings[0].target == "id" && second.mappings[0].source.size() == 2));
  CHECK(flow.connections[3].event == in.error_event());
  CHECK(in.connections == std::vector<std::vector<uint32_t>>{{0}, {1}, {3}});
  CHECK(flow.flush_order == std::vector<uint32_t>{0, 1, 2});
}

TEST_CASE("without entry the one slot nothing feeds is it; several are candidates") {
  const Loaded one =
      load("flow_id: t\nroutines: {a: {class: step}, b: {class: step}}\nconnections: [b.output -> a.input]\n");
  REQUIRE(one.flow().entry);
  CHECK(one.flow().entry->routine == 1);
  const Loaded two = load("flow_id: t\nroutines: {a: {class: step}, b: {class: step}}\n");
  CHECK_FALSE(two.flow().entry);
  CHECK(two.flow().entry_candidates.size() == 2);
  CHECK(two.messages().empty());
}

TEST_CASE("connections name routines, events and slots that are there") {
  CHECK(with("connections: [a.output -> c.input]\n") == "f:5:27: unknown routine \"c\"\n");
  CHECK(with("connections: [a.ouput -> b.inputt]\n") ==
        "f:5:17: routine \"a\" has no event \"ouput\"\nf:5:28: routine \"b\" has no slot \"inputt\"\n");
  CHECK(with("connections:\n  - {from: a.output, to: b}\n") == "f:6:26: \"b\" names no slot\n");
  CHECK(with("connections: [a.output -> b.input, a.output -> b.input]\n") ==
        "f:5:36: the same connection twice\n  f:5:15: first given here\n");
  CHECK(with("connections: [a.output -> b.input, {from: a.output, to: b.input, when: data.x}]\n").empty());
}

TEST_CASE("all mistakes are found in one run, in the order of the file") {
  CHECK(with("entry: c.input\nconnections: [x.y -> b.input]\nversoin: 1\n") ==
        "f:5:8: unknown routine \"c\"\nf:6:15: unknown routine \"x\"\nf:7:1: unknown key \"versoin\"\n");
}

TEST_CASE("what follows from another mistake is not reported") {
  CHECK(load("flow_id: t\nroutines:\n  a: {class: free, slot: [x], event: [y], config: {lua: z}}\n  b: {clas: step}\n"
             "connections: [a.y -> b.input, b.output -> a.x]\n")
            .messages() ==
        "f:3:20: unknown key \"slot\" in routine \"a\"\nf:3:31: unknown key \"event\" in routine \"a\"\n"
        "f:4:7: unknown key \"clas\" in routine \"b\"\n");
  CHECK(load("flow_id: t\nroutins: {a: {class: step}}\nentry: a.input\nconnections: [a.output -> b.input]\n")
            .messages() == "f:2:1: unknown key \"routins\"\n");
}

TEST_CASE("warnings are errors only when asked to be, and silent beside an error") {
  const std::string flow = "flow_id: t\nentry: a.input\nroutines: {a: {class: step}, b: {class: step}}\n";
  const Loaded lenient = load(flow);
  CHECK(lenient.result.flow);
  REQUIRE(lenient.result.diagnostics.size() == 1);
  CHECK(lenient.result.diagnostics[0].severity == Severity::warning);
  LoadOptions options;
  options.strict = true;
  const Loaded strict = load(flow, options);
  CHECK_FALSE(strict.result.flow);
  CHECK(strict.result.diagnostics.at(0).severity == Severity::error);
  CHECK(load(flow + "nothing: 1\n").messages() == "f:4:1: unknown key \"nothing\"\n");
}

TEST_CASE("a cycle warns only when nothing can leave it") {
  const std::string cycle =
      "flow_id: t\nentry: a.input\nroutines: {a: {class: step}, b: {class: step}, c: {class: step}}\n"
      "connections:\n  - a.output -> b.input\n";
  CHECK(load(cycle + "  - b.output -> a.input\n  - a.error -> c.input\n").messages() ==
        "f:5:5: a cycle without a way out: \"a\", \"b\"\n");
  CHECK(load(cycle + "  - {from: b.output, to: a.input, when: data.x}\n  - a.error -> c.input\n").messages().empty());
  CHECK(load(cycle + "  - b.output -> a.input\n  - b.output -> c.input\n").messages().empty());
}

TEST_CASE("a cycle of scripts may end where a script decides") {
  const auto script = [](const char* lua) {
    return load("flow_id: t\nentry: a.x\nroutines: {a: {class: free, slots: [x], events: [y], config: {lua: '" +
                std::string(lua) + "'}}}\nconnections: [a.y -> a.x]\n")
        .messages();
  };
  CHECK(script("emit(y)") == "f:4:15: a cycle without a way out: \"a\"\n");
  CHECK(script("if data then emit(y) end").empty());
  CHECK(script("job.complete() emit(y)").empty());
  CHECK_FALSE(script("notify(y)").empty());
}

TEST_CASE("keys whose effect is still to come are refused, inert ones load") {
  CHECK(with("plugins: [a.so]\nexecution: {timeout: 5s}\n") == "f:5:11: plugins cannot be opened here\n");
  CHECK(with("plugins: []\ntests: []\n").empty());
  CHECK(with("error_handler: {max_retries: 2, jitter: full, is_critical: false}\n") ==
        "f:5:17: \"max_retries\" has no effect without \"strategy: retry\"\n");
}

TEST_CASE("an error handler is the flow's where a routine has none of its own") {
  const auto loaded = load(
      "flow_id: t\nerror_handler: {strategy: retry, max_retries: 7, retry_delay: 250ms, max_delay: 2m, "
      "jitter: equal, retry_on: [x], then: skip, is_critical: true}\nexecution: {timeout: 2m}\n"
      "routines: {a: {class: step, timeout: 1.5}, b: {class: step, error_handler: {strategy: retry}}}\n");
  REQUIRE(loaded.messages() == "");
  const Routine& a = loaded.flow().routines[0];
  REQUIRE(a.error_handler.retry);
  CHECK(a.error_handler.strategy == Strategy::skip);
  CHECK(a.error_handler.is_critical);
  CHECK(a.error_handler.retry->max_retries == 7);
  CHECK(a.error_handler.retry->delay_us == 250'000);
  CHECK(a.error_handler.retry->max_delay_us == 120e6);
  CHECK(a.error_handler.retry->jitter == Jitter::equal);
  CHECK(a.error_handler.retry->retry_on == std::vector<std::string>{"x"});
  CHECK(a.timeout_us == 1'500'000);
  CHECK(loaded.flow().limits.time_us == 120'000'000);
  const Routine& b = loaded.flow().routines[1];
  REQUIRE(b.error_handler.retry);
  CHECK(b.error_handler.strategy == Strategy::stop);
  CHECK_FALSE(b.error_handler.is_critical);
  CHECK_FALSE(b.error_handler.retry->max_delay_us);
  CHECK(b.timeout_us == 0);
}

TEST_CASE("max_workers is workers, a strategy of execution changes nothing") {
  const std::string flow = "flow_id: t\nroutines: {a: {class: step}}\n";
  CHECK(load(flow + "execution: {strategy: sequential, max_workers: 5}\n").flow().workers == 5);
  CHECK_FALSE(load(flow + "execution: {strategy: sequential}\n").flow().workers);
}

TEST_CASE("a flow that does not say where jobs enter warns those who ask, with the first few slots") {
  std::string flow = "flow_id: t\nroutines:\n";
  for (char id = 'a'; id <= 'k'; ++id) flow += "  " + std::string(1, id) + ": {class: step}\n";
  CHECK(load(flow).messages().empty());
  LoadOptions options;
  options.asks_for_entry = true;
  CHECK(load(flow, options).messages() ==
        "f:2:1: flow \"t\" does not say where jobs enter, and several slots have no connection into them: a.input, "
        "b.input, c.input, d.input, e.input, f.input, g.input, h.input, i.input, j.input, ...\n");
  CHECK(load(flow + "entry: a.input\nconnections: []\n", options).messages().find("enter") == std::string::npos);
}

TEST_CASE("conditions in Python are refused with their Lua form") {
  const Loaded loaded = load(
      "flow_id: t\nroutines: {a: {class: step}, b: {class: step}}\n"
      "connections:\n  - {from: a.output, to: b.input, when: data.x is not None}\n");
  REQUIRE(loaded.result.diagnostics.size() == 1);
  CHECK(loaded.result.diagnostics[0].place.text() == "f:4:48");
  CHECK(loaded.result.diagnostics[0].hint == "in Lua: data.x ~= nil");
}

TEST_CASE("--select is compiled with the flow, its mistakes shown in its own text") {
  LoadOptions options;
  options.select = "job.data.total";
  const Loaded loaded = load(kFlow, options);
  REQUIRE(loaded.result.flow);
  REQUIRE(loaded.flow().select);
  CHECK(loaded.flow().expressions[*loaded.flow().select].source.text == "job.data.total");
  options.select = "job.data @@@";
  CHECK(load(kFlow, options).messages() == "--select:1:1: does not compile\n");
}
