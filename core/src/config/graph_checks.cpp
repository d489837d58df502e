// What only the whole graph shows: the entry, routines and slots nothing reaches, cycles without a way out.
#include <algorithm>

#include "config/loading.hpp"
#include "flow/components.hpp"
#include "flow/entry.hpp"

namespace runnel::core {
namespace {

bool is_word_byte(char c) { return c == '_' || (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z'); }

bool has_word(std::string_view text, std::string_view word) {
  for (size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
    const size_t end = at + word.size();
    if ((at == 0 || !is_word_byte(text[at - 1])) && (end == text.size() || !is_word_byte(text[end]))) return true;
  }
  return false;
}

class GraphCheck {
 public:
  explicit GraphCheck(Loading& loading)
      : loading_(loading), flow_(loading.flow), mistakes_(loading.mistakes), fed_(flow_.routines.size()) {
    for (size_t i = 0; i < fed_.size(); ++i) fed_[i].assign(flow_.routines[i].names.slots.size(), false);
    for (const Connection& one : flow_.connections) fed_[one.to][one.slot] = true;
  }

  void find_entry(const YamlNode& root) {
    for (uint32_t routine = 0; routine < fed_.size(); ++routine) {
      for (uint32_t slot = 0; slot < fed_[routine].size(); ++slot) {
        if (!fed_[routine][slot]) flow_.entry_candidates.push_back({routine, slot});
      }
    }
    if (flow_.entry) return;
    if (flow_.entry_candidates.size() == 1) flow_.entry = flow_.entry_candidates.front();
    if (!flow_.entry_candidates.empty()) return;
    mistakes_.error(root.find("routines")->key.place(), "no slot can be the entry: each has a connection to it",
                    "name one with entry: routine.slot");
  }

  void warn_without_entry(const YamlNode& root) {
    if (flow_.entry || !loading_.options.asks_for_entry) return;
    mistakes_.warning(root.find("routines")->key.place(), entry_question(flow_), kEntryHint);
  }

  void warn_unreached() {
    std::vector<bool> reached(flow_.routines.size(), false);
    std::vector<uint32_t> todo;
    const auto reach = [&](uint32_t routine) {
      if (!reached[routine]) todo.push_back(routine);
      reached[routine] = true;
    };
    if (flow_.entry) reach(flow_.entry->routine);
    for (const SlotRef& candidate : flow_.entry_candidates) {
      if (!flow_.entry) reach(candidate.routine);
    }
    while (!todo.empty()) {
      const uint32_t routine = todo.back();
      todo.pop_back();
      for (const auto& of_event : flow_.routines[routine].connections) {
        for (const uint32_t number : of_event) reach(flow_.connections[number].to);
      }
    }
    warn_of(reached);
    for (uint32_t routine = 0; flow_.entry && routine < reached.size(); ++routine) {
      if (reached[routine]) warn_unfed(routine, flow_.routines[routine]);
    }
  }

  // Error events close no cycle: they end with the errors.
  void warn_endless() {
    std::vector<Connection> connections = flow_.connections;
    std::erase_if(connections,
                  [&](const Connection& one) { return one.event == flow_.routines[one.from].error_event(); });
    const Components components = find_components(flow_.routines.size(), connections);
    std::vector<bool> can_end(components.members.size(), false), is_cycle(components.members.size(), false);
    for (uint32_t routine = 0; routine < flow_.routines.size(); ++routine) {
      if (may_end(routine)) can_end[components.of[routine]] = true;
    }
    for (const Connection& one : connections) {
      const uint32_t from = components.of[one.from];
      is_cycle[from] = is_cycle[from] || from == components.of[one.to];
      if (from != components.of[one.to] || one.when) can_end[from] = true;
    }
    for (uint32_t component = 0; component < is_cycle.size(); ++component) {
      if (is_cycle[component] && !can_end[component]) warn_cycle(components.members[component]);
    }
  }

 private:
  // Of routines that nothing reaches, those that do not hang on another such one.
  void warn_of(const std::vector<bool>& reached) {
    const Components components = find_components(flow_.routines.size(), flow_.connections);
    std::vector<bool> follows(components.members.size(), false);
    for (const Connection& one : flow_.connections) {
      if (!reached[one.from] && components.of[one.from] != components.of[one.to]) follows[components.of[one.to]] = true;
    }
    for (size_t component = 0; component < follows.size(); ++component) {
      const Routine& one = flow_.routines[components.members[component].front()];
      if (reached[components.members[component].front()] || follows[component]) continue;
      mistakes_.warning(one.place, "nothing reaches routine " + quoted(one.id),
                        "connect an event to one of its slots, or remove it");
    }
  }

  // A slot of a routine that is reached otherwise.
  void warn_unfed(uint32_t routine, const Routine& one) {
    for (uint32_t slot = 0; slot < fed_[routine].size(); ++slot) {
      const bool is_entry = flow_.entry->routine == routine && flow_.entry->slot == slot;
      if (fed_[routine][slot] || is_entry) continue;
      mistakes_.warning(place_of_slot(routine, slot),
                        "nothing feeds slot " + quoted(one.names.slots[slot]) + " of routine " + quoted(one.id));
    }
  }

  Place place_of_slot(uint32_t routine, uint32_t slot) {
    const YamlEntry& entry = *loading_.drafts[routine].entry;
    const YamlEntry* slots = entry.value.find("slots");
    if (!slots) return entry.key.place();
    const std::string& name = flow_.routines[routine].names.slots[slot];
    for (const YamlNode& item : slots->value.items) {
      if (item.text == name) return item.place();
    }
    return slots->key.place();
  }

  // An activation of the routine may end the job, or let an item vanish.
  bool may_end(uint32_t number) {
    const Routine& routine = flow_.routines[number];
    for (size_t event = 0; event < routine.error_event(); ++event) {
      if (routine.connections[event].empty()) return true;
    }
    // A script that decides anything, or ends the job, may stop.
    const RoutineDraft& draft = loading_.drafts[number];
    for (size_t i = draft.first_expression; i < draft.end_expression; ++i) {
      const Expression& expression = flow_.expressions[i];
      if (expression.kind != ExpressionKind::lua_script) continue;
      for (const char* word : {"if", "for", "while", "repeat", "and", "or", "complete", "fail", "error", "assert"}) {
        if (has_word(expression.source.text, word)) return true;
      }
    }
    return false;
  }

  void warn_cycle(const std::vector<uint32_t>& members) {
    const Routine& first = flow_.routines[members.front()];
    std::string names = quoted(first.id);
    constexpr size_t kShown = 6;
    for (size_t i = 1; i < std::min(members.size(), kShown); ++i) names += ", " + quoted(flow_.routines[members[i]].id);
    if (members.size() > kShown) names += ", ...";
    const auto inner = std::find_if(flow_.connections.begin(), flow_.connections.end(), [&](const Connection& one) {
      return one.from == members.front() && std::binary_search(members.begin(), members.end(), one.to);
    });
    mistakes_.warning(inner->place, "a cycle without a way out: " + names,
                      "give a connection of it a \"when\", or connect an event that leaves it");
  }

  Loading& loading_;
  Flow& flow_;
  Mistakes& mistakes_;
  std::vector<std::vector<bool>> fed_;  // by routine and slot
};

}  // namespace

void check_graph(Loading& loading, const YamlNode& root) {
  GraphCheck check(loading);
  check.find_entry(root);
  if (loading.mistakes.errors() > 0) return;
  check.warn_without_entry(root);
  check.warn_unreached();
  check.warn_endless();
}

}  // namespace runnel::core
