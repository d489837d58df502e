// rate_limit: lets so many items pass in so much time.
#include <algorithm>
#include <cmath>
#include <list>
#include <memory>
#include <optional>
#include <runnel/routine.hpp>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "key_text.hpp"

namespace {

// When the next items of each key may pass: the virtual scheduling of leaky buckets (GCRA). One time for a key, in
// microseconds since the first reading. It stands in the routine and not in the worker's state: a turn is taken at
// once, while what a waiting activation writes would be seen by the others only after its wait.
class Turns {
 public:
  Turns(double interval, double burst, size_t most)
      : interval_(interval), tolerance_((burst - 1) * interval), most_(most) {}

  // How long the next one has to wait; nullopt: longer than so, and no turn is taken.
  std::optional<double> take(const std::string& key, int64_t now_us, double longest) {
    if (!start_us_) start_us_ = now_us;
    const auto now = static_cast<double>(now_us - *start_us_);
    const auto at = keys_.find(key);
    const double due = at == keys_.end() ? now : std::max(at->second->due, now);
    double wait = due - tolerance_ - now;
    if (wait < kLeastWait) wait = 0;
    if (wait > longest) return std::nullopt;
    if (at != keys_.end()) {
      at->second->due = due + interval_;
      latest_last_.splice(latest_last_.end(), latest_last_, at->second);
    } else {
      latest_last_.push_back({key, due + interval_});
      keys_.emplace(key, std::prev(latest_last_.end()));
      make_room(now);
    }
    return wait;
  }

 private:
  static constexpr double kLeastWait = 0.5;  // less than the clock can tell: sums of fractions are not exact
  struct Turn {
    std::string key;
    double due;
  };

  // One that is due is as good as none.
  void make_room(double now) {
    for (int at_once = 2; keys_.size() > most_ || (at_once > 0 && keys_.size() > 1 && latest_last_.front().due <= now);
         --at_once) {
      keys_.erase(latest_last_.front().key);
      latest_last_.pop_front();
    }
  }

  double interval_, tolerance_;
  size_t most_;
  std::optional<int64_t> start_us_;
  std::list<Turn> latest_last_;
  std::unordered_map<std::string, std::list<Turn>::iterator> keys_;
};

// Those that wait, by key: timers that are due within the same microseconds may fire in another order than they came.
class Waiting {
 public:
  bool any(const std::string& key) const { return lines_.contains(key); }
  uint64_t join(const std::string& key) {
    lines_[key].insert(++latest_);
    return latest_;
  }
  bool is_first(const std::string& key, uint64_t number) const { return *lines_.at(key).begin() == number; }
  void leave(const std::string& key, uint64_t number) {
    const auto line = lines_.find(key);
    line->second.erase(number);
    if (line->second.empty()) lines_.erase(line);
  }

 private:
  std::unordered_map<std::string, std::set<uint64_t>> lines_;
  uint64_t latest_ = 0;
};

constexpr double kLongestWait = 4e15;  // microseconds: more than a century, for numbers that grow without bound

class RateLimit {
 public:
  explicit RateLimit(runnel::Config config)
      : key_(config.expression("key")),
        is_dropping_(config.string("mode") == "drop"),
        longest_(config["max_wait"].is_missing() ? kLongestWait : config.number("max_wait") * 1e6),
        turns_(interval(config), static_cast<double>(config.integer("burst")),
               static_cast<size_t>(std::max<int64_t>(config.integer("max_keys"), 1))) {
    if (config.integer("burst") < 1) throw runnel::ConfigError("burst", "must be 1 or more");
    if (config.integer("max_keys") < 1) throw runnel::ConfigError("max_keys", "must be 1 or more");
    if (is_dropping_ && !config["max_wait"].is_missing()) {
      throw runnel::ConfigError("max_wait", "goes with mode: delay; with drop nothing waits");
    }
  }

  void activate(runnel::Activation& in) {
    const runnel::Items items = in.slot("input");
    std::vector<std::string> keys(items.size());
    for (uint32_t i = 0; key_ && i < items.size(); ++i) {  // first of all: what fails takes no turn
      const runnel::Value key = in.evaluate(key_, items[i]);
      if (in.has_failed()) return;
      keys[i] = runnel::builtin::short_key_text(key);
    }
    const int64_t now = in.now_us();
    std::vector<bool> passes(items.size());
    double wait = 0;
    for (uint32_t i = 0; i < items.size(); ++i) {
      const auto turn = turns_.take(keys[i], now, is_dropping_ ? 0 : longest_);
      passes[i] = turn.has_value();
      wait = std::max(wait, turn.value_or(0));
    }
    if (items.empty() || std::find(passes.begin(), passes.end(), true) == passes.end()) return pass(in, passes);
    if (wait <= 0 && !waiting_->any(keys[0])) return pass(in, passes);
    const uint64_t number = waiting_->join(keys[0]);
    wait_in_line(in, static_cast<int64_t>(std::ceil(wait)), Place{waiting_, keys[0], number, std::move(passes)});
  }

  static void resolve(runnel::Config config, runnel::Ports& ports) {
    if (config.string("mode") != "drop") ports.add_flag(RUNNEL_MAY_SUSPEND);
  }

  static constexpr auto spec() {
    return runnel::routine("rate_limit", "Lets so many items pass in so much time, of all jobs of a worker")
        .slot("input", "anything")
        .event("output", "the item itself, when its turn comes")
        .event("limited", "the item itself, if it may not pass")
        .param("rate", runnel::kind::number, runnel::required, "how many items pass in the time `per`, evenly spread")
        .param("per", runnel::kind::duration, "1", "the time: 1s, 1m, 1h")
        .param("burst", runnel::kind::integer, "1", "how many may pass at once after a time with none")
        .param("mode", runnel::kind::string, "\"delay\"",
               "delay: an item waits for its turn, in the order they came, while the worker does other work; drop: it "
               "leaves by the event limited")
        .choices("delay|drop")
        .param("max_wait", runnel::kind::duration, "",
               "with delay: an item that would have to wait longer leaves by the event limited, at once; 0: none waits")
        .param("key", runnel::kind::value, "",
               "what has a limit of its own, a path (user.id) or '= expr'; without it one limit for all. Null is a key "
               "like any other")
        .param("max_keys", runnel::kind::integer, "100000",
               "how many keys are known at most; the one that came longest ago is forgotten and starts anew")
        .flag(RUNNEL_KEEPS_STATE);
  }

 private:
  struct Place {
    std::shared_ptr<Waiting> waiting;
    std::string key;
    uint64_t number;
    std::vector<bool> passes;
  };

  static void wait_in_line(runnel::Activation& in, int64_t wait_us, const Place& place) {
    in.finish_after(wait_us, [place](runnel::Activation& rest) {
      constexpr int64_t kMoment = 100;  // microseconds
      if (!place.waiting->is_first(place.key, place.number)) return wait_in_line(rest, kMoment, place);
      place.waiting->leave(place.key, place.number);
      pass(rest, place.passes);
    });
    in.on_cancel([waiting = place.waiting, key = place.key, number = place.number] { waiting->leave(key, number); });
  }

  static double interval(const runnel::Config& config) {
    const double rate = config.number("rate"), per = config.number("per") * 1e6;
    if (!(rate > 0)) throw runnel::ConfigError("rate", "must be more than 0");
    if (per < 1) throw runnel::ConfigError("per", "must be more than 0");
    if (!(per / rate <= kLongestWait)) throw runnel::ConfigError("rate", "is less than one item in a hundred years");
    return per / rate;
  }

  static void pass(runnel::Activation& in, const std::vector<bool>& passes) {
    const runnel::Items items = in.slot("input");
    for (uint32_t i = 0; i < items.size(); ++i) {
      if (passes[i]) {
        in.emit("output", items[i], in.job_of(0, i));
      } else {
        in.emit("limited", items[i], in.job_of(0, i));
      }
    }
  }

  runnel::Expression key_;
  bool is_dropping_;
  double longest_;
  Turns turns_;
  std::shared_ptr<Waiting> waiting_ = std::make_shared<Waiting>();
};

}  // namespace

RUNNEL_PLUGIN("rate_limit", "0.1.0", RateLimit)
