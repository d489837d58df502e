// join: puts items of several slots together that have the same key.
#include <algorithm>
#include <cmath>
#include <functional>
#include <runnel/routine.hpp>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "field.hpp"
#include "key_text.hpp"
#include "serving.hpp"

namespace {

using runnel::builtin::Field;
using runnel::builtin::ItemNumbers;

constexpr int64_t kNoKey = 2;  // a note; others are odd

class Join {
 public:
  explicit Join(runnel::Config config)
      : slots_(config.slots()),
        merges_(config.boolean("merge")),
        type_(config.string("type")),
        timeout_us_(std::llround(std::min(config.number("timeout"), 1e9) * 1e6)) {
    if (slots_.size() < 2) throw runnel::ConfigError("", "a join needs two slots or more, as in slots: [left, right]");
    if (!config["timeout"].is_null() && timeout_us_ <= 0) {
      throw runnel::ConfigError("timeout", "must be longer than 0 s");
    }
    if (!merges_ && std::count(slots_.begin(), slots_.end(), "key")) {
      throw runnel::ConfigError("", "a slot named \"key\" would hide the key in what comes out; give it another name");
    }
    read_keys(config);
  }

  bool ready(runnel::Lying& in) {
    for (uint32_t slot = 0; slot < slots_.size(); ++slot) {
      const uint32_t count = in.slot(slot).size();
      for (uint32_t i = 0; i < count; ++i) {
        int64_t& note = in.note(slot, i);
        if (note) continue;
        note = note_of(in, slot, i);
        if (note == kNoKey) {
          reason_ = "no_key";
          in.take(slot, i);
          return true;
        }
        const ItemNumbers match = oldest_of_key(in, slot, i);
        if (match.size() == slots_.size()) return take(in, match);
      }
    }
    return timeout_us_ && has_timed_out(in);
  }

  // Of each key, the oldest items of all slots go together, then the next ones: it does not matter who chose them.
  void activate(runnel::Activation& in) {
    const std::string reason = runnel::builtin::reason_of(in, reason_);
    std::vector<Group> groups;
    std::unordered_map<std::string, size_t> numbers;
    for (uint32_t slot = 0; slot < slots_.size(); ++slot) {
      const runnel::Items items = in.slot(slot);
      for (uint32_t i = 0; i < items.size(); ++i) {
        const runnel::Value key = keys_[slot].get(items[i]);
        if (key.is_null()) {
          leave(in, slot, i, "no_key");
          continue;
        }
        const auto [at, is_new] = numbers.try_emplace(runnel::builtin::key_text(key), groups.size());
        if (is_new) groups.push_back({key, std::vector<std::vector<uint32_t>>(slots_.size())});
        groups[at->second].items[slot].push_back(i);
      }
    }
    for (const Group& group : groups) emit_group(in, group, reason);
  }

  static constexpr auto spec() {
    return runnel::routine("join", "Puts items of several slots together that have the same key")
        .flag(RUNNEL_FREE_SLOTS)
        .event("output",
               "object with key and, under its name, the item of each slot, as soon as every slot has an item of that "
               "key; each item is used once, the oldest first; with scope: worker it goes to the jobs of these items")
        .event("unmatched",
               "object with slot, item, key and reason of an item that found no partner: timeout, flush (nothing more "
               "will come), window (all jobs that may be under way wait) or no_key (at once: null, or no such field)")
        .param("key", runnel::kind::string, "", "path of the key (order.id), the same in every slot; $ is the item")
        .param("keys", runnel::kind::object, "", "instead of key: {slot: path} for every slot")
        .param("keys.*", runnel::kind::string, "", "path of that slot's key; 1 and 1.0 are equal, 1 and \"1\" are not")
        .param("type", runnel::kind::string, "\"inner\"",
               "what comes out of items without all their partners, with null for those that lack: inner: nothing; "
               "left: those with an item of the first slot; outer: all; the rest leaves by unmatched")
        .choices("inner|left|outer")
        .param("merge", runnel::kind::boolean, "false",
               "emit the members of all items as one object; of equal names the later slot's is kept")
        .param("timeout", runnel::kind::duration, "", "no item waits longer for its partners");
  }

 private:
  struct Group {
    runnel::Value key;
    std::vector<std::vector<uint32_t>> items;  // by slot
  };

  void read_keys(const runnel::Config& config) {
    const runnel::Value paths = config["keys"];
    const bool has_key = !config["key"].is_null();
    if (has_key == !paths.is_null()) {
      throw runnel::ConfigError(has_key ? "keys" : "", "a join needs either key, or keys with a path for each slot");
    }
    for (uint32_t i = 0; i < paths.size(); ++i) {
      const std::string name(paths.member(i).first);
      if (std::count(slots_.begin(), slots_.end(), name)) continue;
      std::string known;
      for (const std::string& slot : slots_) known += (known.empty() ? "" : ", ") + slot;
      throw runnel::ConfigError("keys." + name, "there is no slot \"" + name + "\"; the slots are " + known);
    }
    for (const std::string& slot : slots_) {
      if (!has_key && paths[slot].is_null()) throw runnel::ConfigError("keys", "has no path for slot \"" + slot + '"');
      const std::string param = has_key ? "key" : "keys." + slot;
      keys_.emplace_back("join", runnel::builtin::key_path(has_key ? config["key"] : paths[slot], param), param);
    }
  }

  // ---- Judging. A note: the hash of the item's key.

  int64_t note_of(runnel::Lying& in, uint32_t slot, uint32_t index) const {
    const runnel::Value key = keys_[slot].get(in.slot(slot)[index]);
    if (key.is_null()) return kNoKey;
    return static_cast<int64_t>(std::hash<std::string>()(runnel::builtin::key_text(key)) | 1u);
  }

  // Of each slot that has one.
  ItemNumbers oldest_of_key(runnel::Lying& in, uint32_t of_slot, uint32_t of_index) const {
    ItemNumbers found;
    const int64_t note = in.note(of_slot, of_index);
    const std::string text = runnel::builtin::key_text(keys_[of_slot].get(in.slot(of_slot)[of_index]));
    for (uint32_t slot = 0; slot < slots_.size(); ++slot) {
      const runnel::Items items = in.slot(slot);
      for (uint32_t i = 0; i < items.size(); ++i) {
        if (in.note(slot, i) != note || runnel::builtin::key_text(keys_[slot].get(items[i])) != text) continue;
        found.emplace_back(slot, i);
        break;
      }
    }
    return found;
  }

  static bool take(runnel::Lying& in, const ItemNumbers& items) {
    for (const auto& [slot, index] : items) in.take(slot, index);
    return true;
  }

  bool has_timed_out(runnel::Lying& in) {
    uint32_t oldest = 0;
    int64_t since = INT64_MAX;
    for (uint32_t slot = 0; slot < slots_.size(); ++slot) {
      if (in.slot(slot).empty() || in.since_us(slot, 0) >= since) continue;
      oldest = slot;
      since = in.since_us(slot, 0);
    }
    if (since == INT64_MAX) return false;
    const int64_t left = since + timeout_us_ - in.now_us();
    if (left > 0) {
      in.judge_after(left);
      return false;
    }
    reason_ = "timeout";
    return take(in, oldest_of_key(in, oldest, 0));
  }

  // ---- Emitting

  void emit_group(runnel::Activation& in, const Group& group, const std::string& reason) const {
    for (uint32_t round = 0; !in.has_failed(); ++round) {
      ItemNumbers set;
      for (uint32_t slot = 0; slot < slots_.size(); ++slot) {
        if (group.items[slot].size() > round) set.emplace_back(slot, group.items[slot][round]);
      }
      if (set.empty()) return;
      const bool comes_out = set.size() == slots_.size() || type_ == "outer" || (type_ == "left" && set[0].first == 0);
      if (comes_out) {
        const runnel::Value made = merges_ ? merged(in, set) : side_by_side(in, group.key, set);
        if (!in.has_failed()) runnel::builtin::emit_for(in, "output", made, set);
        continue;
      }
      for (const auto& [slot, index] : set) leave(in, slot, index, reason);
    }
  }

  runnel::Value side_by_side(runnel::Activation& in, runnel::Value key, const ItemNumbers& set) const {
    std::vector<runnel_member> members{{runnel::Text("key").raw(), key.raw()}};
    for (const std::string& slot : slots_) {
      members.push_back({runnel::Text(slot).raw(), runnel::Value(nullptr).raw()});
    }
    for (const auto& [slot, index] : set) members[slot + 1].value = in.slot(slot)[index].raw();
    return in.object(members.data(), members.size());
  }

  runnel::Value merged(runnel::Activation& in, const ItemNumbers& set) const {
    std::vector<runnel_member> members;
    for (const auto& [slot, index] : set) {
      const runnel::Value item = in.slot(slot)[index];
      if (!item.is_object()) {
        in.fail("join.type", "the item of slot \"" + slots_[slot] + "\" is " +
                                 std::string(runnel::builtin::kind_name(item)) + "; only objects can be merged");
      }
      for (uint32_t i = 0; i < item.size(); ++i) members.push_back(item.raw_member(i));
    }
    return in.object(members.data(), members.size());
  }

  void leave(runnel::Activation& in, uint32_t slot, uint32_t index, const std::string& reason) const {
    const runnel::Value item = in.slot(slot)[index];
    in.emit("unmatched",
            in.object({{"slot", slots_[slot]}, {"item", item}, {"key", keys_[slot].get(item)}, {"reason", reason}}),
            in.job_of(slot, index));
  }

  std::vector<std::string> slots_;
  std::vector<Field> keys_;  // by slot
  bool merges_;
  std::string type_;
  int64_t timeout_us_;  // 0: none
  std::string reason_;  // for the activation that follows
};

}  // namespace

RUNNEL_PLUGIN("join", "0.1.0", Join)
