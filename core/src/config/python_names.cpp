#include "config/python_names.hpp"

#include <span>

namespace runnel::core {
namespace {

struct Instead {
  std::string_view class_name;
  std::string_view part;  // a parameter or an event; empty: the class itself
  std::string_view hint;
};

constexpr Instead kInstead[] = {
    {"aggregator", "", "any routine waits for all its slots with activation: all_slots_ready"},
    {"batcher", "", "any routine takes batches with activation: {batch_size: 10}"},
    {"debouncer", "", "any routine waits between activations with activation: {time_interval: 5s}"},
    {"retry_handler", "", "any routine can retry: write error_handler: {strategy: retry} at the one that may fail"},
    {"filter", "pass_event", "what passes leaves by the event passed: connect that"},
    {"filter", "reject_event", "what is rejected leaves by the event rejected: connect that"},
    {"filter", "include_reason", "the event rejected always says it: {data, reason}"},
    {"mapper", "jsonpath_enabled", "$.a.b[0].c is read as the path a.b[0].c"},
    {"data_validator", "strict_mode", "stop_on_first: true reports only the first error of an item"},
    {"time_provider", "locale", "not offered: names of days and months are English; see custom_format"},
};

constexpr Instead kInsteadOfEvent[] = {
    {"conditional_router", "output",
     "items that meet no condition leave by unmatched, the others by their route's name"},
};

std::string find(std::span<const Instead> all, std::string_view class_name, std::string_view part) {
  for (const Instead& one : all) {
    if (one.class_name == class_name && one.part == part) return std::string(one.hint);
  }
  return "";
}

}  // namespace

std::string instead_of_class(std::string_view name) { return find(kInstead, name, ""); }
std::string instead_of_parameter(std::string_view class_name, std::string_view parameter) {
  return parameter.empty() ? "" : find(kInstead, class_name, parameter);
}
std::string instead_of_event(std::string_view class_name, std::string_view event) {
  return find(kInsteadOfEvent, class_name, event);
}

}  // namespace runnel::core
