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
    {"retry_handler", "", "any routine can retry: write error_handler: {strategy: retry} at the one that may fail"},
    {"aggregator", "slots", "slots stand beside config: slots: [a, b]"},
    {"aggregator", "mode", "write require: all, any or n_of_m"},
    {"aggregator", "threshold", "write count: 2"},
    {"aggregator", "merge_strategy", "write output: dict, list or flatten"},
    {"batcher", "batch_size", "write size: 100"},
    {"batcher", "batch_timeout", "write time: 5s"},
    {"batcher", "flush_on_shutdown", "what is left always comes out; on_flush: discard beside config drops it"},
    {"batcher", "max_batches", "nothing is kept but the batch that grows"},
    {"batcher", "emit_empty", "no batch is empty"},
    {"filter", "pass_event", "what passes leaves by the event passed: connect that"},
    {"filter", "reject_event", "what is rejected leaves by the event rejected: connect that"},
    {"filter", "include_reason", "the event rejected always says it: {data, reason}"},
    {"mapper", "jsonpath_enabled", "$.a.b[0].c is read as the path a.b[0].c"},
    {"data_validator", "strict_mode", "stop_on_first: true reports only the first error of an item"},
    {"time_provider", "locale", "not offered: names of days and months are English; see custom_format"},
};

constexpr Instead kInsteadOfEvent[] = {
    {"aggregator", "aggregated", "what is complete leaves by output: the data itself"},
    {"aggregator", "timeout", "what is not complete leaves by partial: {data, missing, reason}"},
    {"batcher", "batch", "batches leave by output: {items, count, reason}"},
    {"batcher", "timeout", "batches leave by output; their reason says why"},
    {"debouncer", "debounced", "it leaves by output: the item itself"},
    {"debouncer", "leading", "it leaves by output: the item itself"},
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
