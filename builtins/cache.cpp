// cache: answers from what was stored under a key before.
#include <cmath>
#include <optional>
#include <runnel/routine.hpp>
#include <string>

#include "key_text.hpp"
#include "remembered.hpp"

namespace {

using runnel::builtin::Remembered;

class Cache {
 public:
  explicit Cache(runnel::Config config)
      : key_(config.expression("key")),
        store_key_(config.expression("store_key")),
        value_(config.expression("value")),
        entries_(config.integer("max_entries"), std::llround(config.number("ttl") * 1e6)) {
    if (config.integer("max_entries") < 1) throw runnel::ConfigError("max_entries", "must be 1 or more");
    if (!config["ttl"].is_missing() && config.number("ttl") < 1e-6) {
      throw runnel::ConfigError("ttl", "must be more than 0; without it an entry does not grow old");
    }
  }

  void activate(runnel::Activation& in) {
    const int64_t now = in.now_us();
    const runnel::Items to_store = in.slot("store");
    for (uint32_t i = 0; i < to_store.size() && !in.has_failed(); ++i) store(in, to_store[i], in.job_of(1, i), now);
    const runnel::Items items = in.slot("input");
    for (uint32_t i = 0; i < items.size() && !in.has_failed(); ++i) look_up(in, items[i], in.job_of(0, i), now);
  }

  static constexpr auto spec() {
    return runnel::routine("cache", "Answers from what was stored under a key before")
        .slot("input", "an item to look up")
        .slot("store", "an item with a key and the value to remember under it")
        .event("hit", "object with key, value and input (the item)")
        .event("miss", "the item itself, if nothing is stored under its key")
        .event("stored", "object with key, value and input (the item that was stored), as hit")
        .param("key", runnel::kind::value, runnel::required,
               "of an item, a path (user.id) or '= expr'. Equal is what is equal as JSON. Under a null key, or none, "
               "nothing is remembered: always a miss")
        .param("store_key", runnel::kind::value, "",
               "the key of an item in the slot store, if it stands elsewhere there")
        .param(
            "value", runnel::kind::value, "\"$\"",
            "what of an item in the slot store is remembered. Null is an answer, too, and is a hit later: what shall "
            "be asked for again must not come to the slot store")
        .param("ttl", runnel::kind::duration, "",
               "30s, 10m, 1h: so long after it was stored an entry is no longer used; by the clock of the jobs")
        .param("max_entries", runnel::kind::integer, "10000",
               "how many entries at most; the one that was stored first is forgotten first, however often it was used")
        .flag(RUNNEL_KEEPS_STATE);
  }

 private:
  void store(runnel::Activation& in, runnel::Value item, const runnel::Job& job, int64_t now) const {
    const runnel::Value key = in.evaluate(store_key_ ? store_key_ : key_, item);
    if (in.has_failed()) return;
    runnel::Value value = in.evaluate(value_, item);
    if (in.has_failed()) return;
    if (value.is_missing()) value = nullptr;
    if (!key.is_null()) {
      const int64_t place = entries_.add(in.state(), runnel::builtin::short_key_text(key), now);
      in.state().set(Remembered::value_of(place), value);
    }
    in.emit("stored", in.object({{"key", key}, {"value", value}, {"input", item}}), job);
  }

  void look_up(runnel::Activation& in, runnel::Value item, const runnel::Job& job, int64_t now) const {
    const runnel::Value key = in.evaluate(key_, item);
    if (in.has_failed()) return;
    std::optional<int64_t> place;
    if (!key.is_null()) place = entries_.find(in.state(), runnel::builtin::short_key_text(key), now);
    if (!place) return in.emit("miss", item, job);
    const runnel::Value value = in.state().get(Remembered::value_of(*place));
    in.emit("hit", in.object({{"key", key}, {"value", value}, {"input", item}}), job);
  }

  runnel::Expression key_, store_key_, value_;
  Remembered entries_;
};

}  // namespace

RUNNEL_PLUGIN("cache", "0.1.0", Cache)
