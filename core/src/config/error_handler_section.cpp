// error_handler of a flow or a routine.
#include <algorithm>

#include "config/loading.hpp"
#include "config/map_reader.hpp"

namespace runnel::core {
namespace {

// `continue`, ... as a name of the file.
Strategy strategy_of(std::string_view name) {
  if (name == "continue") return Strategy::proceed;
  return name == "skip" ? Strategy::skip : Strategy::stop;
}

Jitter jitter_of(std::string_view name) {
  if (name == "full") return Jitter::full;
  return name == "equal" ? Jitter::equal : Jitter::none;
}

const YamlNode* item_of(const YamlNode* list, const std::string& text) {
  if (!list) return nullptr;
  for (const YamlNode& item : list->items) {
    if (item.text == text) return &item;
  }
  return nullptr;
}

// What the lists say together, and what cannot be said.
void check_codes(Loading& loading, const MapReader& handler, const RetrySpec& retry) {
  const YamlNode* const on = handler.get("retry_on");
  if (!retry.retry_on) return;
  if (retry.retry_on->empty() && on->kind == NodeKind::list) {
    loading.mistakes.error(on->place(), "\"retry_on\" names no code, so nothing would be retried",
                           "without \"retry_on\" every code is retried");
  }
  for (const std::string& code : *retry.retry_on) {
    const YamlNode* const item = item_of(on, code);
    const Place place = item ? item->place() : on->place();
    if (std::find(retry.no_retry_on.begin(), retry.no_retry_on.end(), code) != retry.no_retry_on.end()) {
      loading.mistakes.error(place, "code " + quoted(code) + " stands in \"no_retry_on\", too", "remove one of them");
    } else if (code.starts_with("limit.")) {
      loading.mistakes.warning(place, "code " + quoted(code) + " is never retried: limits fail the job");
    }
  }
}

void read_delays(Loading& loading, const MapReader& handler, RetrySpec& retry) {
  constexpr double kMicroseconds = 1e6;
  Fields& fields = loading.fields;
  if (const YamlNode* node = handler.get("retry_delay")) {
    if (const auto seconds = fields.duration(*node, "\"retry_delay\"")) retry.delay_us = *seconds * kMicroseconds;
  }
  if (const YamlNode* node = handler.get("retry_backoff")) {
    const auto factor = fields.number(*node, "\"retry_backoff\"");
    if (factor && factor->number < 1) {
      fields.refuse(*node, "\"retry_backoff\"", "a number of at least 1");
    } else if (factor) {
      retry.backoff = factor->number;
    }
  }
  const YamlNode* const most = handler.get("max_delay");
  if (!most) return;
  if (const auto seconds = fields.duration(*most, "\"max_delay\"")) retry.max_delay_us = *seconds * kMicroseconds;
  if (retry.max_delay_us && *retry.max_delay_us < retry.delay_us) {
    loading.mistakes.warning(most->place(), "\"max_delay\" is below \"retry_delay\": every delay is cut to it");
  }
}

void read_retry(Loading& loading, const MapReader& handler, ErrorHandlerSpec& result) {
  Fields& fields = loading.fields;
  RetrySpec retry;
  if (const YamlNode* node = handler.get("max_retries")) {
    constexpr int64_t kMost = 1'000'000;
    if (const auto retries = fields.integer(*node, "\"max_retries\"", 0, kMost))
      retry.max_retries = static_cast<uint32_t>(*retries);
  }
  read_delays(loading, handler, retry);
  if (const YamlNode* node = handler.get("jitter")) {
    if (const auto name = fields.choice(*node, "\"jitter\"", {"none", "full", "equal"}))
      retry.jitter = jitter_of(*name);
  }
  if (const YamlNode* node = handler.get("retry_on")) retry.retry_on = fields.text_list(*node, "\"retry_on\"");
  if (const YamlNode* node = handler.get("no_retry_on")) {
    retry.no_retry_on = fields.text_list(*node, "\"no_retry_on\"").value_or(std::vector<std::string>());
  }
  check_codes(loading, handler, retry);
  Strategy then = Strategy::stop;
  if (const YamlNode* node = handler.get("then")) {
    if (const auto name = fields.choice(*node, "\"then\"", {"stop", "continue", "skip"})) then = strategy_of(*name);
  }
  if (!result.retry) return;
  result.retry = std::move(retry);
  result.strategy = then;
}

// A key that only says how to retry.
void warn_of_idle(Loading& loading, const MapReader& handler) {
  for (const char* key :
       {"max_retries", "retry_delay", "retry_backoff", "max_delay", "jitter", "retry_on", "no_retry_on", "then"}) {
    if (const YamlEntry* entry = handler.entry(key)) {
      loading.mistakes.warning(entry->key.place(), quoted(key) + " has no effect without \"strategy: retry\"");
      return;
    }
  }
}

}  // namespace

ErrorHandlerSpec read_error_handler(Loading& loading, const YamlNode& node, const std::string& where) {
  ErrorHandlerSpec result;
  if (node.kind != NodeKind::map) {
    loading.fields.refuse(node, "\"error_handler\"", "a map",
                          node.kind == NodeKind::scalar ? "write error_handler: {strategy: " + node.text + "}" : "");
    return result;
  }
  const MapReader handler(node, loading.mistakes,
                          {"strategy", "max_retries", "retry_delay", "retry_backoff", "max_delay", "jitter", "retry_on",
                           "no_retry_on", "then", "is_critical"},
                          " in \"error_handler\"" + where);
  const YamlNode* const strategy = handler.get("strategy");
  std::optional<std::string> name = "stop";
  if (strategy) name = loading.fields.choice(*strategy, "\"strategy\"", {"stop", "continue", "skip", "retry"});
  if (name == "retry") {
    result.retry.emplace();
  } else if (name) {
    result.strategy = strategy_of(*name);
    if (!handler.is_misspelt("strategy")) warn_of_idle(loading, handler);
  }
  read_retry(loading, handler, result);
  if (const YamlNode* critical = handler.get("is_critical")) {
    result.is_critical = loading.fields.boolean(*critical, "\"is_critical\"").value_or(false);
  }
  return result;
}

}  // namespace runnel::core
