// First byte: what the text is. Then the text, the job's data, and the items of a slot (an array), with a byte 0xff
// between them. It runs twice, as two activations of a worker do.
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "base/utf8.hpp"
#include "fuzz.hpp"
#include "memory_peak.hpp"
#include "routine/context.hpp"
#include "script/lua.hpp"
#include "value/reader.hpp"
#include "value/writer.hpp"

using namespace runnel::core;
using runnel::fuzz::require;

namespace {

constexpr ScriptLimits kLimits{200'000, size_t{2} * 1024 * 1024};
constexpr size_t kJobMemory = size_t{1} * 1024 * 1024;
// All that a run may take: Lua's memory, the job's arena, whose garbage counts on top, the buffers of the bridge.
constexpr size_t kMostMemory = size_t{24} * 1024 * 1024;

ExpressionKind kind_of(uint8_t byte) {
  constexpr ExpressionKind kKinds[] = {ExpressionKind::lua_script, ExpressionKind::lua_expression,
                                       ExpressionKind::text};
  return kKinds[byte % std::size(kKinds)];
}

// One routine of a job, as the runtime would set it up.
struct Activations {
  JobContext job;
  RoutineNames routine{literal("logic"), {"request", "other_slot"}, {"e", "validated", "error"}};
  FlowConstants constants;
  std::vector<Emission> emissions;
  std::vector<SlotItems> slots{SlotItems{}, SlotItems{}};
  StateObject own;
  StateObject shared;
  StateWrites state;
  Reader reader;
  Value data{};

  explicit Activations(std::string_view rest) {
    job.job_id = literal("job-1");
    job.worker_id = literal("w0");
    job.flow_id = literal("shop");
    job.status = Status::running;
    job.clock = JobClock::virtual_for(1);
    job.created_at = 946684800000000;
    job.place.ordinal = 1;
    job.metadata = json(R"({"user_id":"alice"})");
    constants.flow_id = literal("shop");
    constants.env = json(R"({"REGION":"eu"})");
    state.attach(&own, &shared);
    data = json(runnel::fuzz::next_part(rest));
    const Value items = json(runnel::fuzz::next_part(rest));
    if (items.kind == RUNNEL_ARRAY) slots[0] = {items_of(items), items.size};
    slots[1] = {&data, 1};
    job.arena.set_limit(kJobMemory);
  }

  Value json(std::string_view text) {
    constexpr std::string_view kElse = R"({"user":{"name":"Zoë","tags":["a","b"]},"n":13,"big":12345678901234567890})";
    Value value{};
    const char* kept = job.arena.copy(text);
    if (reader.read({kept, text.size()}, job.arena, value)) return value;
    kept = job.arena.copy(kElse);
    reader.read({kept, kElse.size()}, job.arena, value);
    return value;
  }

  runnel_context context(uint64_t activation) {
    runnel_context made;
    made.arena = &job.arena;
    made.job = &job;
    made.clock = &job.clock;
    made.routine = &routine;
    made.constants = &constants;
    made.slots = slots;
    made.emissions = &emissions;
    made.state = &state;
    made.data = data;
    made.activation = activation;
    return made;
  }
};

void require_json(Value value) {
  const std::string text = to_json(value);
  Reader reader;
  Arena arena;
  Value again{};
  require(reader.read(text, arena, again), "what a script makes is JSON");
  require(to_json(again) == text, "it is written the same again");
}

void run(ScriptEngine& engine, Activations& activations, uint64_t number) {
  runnel_context context = activations.context(number);
  Value result{};
  const bool done = engine.evaluate(0, context, result);
  require(done != context.has_failed, "it is done, or has failed");
  require(done || !context.failure.code.empty(), "a failure has a code");
  if (done) require_json(result);
  for (const Emission& one : activations.emissions) {
    require(one.event < activations.routine.events.size(), "an event is one of the routine");
    require_json(one.item);
  }
  if (context.complete) require_json(context.complete->error);
  for (const Member& one : activations.job.data.members()) require_json(one.value);
  if (done) {
    activations.state.commit();
  } else {
    activations.state.drop();
  }
  activations.emissions.clear();
}

}  // namespace

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  std::string_view rest = runnel::fuzz::text_of(data + 1, size - 1);
  Expression expression;
  expression.kind = kind_of(data[0]);
  expression.source.text = runnel::fuzz::next_part(rest);
  if (!is_utf8(expression.source.text)) return 0;  // no flow file holds it
  expression.source.file = "flow.yaml";
  ScriptFacts facts;
  if (const auto mistake = make_lua_compiler()->check(expression.kind, expression.source, facts)) {
    require(!mistake->message.empty() && mistake->place.line >= 1, "a mistake has a message and a place");
  }

  const auto activations = std::make_unique<Activations>(rest);
  const ExpressionTable table{expression};
  const runnel::fuzz::MemoryPeak peak;
  const auto engine = make_lua_engine(table, kLimits);
  run(*engine, *activations, 1);
  run(*engine, *activations, 2);
  require(peak.bytes() <= kMostMemory, "memory has a limit");
  return 0;
}
