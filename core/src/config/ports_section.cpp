#include "config/ports_section.hpp"

#include <algorithm>

namespace runnel::core {
namespace {

constexpr std::string_view kError = "error";
constexpr std::string_view kIdHint = "letters, digits, \"_\" and \"-\", starting with a letter or \"_\"";

std::string with_article(const std::string& what) { return (what == "event" ? "an " : "a ") + what; }

bool check_port(Loading& loading, const YamlNode& item, const std::string& id, const std::string& what) {
  if (is_id(id)) return true;
  loading.mistakes.error(item.place(), quoted(id) + " is not a name for " + with_article(what), std::string(kIdHint));
  return false;
}

// The ids of a list `slots:` or `events:`; false when one of them is wrong.
bool read_ids(Loading& loading, const YamlNode& list, const char* key, const std::string& what,
              std::vector<std::string>& to) {
  if (list.kind != NodeKind::list) {
    loading.fields.refuse(list, quoted(key), "a list of names",
                          list.kind == NodeKind::scalar ? "write " + std::string(key) + ": [" + list.text + "]" : "");
    return false;
  }
  bool is_good = true;
  std::vector<std::pair<std::string, const YamlNode*>> seen;
  for (const YamlNode& item : list.items) {
    const auto id = loading.fields.text(item, "an item of " + quoted(key));
    if (!id || !check_port(loading, item, *id, what)) {
      is_good = false;
      continue;
    }
    const auto first = std::find_if(seen.begin(), seen.end(), [&](const auto& one) { return one.first == *id; });
    if (first != seen.end()) {
      loading.mistakes.error(item.place(), "duplicate " + what + " " + quoted(*id))
          .notes.push_back({first->second->place(), "first given here"});
      continue;
    }
    seen.emplace_back(*id, &item);
    if (what == "event" && *id == kError) {
      loading.mistakes.error(item.place(), "every routine has the event \"error\"; it is not declared");
      continue;
    }
    to.push_back(*id);
  }
  return is_good;
}

void refuse_ports(Loading& loading, const YamlEntry& entry, const RoutineSpec& spec,
                  const std::vector<PortSpec>& ports) {
  std::string hint;
  for (const PortSpec& port : ports) hint += (hint.empty() ? "its " + entry.key.text + ": " : ", ") + port.name;
  loading.mistakes.error(entry.key.place(), "class " + quoted(spec.name) + " has its own " + entry.key.text,
                         hint.empty() ? "remove it: the class has none" : hint);
}

}  // namespace

void read_ports(Loading& loading, Routine& routine, RoutineDraft& draft, const MapReader& body) {
  const RoutineSpec& spec = *routine.spec;
  const YamlEntry* slots = body.entry("slots");
  const YamlEntry* events = body.entry("events");
  for (const PortSpec& port : spec.slots) routine.names.slots.push_back(port.name);
  for (const PortSpec& port : spec.events) routine.names.events.push_back(port.name);
  draft.slots_known = draft.events_known = true;

  if (!spec.has(RUNNEL_FREE_SLOTS)) {
    if (slots) refuse_ports(loading, *slots, spec, spec.slots);
  } else if (slots) {
    routine.names.slots.clear();  // what the class has is for flows that name none
    draft.slots_known = read_ids(loading, slots->value, "slots", "slot", routine.names.slots);
    if (slots->value.kind == NodeKind::list && slots->value.items.empty()) {
      loading.mistakes.error(slots->key.place(), "\"slots\" names no slot", "a routine takes its items from a slot");
      draft.slots_known = false;
    }
  } else if (spec.slots.empty()) {
    draft.slots_known = false;
    if (!body.is_misspelt("slots")) {
      loading.mistakes.error(
          draft.entry->key.place(), "missing key \"slots\" in routine " + quoted(routine.id),
          "class " + quoted(spec.name) + " lets the flow name its slots, for example slots: [input]");
    }
  }

  if (!spec.has(RUNNEL_FREE_EVENTS)) {
    if (events) refuse_ports(loading, *events, spec, spec.events);
  } else if (events) {
    routine.names.events.clear();
    draft.events_known = read_ids(loading, events->value, "events", "event", routine.names.events);
  } else {
    draft.events_known = !body.is_misspelt("events");
  }
}

void add_ports(Loading& loading, Routine& routine, const LoadReport& found, const Place& place) {
  const auto add = [&](const std::vector<std::string>& names, std::vector<std::string>& to, const char* what) {
    for (const std::string& name : names) {
      if (!is_id(name) || (&to == &routine.names.events && name == kError)) {
        loading.mistakes.error(place, quoted(name) + " is not a name for " + with_article(what), std::string(kIdHint));
      } else if (std::find(to.begin(), to.end(), name) != to.end()) {
        loading.mistakes.error(place, "duplicate " + std::string(what) + " " + quoted(name));
      } else {
        to.push_back(name);
      }
    }
  };
  add(found.slots, routine.names.slots, "slot");
  add(found.events, routine.names.events, "event");
}

}  // namespace runnel::core
