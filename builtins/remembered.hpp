// What a routine remembers of keys in its worker's state: not more than so many, and not for ever. They lie in the
// order they came, the oldest is forgotten first; a step writes a few short entries, however many there are. Like all
// state it changes only if the activation succeeds.
#pragma once

#include <cstdint>
#include <optional>
#include <runnel/activation.hpp>
#include <string>

namespace runnel::builtin {

class Remembered {
 public:
  // ttl_us 0: until it is pushed out.
  Remembered(int64_t most, int64_t ttl_us) : most_(most), ttl_us_(ttl_us) {}

  // The place of a key that is remembered and not too old.
  std::optional<int64_t> find(const State& state, const std::string& key, int64_t now) const {
    const auto place = state.get(place_of(key)).as_int();
    return place && !is_old(state, *place, now) ? place : std::nullopt;
  }

  // From now on it is the latest one, also if it was known before. Its place.
  int64_t add(State state, const std::string& key, int64_t now) const {
    int64_t count = state.get(kCount).int_or(0);
    if (const auto before = state.get(place_of(key)).as_int()) {
      forget(state, *before, key);
      --count;
    }
    const int64_t place = state.get(kNext).int_or(0);
    state.set(kNext, place + 1);
    state.set(place_of(key), place);
    state.set(key_of(place), key);
    if (ttl_us_) state.set(time_of(place), now);
    state.set(kCount, make_room(state, place, count + 1, now));
    return place;
  }

  // What belongs to a place, and is forgotten with it.
  static std::string value_of(int64_t place) { return "v" + std::to_string(place); }

 private:
  static constexpr std::string_view kCount = "count", kNext = "next", kOldest = "oldest";
  static std::string place_of(const std::string& key) { return "k" + key; }
  static std::string key_of(int64_t place) { return "p" + std::to_string(place); }
  static std::string time_of(int64_t place) { return "t" + std::to_string(place); }

  // A clock may stand behind that of the job that wrote the time: then it is not old.
  bool is_old(const State& state, int64_t place, int64_t now) const {
    return ttl_us_ && now - state.get(time_of(place)).int_or(now) >= ttl_us_;
  }

  void forget(State& state, int64_t place, const std::string& key) const {
    state.set(place_of(key), {});
    state.set(key_of(place), {});
    if (ttl_us_) state.set(time_of(place), {});
    if (!state.get(value_of(place)).is_missing()) state.set(value_of(place), {});
  }

  // Forgets what is over the number, and two of those that are too old: more than come. What is left.
  int64_t make_room(State& state, int64_t latest, int64_t count, int64_t now) const {
    const int64_t first = state.get(kOldest).int_or(0);
    int64_t oldest = first;
    for (int at_once = 2; oldest < latest; ++oldest) {
      const std::string key = state.get(key_of(oldest)).string_or("");
      if (key.empty()) continue;  // it was renewed, and lies further on
      if (count <= most_ && (!is_old(state, oldest, now) || at_once-- == 0)) break;
      forget(state, oldest, key);
      --count;
    }
    if (oldest != first) state.set(kOldest, oldest);
    return count;
  }

  int64_t most_;
  int64_t ttl_us_;
};

}  // namespace runnel::builtin
