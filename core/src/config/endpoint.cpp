#include "config/endpoint.hpp"

#include <algorithm>

#include "config/python_names.hpp"
#include "config/yaml_token.hpp"

namespace runnel::core {
namespace {

Place place_of(const EndpointText& end, size_t from, size_t length) {
  return end.exact ? place_inside(*end.node, end.at + from, length) : end.node->place();
}

const char* name_of(Port port) { return port == Port::event ? "event" : "slot"; }

std::string example_of(const Routine& routine, const std::vector<std::string>& ports) {
  return ports.empty() ? std::string() : "for example " + routine.id + "." + ports.front();
}

}  // namespace

EndpointText trimmed(const YamlNode& node, std::string_view value, size_t begin, size_t end, bool exact) {
  constexpr std::string_view kBlanks = " \t\n";
  while (begin < end && kBlanks.find(value[begin]) != std::string_view::npos) ++begin;
  while (begin < end && kBlanks.find(value[end - 1]) != std::string_view::npos) --end;
  return {&node, std::string(value.substr(begin, end - begin)), begin, exact};
}

Place place_of(const EndpointText& end) { return place_of(end, 0, end.text.size()); }

std::optional<Endpoint> find_endpoint(Loading& loading, const EndpointText& end, Port port) {
  const std::string what = name_of(port);
  if (end.text.empty()) {
    loading.mistakes.error(place_of(end), "routine and " + what + " are missing", "write routine." + what);
    return std::nullopt;
  }
  const size_t dot = std::min(end.text.find('.'), end.text.size());
  const std::string id = end.text.substr(0, dot);
  const auto number = loading.routine_numbers.find(id);
  if (number == loading.routine_numbers.end()) {
    if (loading.flow.routines.empty()) return std::nullopt;
    loading.mistakes.error(place_of(end, 0, id.size()), "unknown routine " + quoted(id),
                           suggest(id, loading.routine_ids()));
    return std::nullopt;
  }
  const Routine& routine = loading.flow.routines[number->second];
  const RoutineDraft& draft = loading.drafts[number->second];
  const auto& ports = port == Port::event ? routine.names.events : routine.names.slots;
  if (dot == end.text.size()) {
    loading.mistakes.error(place_of(end, 0, id.size()), quoted(id) + " names no " + what, example_of(routine, ports));
    return std::nullopt;
  }
  const std::string name = end.text.substr(dot + 1);
  const auto found = std::find(ports.begin(), ports.end(), name);
  if (found != ports.end()) return Endpoint{number->second, static_cast<uint32_t>(found - ports.begin())};
  const bool is_known = port == Port::event ? draft.events_known : draft.slots_known;
  if (is_known) {
    std::string hint = port == Port::event ? instead_of_event(routine.spec->name, name) : std::string();
    if (hint.empty()) hint = suggest(name, ports);
    loading.mistakes.error(place_of(end, dot + 1, name.size()),
                           "routine " + quoted(id) + " has no " + what + " " + quoted(name), std::move(hint));
  }
  return std::nullopt;
}

}  // namespace runnel::core
