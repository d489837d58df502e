// debouncer: lets one item of a burst through.
#include <algorithm>
#include <cmath>
#include <optional>
#include <runnel/routine.hpp>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "field.hpp"
#include "key_text.hpp"

namespace {

constexpr uint32_t kInput = 0;
constexpr runnel::Text kOutput = "output", kSuppressed = "suppressed";

class Debouncer {
 public:
  explicit Debouncer(runnel::Config config)
      : wait_us_(microseconds(config, "wait")),
        max_wait_us_(microseconds(config, "max_wait")),
        leading_(config.boolean("leading")),
        trailing_(config.boolean("trailing")) {
    if (!config["key"].is_null()) key_.emplace("debouncer", runnel::builtin::key_path(config["key"], "key"), "key");
    if (!leading_ && !trailing_) {
      throw runnel::ConfigError("trailing", "with leading and trailing both false nothing would come out");
    }
    if (!max_wait_us_) return;
    if (!trailing_) throw runnel::ConfigError("max_wait", "is about the trailing item, and trailing is false");
    if (max_wait_us_ < wait_us_) throw runnel::ConfigError("max_wait", "must not be shorter than wait");
  }

  bool ready(runnel::Lying& in) {
    const int64_t now = in.now_us();
    const uint32_t count = in.slot(kInput).size();
    if (leading_ || key_) note_bursts(in, count, now);
    int64_t next = INT64_MAX;
    for (const Group& group : groups_of(in, count)) {
      const int64_t due = due_of(group);
      if (due <= now) return take(in, count, group.burst);
      next = std::min(next, due);
    }
    for (uint32_t i = 0; i < count; ++i) {
      if (in.note(kInput, i) < 0) return take(in, count, in.note(kInput, i));
    }
    if (count) in.judge_after(next - now);
    return false;
  }

  // Of the items of each key, the last. Those of one burst come alone, at flush several may come together.
  void activate(runnel::Activation& in) {
    const runnel::Items items = in.slot(kInput);
    std::unordered_map<std::string, uint32_t> last;
    std::vector<std::string> keys;
    for (uint32_t i = 0; i < items.size(); ++i) {
      keys.push_back(key_of(items[i]));
      last[keys.back()] = i;
    }
    const bool suppresses_all = suppresses_;
    suppresses_ = false;
    for (uint32_t i = 0; i < items.size(); ++i) {
      const bool passes = !suppresses_all && last[keys[i]] == i;
      in.emit(passes ? kOutput : kSuppressed, items[i], in.job_of(kInput, i));
    }
  }

  static constexpr auto spec() {
    return runnel::routine("debouncer",
                           "Lets one item of a burst through: the last when it is quiet again, or the first")
        .slot("input", "anything")
        .event("output",
               "the item itself: the first of a burst (leading), the last one (trailing); what waits at the end of the "
               "job, or with scope: worker of the input, comes then. It stays an item of its own job")
        .event("suppressed", "the item itself, when another one of its burst came out instead")
        .param("wait", runnel::kind::duration, "0.3", "a burst is over when so long nothing came")
        .param("leading", runnel::kind::boolean, "false", "let the first item of a burst through, at once")
        .param("trailing", runnel::kind::boolean, "true",
               "let the last item of a burst through, unless it was the first")
        .param("max_wait", runnel::kind::duration, "",
               "in a burst that does not end the last item comes out when the oldest has waited so long")
        .param("key", runnel::kind::string, "",
               "path of what is debounced by itself (user.id): items with other values there are another burst; "
               "without it all are one, as are items without a value there");
  }

 private:
  struct Burst {
    int64_t number;
    int64_t latest;  // when its latest item came
  };
  struct Group {  // what lies there of one burst
    int64_t burst;
    int64_t first, latest;  // when they came
  };

  static int64_t microseconds(const runnel::Config& config, const char* name) {
    if (config[name].is_null()) return 0;
    const auto us = std::llround(std::min(config.number(name), 1e9) * 1e6);
    if (us <= 0) throw runnel::ConfigError(name, "must be longer than 0 s");
    return us;
  }

  std::string key_of(const runnel::Value& item) const {
    return key_ ? runnel::builtin::key_text(key_->get(item)) : std::string();
  }

  // Notes of items that are new: the number of their burst; of one that begins a burst and is to come out at once, less
  // than 0. Bursts are remembered while they last, by job where slots are the job's.
  void note_bursts(runnel::Lying& in, uint32_t count, int64_t now) {
    const runnel::Items items = in.slot(kInput);
    for (uint32_t i = 0; i < count; ++i) {
      int64_t& note = in.note(kInput, i);
      if (note) continue;
      const int64_t since = in.since_us(kInput, i);
      const auto [at, is_new] = bursts_.try_emplace(in.job().job_id().json() + key_of(items[i]));
      if (is_new) at->second.number = ++latest_number_;
      const bool begins = is_new || since - at->second.latest >= wait_us_;
      at->second.latest = since;
      note = begins && leading_ ? -at->second.number : at->second.number;
    }
    if (bursts_.size() < forget_at_) return;
    std::erase_if(bursts_, [&](const auto& burst) { return now - burst.second.latest >= wait_us_; });
    forget_at_ = std::max(kFewBursts, bursts_.size() * 2);
  }

  std::vector<Group> groups_of(runnel::Lying& in, uint32_t count) const {
    std::vector<Group> groups;
    std::unordered_map<int64_t, size_t> numbers;
    for (uint32_t i = 0; i < count; ++i) {
      const int64_t burst = in.note(kInput, i), since = in.since_us(kInput, i);
      if (burst < 0) continue;
      const auto [at, is_new] = numbers.try_emplace(burst, groups.size());
      if (is_new) groups.push_back({burst, since, since});
      groups[at->second].latest = since;
    }
    return groups;
  }

  int64_t due_of(const Group& group) const {
    if (!trailing_) return group.first;
    const int64_t quiet = group.latest + wait_us_;
    return max_wait_us_ ? std::min(quiet, group.first + max_wait_us_) : quiet;
  }

  bool take(runnel::Lying& in, uint32_t count, int64_t note) {
    suppresses_ = note >= 0 && !trailing_;
    for (uint32_t i = 0; i < count; ++i) {
      if (in.note(kInput, i) == note) in.take(kInput, i);
    }
    return true;
  }

  static constexpr size_t kFewBursts = 1024;
  int64_t wait_us_, max_wait_us_;  // max_wait 0: none
  bool leading_, trailing_;
  std::optional<runnel::builtin::Field> key_;
  std::unordered_map<std::string, Burst> bursts_;
  int64_t latest_number_ = 0;
  size_t forget_at_ = kFewBursts;
  bool suppresses_ = false;  // in the activation that follows
};

}  // namespace

RUNNEL_PLUGIN("debouncer", "0.1.0", Debouncer)
