// One job, one routine and an engine, as the runtime would set them up.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "catch.hpp"
#include "routine/context.hpp"
#include "script/lua.hpp"
#include "value/reader.hpp"
#include "value/writer.hpp"

namespace runnel::core {

struct ScriptFixture {
  JobContext job;
  RoutineNames routine{literal("logic"), {"request", "other_slot"}, {"e", "validated", "error"}};
  FlowConstants constants;
  std::vector<Emission> emissions;
  std::vector<SlotItems> slots{SlotItems{}, SlotItems{}};
  std::vector<Value> items;
  StateObject own;
  StateObject shared;
  StateWrites state;
  Reader reader;
  ScriptLimits limits;
  runnel_context context;
  std::vector<std::unique_ptr<ExpressionTable>> tables;
  std::unique_ptr<ScriptEngine> engine;
  std::string made_of;  // what the engine was made for

  ScriptFixture() {
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
    renew();
  }

  // A fresh context, as each activation gets one.
  void renew() {
    const Value data = context.data;
    const uint64_t activation = context.activation + 1;
    context = runnel_context();
    context.arena = &job.arena;
    context.job = &job;
    context.clock = &job.clock;
    context.routine = &routine;
    context.constants = &constants;
    context.slots = slots;
    context.emissions = &emissions;
    context.state = &state;
    context.data = data;
    context.activation = activation;
  }

  Value json(std::string_view text) {
    const char* kept = job.arena.copy(text);
    Value value{};
    REQUIRE(reader.read({kept, text.size()}, job.arena, value));
    return value;
  }

  void data(std::string_view text) { context.data = json(text); }
  void put_items(size_t slot, std::string_view array) {
    const Value value = json(array);
    items.assign(items_of(value), items_of(value) + value.size);
    slots[slot] = {items.data(), value.size};
    context.slots = slots;
  }

  static ExpressionSource source(std::string text) {
    ExpressionSource made;
    made.text = std::move(text);
    made.file = "flow.yaml";
    made.line = 10;
    made.column = 7;
    made.indent = 6;
    return made;
  }

  void compile(std::vector<std::pair<ExpressionKind, std::string>> sources) {
    tables.push_back(std::make_unique<ExpressionTable>());
    for (auto& [kind, text] : sources) {
      Expression expression;
      expression.kind = kind;
      expression.source = source(text);
      tables.back()->push_back(expression);
    }
    engine = make_lua_engine(*tables.back(), limits);
  }

  bool evaluate(ExpressionKind kind, const std::string& text, Value& out) {
    compile({{kind, text}});
    renew();
    return engine->evaluate(0, context, out);
  }

  // The value of an expression as JSON, or "code: message (place)".
  std::string outcome(bool done, Value value) {
    if (done) return is_missing(value) ? "nil" : to_json(value);
    return context.failure.code + ": " + context.failure.message + " (" + context.failure.location + ")";
  }
  std::string expression(const std::string& text) {
    Value value{};
    const bool done = evaluate(ExpressionKind::lua_expression, text, value);
    return outcome(done, value);
  }
  std::string text(const std::string& source_text) {
    Value value{};
    const bool done = evaluate(ExpressionKind::text, source_text, value);
    return done ? to_std_string(value) : outcome(done, value);
  }
  // "" or the failure.
  std::string script(const std::string& text) {
    Value value{};
    const bool done = evaluate(ExpressionKind::lua_script, text, value);
    return done ? "" : outcome(done, value);
  }
  std::string failure_of(const std::string& text) {
    script(text);
    return context.failure.message;
  }
  // What a script prints, or its failure.
  std::string printed(const std::string& text) {
    job.output.clear();
    const std::string failure = script(text);
    if (!failure.empty()) return failure;
    std::string out(job.output.text());
    if (!out.empty()) out.pop_back();
    return out;
  }
  // What a script emits to "e" as its only item, or its failure.
  std::string emitted(const std::string& value) {
    emissions.clear();
    const std::string failure = script("emit(\"e\", " + value + ")");
    if (!failure.empty()) return failure;
    return emissions.size() == 1 ? to_json(emissions[0].item) : std::to_string(emissions.size()) + " items";
  }
};

}  // namespace runnel::core
