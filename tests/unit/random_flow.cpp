// The generator. Rapidcheck draws, so that a flow that fails can be made smaller.
#include "random_flow.hpp"

#include <algorithm>
#include <cstdlib>

namespace runnel::test {
namespace {

int below(int limit) { return *rc::gen::inRange(0, limit); }
size_t index_below(size_t limit) { return *rc::gen::inRange<size_t>(0, limit); }
bool chance(int percent) { return below(100) >= 100 - percent; }  // shrinks to false
const char* one_of(std::initializer_list<const char*> texts) { return texts.begin()[index_below(texts.size())]; }

RandomStep random_step(size_t events, bool order_free) {
  using Step = RandomStep;
  const int event = below(static_cast<int>(events));
  const int kind = below(order_free ? 12 : 16);
  switch (kind) {
    case 0:
    case 1:
      return {Step::trace};
    case 2:
    case 3:
      return {Step::add_data};
    case 4:
      return {Step::print};
    case 5:
    case 6:
    case 7:
      return {Step::pass_on, event};
    case 8:
    case 9:
      return {Step::emit, event, below(5)};
    case 10:
    case 11: {
      const int modulus = 2 + below(6);
      return {Step::fail, modulus, below(modulus)};
    }
    case 12:
      return {Step::set_data, below(3)};
    case 13:
      return {Step::fail_first, 1 + below(4)};
    case 14:
      return {Step::complete, below(3), below(8)};
    default:
      return {Step::emit, event, below(5)};
  }
}

RandomRoutine random_routine(const RandomFlowOptions& options) {
  const bool order_free = options.order_free;
  RandomRoutine routine;
  routine.is_later = chance(order_free ? 50 : 25);
  if (options.retries && chance(25)) routine.max_retries = below(3);
  routine.fails_at = routine.is_later && chance(50) ? 1 + below(5) : 0;
  if (!routine.is_later) {
    routine.slots = 1 + index_below(3);
    routine.events = 1 + index_below(2);
    const size_t steps = 1 + index_below(5);
    for (size_t i = 0; i < steps; ++i) routine.steps.push_back(random_step(routine.events, order_free));
  }
  if (order_free) {
    routine.strategy = "continue";
    return routine;
  }
  routine.policy = one_of({"", "", "immediate", "all_slots_ready", "batch_size", "when"});
  routine.policy_a = 1 + below(4);
  routine.strategy = one_of({"", "continue", "skip", "stop", "continue"});
  if (routine.policy == "all_slots_ready" || routine.policy == "batch_size" || routine.policy == "when")
    routine.on_flush = one_of({"", "activate", "discard", "fail"});
  return routine;
}

RandomFlow random_flow(const RandomFlowOptions& options) {
  RandomFlow flow;
  const size_t size = 2 + index_below(6);
  for (size_t i = 0; i < size; ++i) flow.routines.push_back(random_routine(options));
  const size_t connections = 1 + index_below(2 * size);
  for (size_t i = 0; i < connections; ++i) {
    RandomConnection one{};
    const bool forward = options.order_free || chance(75);
    one.from = index_below(forward ? size - 1 : size);
    one.to = forward ? one.from + 1 + index_below(size - 1 - one.from) : index_below(size);
    one.event = chance(20) ? -1 : static_cast<int>(index_below(flow.routines[one.from].events));
    one.slot = index_below(flow.routines[one.to].slots);
    if (chance(25)) one.when = chance(30) ? -1 - below(4) : 1 + below(4);
    if (options.order_free && one.event < 0) one.when = std::abs(one.when);  // it would fail on its own letters
    const auto same = [&](const RandomConnection& other) {
      return other.from == one.from && other.event == one.event && other.to == one.to && other.slot == one.slot;
    };
    if (std::ranges::none_of(flow.connections, same)) flow.connections.push_back(one);
  }
  flow.strategy = options.order_free ? "continue" : one_of({"", "stop", "continue", "skip"});
  flow.hop_limit = options.order_free ? 100 : 3 + below(20);
  flow.emit_limit = options.order_free ? 100'000 : 5 + below(150);
  const size_t jobs = 1 + index_below(4);
  for (size_t i = 0; i < jobs; ++i) {
    const size_t routine = chance(30) ? index_below(size) : 0;
    flow.jobs.push_back({routine, index_below(flow.routines[routine].slots), below(100)});
  }
  return flow;
}

}  // namespace

rc::Gen<RandomFlow> random_flows(const RandomFlowOptions& options) {
  return rc::gen::exec([options] { return random_flow(options); });
}

}  // namespace runnel::test
