// What a flow means: one job, step by step, by nothing but the contract, and short enough to be read beside it.
#pragma once

#include <algorithm>
#include <deque>
#include <map>

#include "model_flow.hpp"

namespace runnel::test {

class Model {
 public:
  using Pick = std::function<size_t(size_t)>;  // which of so many suspended activations goes on first; 0: the oldest
  Model(const ModelFlow& flow, Pick pick)
      : flow_(flow), pick_(std::move(pick)), lying_(flow.routines.size()), skipped_(flow.routines.size()) {}

  Json run(size_t routine, const std::string& slot, const Json& data) {
    try {
      arrive(routine, slot, {data, 0, nullptr});
      while (deliver_one() || resume_one() || flush_one()) continue;
      end("completed", nullptr);
    } catch (const Final&) {
    }
    discarded_ += queue_.size();
    for (size_t i = 0; i < lying_.size(); ++i) discard(i);
    job_["discarded"] = discarded_;
    return job_;
  }

 private:
  struct Final {};  // thrown when the job is
  struct Item {
    Json value;
    size_t hops;
    const ModelConnection* connection;
  };

  [[noreturn]] void end(const std::string& status, const Json& error) {
    job_.update({{"status", status}, {"error", error}});
    throw Final{};
  }
  [[noreturn]] void fail(size_t routine, const ModelError& error) {
    job_["error_detail"] = problem(routine, error);
    end("failed", error.message);
  }
  Json problem(size_t routine, const ModelError& error) const {
    const std::string& id = flow_.routines[routine].id;
    return {{"code", error.code}, {"message", error.message}, {"routine_id", id}, {"attempt", error.attempt}};
  }
  void trace(size_t routine, const char* action, const Json& details) {
    job_["trace_log"].push_back({{"routine_id", flow_.routines[routine].id}, {"action", action}, {"details", details}});
  }
  ModelActivation peek(size_t routine, size_t most = SIZE_MAX) const {  // the oldest of each slot
    ModelActivation taken{.routine = routine};
    for (const auto& [slot, queue] : lying_[routine]) {
      for (size_t i = 0; i < std::min(most, queue.size()); ++i) {
        taken.items[slot].push_back(queue[i].value);
        taken.hops = std::max(taken.hops, queue[i].hops);
      }
    }
    return taken;
  }
  void discard(size_t routine) {
    for (const auto& [slot, queue] : lying_[routine]) discarded_ += queue.size();
    lying_[routine].clear();
  }

  bool deliver_one() {
    if (queue_.empty()) return false;
    const Item item = queue_.front();
    const ModelConnection& connection = *item.connection;
    queue_.pop_front();
    try {
      if (!connection.when || connection.when(item.value)) arrive(connection.to, connection.slot, item);
    } catch (const ModelError& error) {  // the emitter's failure
      handle({connection.from, item.hops, {{flow_.routines[connection.from].slots[0], {item.value}}}}, error);
    }
    return true;
  }
  void arrive(size_t number, const std::string& slot, const Item& item) {
    const ModelRoutine& routine = flow_.routines[number];
    if (skipped_[number]) return void(++discarded_);
    lying_[number][slot].push_back(item);
    const bool is_batch = routine.policy == "batch_size", is_all = routine.policy == "all_slots_ready";
    const size_t most = is_batch ? routine.batch_size : is_all ? 1 : SIZE_MAX;
    if (routine.policy == "when" && !routine.when(peek(number).items)) return;
    for (const auto& name : routine.slots)
      if ((is_batch || is_all) && lying_[number][name].size() < most) return;
    Json message = {{"reason", routine.policy == "when" ? "custom_policy_met" : routine.policy}};
    if (is_batch) message = {{"reason", "batch_ready"}, {"batch_size", most}};
    activate(number, most, message);
  }
  void activate(size_t number, size_t most, const Json& message) {
    ModelActivation one = peek(number, most);
    for (const auto& [slot, taken] : one.items.items())
      for (size_t i = 0; i < taken.size(); ++i) lying_[number][slot].pop_front();
    one.message = message;
    one.retries_left = flow_.routines[number].max_retries;
    one.logic = [this](ModelActivation& in, Json& job) {  // each attempt
      trace(in.routine, "slot_activated", {{"slots", in.counts()}, {"policy_message", in.message}});
      flow_.routines[in.routine].logic(in, job);
    };
    one.first_logic = one.logic;
    run(one);
  }
  void run(ModelActivation one) {
    one.suspends = false;
    try {
      std::exchange(one.logic, nullptr)(one, job_);
    } catch (const ModelError& error) {  // what it emitted and completed never happened
      return handle(one, error);
    }
    if (one.suspends) return suspended_.push_back(one);
    const bool completes = !one.completion.is_null();
    for (const auto& [event, item] : one.emissions)
      completes ? void(discarded_ += flow_.connected(one.routine, event).size()) : send(one, event, item);
    if (!completes) return;
    if (one.completion[0] == "failed") fail(one.routine, {"job.complete", one.completion[1]});
    end(one.completion[0], one.completion[1]);
  }
  bool resume_one() {
    if (suspended_.empty()) return false;
    const auto chosen = suspended_.begin() + static_cast<std::ptrdiff_t>(pick_(suspended_.size()));
    const ModelActivation one = *chosen;
    suspended_.erase(chosen);
    return run(one), true;
  }
  void send(const ModelActivation& by, const std::string& event, const Json& item) {
    const auto connections = flow_.connected(by.routine, event);
    trace(by.routine, "emitted", {{"event", event}, {"connections", connections.size()}});
    emitted_ += std::max(size_t{1}, connections.size());
    const std::string most = std::to_string(flow_.emit_limit), far = std::to_string(flow_.hop_limit);
    if (emitted_ > flow_.emit_limit) fail(by.routine, {"limit.emits", "the job emitted more than " + most + " items"});
    for (const ModelConnection* to : connections) {
      const ModelError too_far{"limit.hops", "an item went through more than " + far + " connections"};
      if (by.hops >= flow_.hop_limit) fail(by.routine, too_far);
      queue_.push_back({item, by.hops + 1, to});
    }
  }
  void handle(const ModelActivation& one, ModelError error) {
    error.attempt = one.attempt;
    const Json shown = problem(one.routine, error);
    const ModelRoutine& routine = flow_.routines[one.routine];
    trace(one.routine, "error", {{"code", error.code}, {"message", error.message}, {"attempt", one.attempt}});
    if (one.retries_left) {  // the same items again, from the start
      trace(one.routine, "retry",
            {{"attempt", one.attempt + 1}, {"delay", 0.001 * static_cast<double>(1 << (one.attempt - 1))}});
      ModelActivation again = one;
      again.emissions.clear();
      again.completion = nullptr;
      again.logic = one.first_logic;
      ++again.attempt, --again.retries_left;
      return suspended_.push_back(again);
    }
    const bool is_connected = !flow_.connected(one.routine, "error").empty();
    if (!is_connected && routine.strategy == "stop") fail(one.routine, error);
    job_["errors"].push_back(shown);
    if (is_connected) return send(one, "error", {{"error", shown}, {"input", one.items}});
    if (routine.strategy != "skip") return;
    skipped_[one.routine] = true;
    discard(one.routine);
  }

  bool flush_one() {
    for (const size_t number : order_) {
      const ModelActivation left = peek(number);
      if (left.items.empty()) continue;
      std::string what = flow_.routines[number].on_flush;
      if (what.empty()) what = flow_.routines[number].policy == "all_slots_ready" ? "discard" : "activate";
      if (what == "activate") return activate(number, SIZE_MAX, {{"reason", "flush"}}), true;
      if (what == "discard") trace(number, "unconsumed", left.counts());
      const std::string message = std::to_string(left.count()) + " items were left in the slots at the end of the job";
      if (what == "fail") handle(left, {"unconsumed", message});
      if (what == "discard" || flow_.connected(number, "error").empty()) discard(number);
      lying_[number].clear();  // they are in the letter
      return true;
    }
    return false;
  }
  const ModelFlow& flow_;
  const Pick pick_;
  Json job_ = {{"errors", Json::array()}, {"data", Json::object()}, {"trace_log", Json::array()}, {"output", ""}};
  std::deque<Item> queue_;
  std::vector<std::map<std::string, std::deque<Item>>> lying_;  // by routine and slot
  std::vector<bool> skipped_;
  std::vector<ModelActivation> suspended_;
  size_t emitted_ = 0, discarded_ = 0;
  const std::vector<size_t> order_ = flow_.flush_order();
};

}  // namespace runnel::test
