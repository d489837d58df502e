#include "model_support.hpp"

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <runnel/routine.hpp>
#include <sstream>

#include "builtins.hpp"
#include "catch.hpp"

namespace runnel::test {
namespace {

std::function<void(Waiting)>& keeper() {
  static std::function<void(Waiting)> keep;
  return keep;
}

int64_t number_of(Value item) {
  if (item["n"].is_number()) return item["n"].int_or(0);
  auto sum = static_cast<int64_t>(item["error"]["code"].string_or("").size());
  const Value input = item["input"];
  for (uint32_t slot = 0; slot < input.size(); ++slot) {
    const Value items = input.member(slot).second;
    for (uint32_t i = 0; i < items.size(); ++i) sum += number_of(items.at(i));
  }
  return sum;
}

class LaterRoutine {
 public:
  explicit LaterRoutine(Config config) : fails_at_(config.integer("fails_at")) {}
  void activate(Activation& in) {
    in.emit(0u, in.object({{"n", (number_of(in.slot(0).front()) + 1) % 100}}));
    suspend(in, 1);
  }
  static constexpr auto spec() {
    return routine("later", "Goes on later")
        .slot("input", "anything")
        .event("output", "the items, and before them another")
        .param("fails_at", kind::integer, "0", "fails when the number and this make a multiple of 5; 0: never")
        .flag(RUNNEL_MAY_SUSPEND);
  }

 private:
  void suspend(Activation& in, int round) {
    auto rest = [this, round](Activation& later) { go_on(later, round); };
    if (!keeper()) return in.finish_after(1000 * (7 - number_of(in.slot(0).front()) % 7), rest);
    keeper()({std::stoll(std::string(in.job().job_id().string_or("0"))), in.suspend(), rest});
  }
  void go_on(Activation& in, int round) {
    const int64_t x = number_of(in.slot(0).front());
    if (round < 1 + x % 2) return suspend(in, round + 1);
    for (uint32_t i = 0; i < in.slot(0).size(); ++i) in.emit(0u, in.slot(0)[i]);
    if (fails_at_ && (x + fails_at_) % 5 == 0) fail("late.failure", "late at " + std::to_string(x));
  }

  int64_t fails_at_;
};

const runnel_type* const kTypes[] = {&TypeOf<LaterRoutine>::type};
const runnel_plugin kPlugin = {RUNNEL_PLUGIN_MAGIC,
                               sizeof(runnel_plugin),
                               RUNNEL_ABI_MAJOR,
                               RUNNEL_ABI_MINOR,
                               {"later", 5},
                               {"1", 1},
                               {"0.1.0", 5},
                               kTypes,
                               1,
                               0,
                               detail::keep_host,
                               nullptr};

const Classes& classes() {
  static const Classes all = [] {
    Classes made;
    for (const runnel_plugin* builtin : builtins()) REQUIRE(made.add(*builtin, "built in").empty());
    REQUIRE(made.add(kPlugin, "test").empty());
    return made;
  }();
  return all;
}

uint64_t number_from_environment(const char* name, uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text ? std::strtoull(text, nullptr, 10) : otherwise;
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr size_t kShare = 10;
#else
constexpr size_t kShare = 1;
#endif

}  // namespace

void keep_waiting_by(std::function<void(Waiting)> keep) { keeper() = std::move(keep); }

Flow load_text(const std::string& name, const std::string& text) {
  Flow loaded = Flow::from_text(name, text, classes());
  if (!loaded) std::cerr << text << loaded.report();
  REQUIRE(loaded);
  return loaded;
}

Flow load(const RandomFlow& flow) { return load_text("random.yaml", yaml_of(flow)); }

std::string data_of(const RandomFlow& flow, size_t job) { return Json{{"n", flow.jobs[job].number}}.dump(); }

Json expected(const RandomFlow& flow, size_t job, const Model::Pick& pick) {
  const ModelFlow model = model_of(flow);
  const RandomJob& posted = flow.jobs[job];
  return Model(model, pick)
      .run(posted.routine, model.routines[posted.routine].slots[posted.slot], Json::parse(data_of(flow, job)));
}

Json shown_part(const std::string& record) {
  const Json all = Json::parse(record);
  Json shown = {{"errors", Json::array()}, {"output", ""}, {"discarded", 0}};
  for (const char* key : {"status", "error", "error_detail", "errors", "data", "trace_log", "output", "discarded"})
    if (all.contains(key)) shown[key] = all[key];
  for (Json& entry : shown["trace_log"]) entry.erase("timestamp");
  if (shown.contains("error_detail")) shown["error_detail"]["message"] = shown["error"];
  const auto strip = [](Json& problem) {
    for (const char* key : {"location", "cause"}) problem.erase(key);
  };
  for (Json& problem : shown["errors"]) strip(problem);
  if (shown.contains("error_detail")) strip(shown["error_detail"]);
  return shown;
}

std::string difference(const RandomFlow& flow, size_t job, const Json& expected, const Json& actual) {
  if (expected == actual) return "";
  const RandomJob& posted = flow.jobs[job];
  std::ostringstream out;
  out << yaml_of(flow) << "\njob " << job << ": post " << data_of(flow, job) << " to " << routine_name(posted.routine)
      << ", slot " << posted.slot << "\n";
  for (const auto& [key, value] : expected.items()) {
    if (actual.contains(key) && actual[key] == value) continue;
    out << key << " expected: " << (value.is_array() ? "" : value.dump()) << "\n";
    if (value.is_array())
      for (const Json& one : value) out << "  " << one.dump() << "\n";
    const Json other = actual.value(key, Json());
    out << key << " actual: " << (other.is_array() ? "" : other.dump()) << "\n";
    if (other.is_array())
      for (const Json& one : other) out << "  " << one.dump() << "\n";
  }
  for (const auto& [key, value] : actual.items())
    if (!expected.contains(key)) out << key << " not expected, but " << value.dump() << "\n";
  return out.str();
}

namespace {

// Flows that are a little simpler, one after the other, until `fails` is true of one.
bool make_simpler(RandomFlow& flow, const std::function<bool(const RandomFlow&)>& fails) {
  const auto replaces = [&](const RandomFlow& simpler) {
    if (!fails(simpler)) return false;
    flow = simpler;
    return true;
  };
  const auto without = [&](auto&& list_of) {
    for (size_t i = 0; i < list_of(flow).size(); ++i) {
      RandomFlow simpler = flow;
      auto& list = list_of(simpler);
      list.erase(list.begin() + static_cast<std::ptrdiff_t>(i));
      if (replaces(simpler)) return true;
    }
    return false;
  };
  if (flow.jobs.size() > 1 && without([](RandomFlow & one) -> auto& { return one.jobs; })) return true;
  if (without([](RandomFlow & one) -> auto& { return one.connections; })) return true;
  for (size_t i = 0; i < flow.routines.size(); ++i) {
    if (without([i](RandomFlow & one) -> auto& { return one.routines[i].steps; })) return true;
    if (flow.routines[i].max_retries >= 0) {
      RandomFlow simpler = flow;
      simpler.routines[i].max_retries = -1;
      if (replaces(simpler)) return true;
    }
    for (const auto part : {&RandomRoutine::policy, &RandomRoutine::on_flush, &RandomRoutine::strategy}) {
      RandomFlow simpler = flow;
      simpler.routines[i].*part = "";
      if (flow.routines[i].*part != "" && replaces(simpler)) return true;
    }
  }
  const auto uses_last = [last = flow.routines.size() - 1](const auto& one) {
    return one.from == last || one.to == last;
  };
  RandomFlow shorter = flow;
  shorter.routines.pop_back();
  const auto last_job = [&](const RandomJob& job) { return job.routine == shorter.routines.size(); };
  return !shorter.routines.empty() && std::ranges::none_of(flow.connections, uses_last) &&
         std::ranges::none_of(flow.jobs, last_job) && replaces(shorter);
}

}  // namespace

void check_random_flows(size_t count, const RandomFlowOptions& options,
                        const std::function<std::string(const RandomFlow&, uint64_t)>& check) {
  const uint64_t first = number_from_environment("RUNNEL_MODEL_SEED", 1);
  const uint64_t seeds = number_from_environment("RUNNEL_MODEL_SEEDS", std::max<size_t>(1, count / kShare));
  const rc::Gen<RandomFlow> flows = random_flows(options);
  for (uint64_t seed = first; seed < first + seeds; ++seed) {
    RandomFlow flow = flows(rc::Random(seed), rc::kNominalSize).value();
    std::string wrong = check(flow, seed);
    if (wrong.empty()) continue;
    while (make_simpler(flow, [&](const RandomFlow& simpler) {
      const std::string still = check(simpler, seed);
      if (!still.empty()) wrong = still;
      return !still.empty();
    }))
      continue;
    std::cerr << wrong;  // not by Catch, which would break its lines
    FAIL("seed " << seed << ", made simpler; RUNNEL_MODEL_SEED=" << seed << " RUNNEL_MODEL_SEEDS=1 runs it alone");
  }
  SUCCEED(seeds << " flows");
}

}  // namespace runnel::test
