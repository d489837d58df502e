// aggregator: puts one item of each of its slots together.
#include <algorithm>
#include <cmath>
#include <runnel/routine.hpp>
#include <string>
#include <vector>

#include "serving.hpp"

namespace {

enum class Shape { dict, list, flatten };

class Aggregator {
 public:
  explicit Aggregator(runnel::Config config)
      : slots_(config.slots()),
        needed_(needed(config, slots_.size())),
        shape_(shape_of(config.string("output"))),
        timeout_us_(std::llround(std::min(config.number("timeout"), 1e9) * 1e6)) {
    if (config["timeout"].is_null()) return;
    if (timeout_us_ <= 0) throw runnel::ConfigError("timeout", "must be longer than 0 s");
    if (needed_ == 1) throw runnel::ConfigError("timeout", "one item is enough here: there is nothing to wait for");
  }

  bool ready(runnel::Lying& in) {
    uint32_t filled = 0;
    int64_t oldest = INT64_MAX;
    for (uint32_t slot = 0; slot < slots_.size(); ++slot) {
      if (in.slot(slot).empty()) continue;
      ++filled;
      oldest = std::min(oldest, in.since_us(slot, 0));
    }
    if (filled < needed_) {
      if (!timeout_us_ || filled == 0) return false;
      const int64_t left = oldest + timeout_us_ - in.now_us();
      if (left > 0) {
        in.judge_after(left);
        return false;
      }
      reason_ = "timeout";
    }
    for (uint32_t slot = 0; slot < slots_.size(); ++slot) {
      if (!in.slot(slot).empty()) in.take(slot, 0);
    }
    return true;
  }

  // At flush there may be several of a slot: the oldest ones go together, then the next.
  void activate(runnel::Activation& in) {
    const std::string reason = runnel::builtin::reason_of(in, reason_);
    for (uint32_t round = 0; emit_round(in, round, reason) && !in.has_failed(); ++round) {
    }
  }

  static constexpr auto spec() {
    return runnel::routine("aggregator", "Puts one item of each of its slots together, the oldest of each")
        .flag(RUNNEL_FREE_SLOTS)
        .event("output",
               "what belongs together, as soon as `require` is met: an object {slot: item}, or a list of the items in "
               "the order of the slots; with scope: worker it goes to the jobs of these items")
        .event("partial",
               "what came, when the time is over or nothing more will come: object with data (in the same shape), "
               "missing (names of the slots without an item) and reason (timeout, flush, or window when all jobs that "
               "may be under way wait)")
        .param("require", runnel::kind::string, "\"all\"",
               "which slots need an item: all, any one of them, or `count` of them; items that come too late for that "
               "begin the next round")
        .choices("all|any|n_of_m")
        .param("count", runnel::kind::integer, "", "how many slots, for n_of_m")
        .param("output", runnel::kind::string, "\"dict\"",
               "dict: {slot: item}; list: the items; flatten: a list of them, with the elements of those that are "
               "lists themselves")
        .choices("dict|list|flatten")
        .param("timeout", runnel::kind::duration, "", "no item waits longer for the others");
  }

 private:
  static size_t needed(const runnel::Config& config, size_t slots) {
    const std::string require = config.string("require");
    const bool has_count = !config["count"].is_null();
    if (require != "n_of_m") {
      if (has_count) throw runnel::ConfigError("count", "is for require: n_of_m");
      return require == "any" ? 1 : slots;
    }
    if (!has_count) throw runnel::ConfigError("require", "n_of_m needs a count");
    const int64_t count = config.integer("count");
    if (count < 1 || static_cast<uint64_t>(count) > slots) {
      throw runnel::ConfigError("count", "must be from 1 to " + std::to_string(slots) + ", the number of slots");
    }
    return static_cast<size_t>(count);
  }

  static Shape shape_of(const std::string& name) {
    if (name == "list") return Shape::list;
    return name == "flatten" ? Shape::flatten : Shape::dict;
  }

  bool emit_round(runnel::Activation& in, uint32_t round, const std::string& reason) const {
    runnel::builtin::ItemNumbers items;
    std::vector<runnel_value> missing;
    for (uint32_t slot = 0; slot < slots_.size(); ++slot) {
      if (in.slot(slot).size() > round) {
        items.emplace_back(slot, round);
      } else {
        missing.push_back(runnel::Text(slots_[slot]).raw());
      }
    }
    if (items.empty()) return false;
    const runnel::Value data = together(in, items);
    if (items.size() >= needed_) {
      runnel::builtin::emit_for(in, "output", data, items);
    } else {
      const runnel::Value names = in.array(missing.data(), missing.size());
      runnel::builtin::emit_for(in, "partial", in.object({{"data", data}, {"missing", names}, {"reason", reason}}),
                                items);
    }
    return true;
  }

  runnel::Value together(runnel::Activation& in, const runnel::builtin::ItemNumbers& items) const {
    std::vector<runnel_member> members;
    std::vector<runnel_value> list;
    for (const auto& [slot, index] : items) {
      const runnel::Value item = in.slot(slot)[index];
      if (shape_ == Shape::dict) members.push_back({runnel::Text(slots_[slot]).raw(), item.raw()});
      if (shape_ == Shape::flatten && item.is_array()) {
        for (uint32_t i = 0; i < item.size(); ++i) list.push_back(item.at(i).raw());
      } else {
        list.push_back(item.raw());
      }
    }
    return shape_ == Shape::dict ? in.object(members.data(), members.size()) : in.array(list.data(), list.size());
  }

  std::vector<std::string> slots_;
  size_t needed_;
  Shape shape_;
  int64_t timeout_us_;  // 0: none
  std::string reason_;  // for the activation that follows
};

}  // namespace

RUNNEL_PLUGIN("aggregator", "0.1.0", Aggregator)
