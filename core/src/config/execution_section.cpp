#include <algorithm>

#include "config/expressions.hpp"
#include "config/loading.hpp"
#include "config/map_reader.hpp"

namespace runnel::core {
namespace {

constexpr int64_t kMostWorkers = 1024;

TraceLevel level_of(std::string_view name) {
  if (name == "off") return TraceLevel::off;
  if (name == "flow") return TraceLevel::flow;
  return name == "data" ? TraceLevel::data : TraceLevel::user;
}

// With the keys of the Python library: max_workers is another name, its strategy has no effect.
void read_workers(Loading& loading, const MapReader& map) {
  for (const char* key : {"workers", "max_workers"}) {
    const YamlNode* node = map.get(key);
    if (!node) continue;
    if (const auto workers = loading.fields.integer(*node, quoted(key), 1, kMostWorkers)) {
      loading.flow.workers = static_cast<uint32_t>(*workers);
    }
  }
  if (const YamlEntry* other = map.entry("max_workers"); other && map.get("workers")) {
    loading.mistakes.error(other->key.place(), "\"max_workers\" is another name of \"workers\", which is there, too",
                           "remove one of them");
  }
  if (const YamlNode* node = map.get("strategy")) {
    loading.fields.choice(*node, "\"strategy\"", {"sequential", "concurrent"});
  }
}

// It is evaluated before the job is on a worker.
void read_partition(Loading& loading, const YamlNode& node) {
  const auto added = add_lua_expression(loading, node, "\"partition_by\"");
  if (!added) return;
  if (added->names_worker || added->names_job) {
    loading.mistakes.error(node.place(),
                           "\"partition_by\" cannot use " + quoted(added->names_worker ? "worker" : "job") +
                               ": it decides where the job will run",
                           "it sees `data` and `metadata`, as in partition_by: data.user_id");
    return;
  }
  loading.flow.partition_by = added->index;
}

}  // namespace

std::optional<int64_t> read_timeout(Loading& loading, const YamlNode& node) {
  constexpr double kLongest = 1e9;  // seconds
  const auto seconds = loading.fields.duration(node, "\"timeout\"");
  if (!seconds) return std::nullopt;
  const auto us = static_cast<int64_t>(std::min(*seconds, kLongest) * 1e6);
  if (us > 0) return us;
  return loading.fields.refuse(node, "\"timeout\"", "a duration above 0");
}

void read_execution(Loading& loading, const YamlNode& execution) {
  const std::vector<std::string> ours = {"timeout",   "workers",        "partition_by", "max_hops",
                                         "max_emits", "max_job_memory", "trace_level",  "trace_limit"};
  std::vector<std::string> known = ours;
  known.insert(known.end(), {"max_workers", "strategy"});
  const MapReader map(execution, loading.mistakes, known, " in \"execution\"", "key",
                      [&](const std::string& key) { return suggest(key, ours); });
  Fields& fields = loading.fields;
  Flow& flow = loading.flow;
  if (const YamlNode* node = map.get("timeout")) {
    flow.limits.time_us = read_timeout(loading, *node).value_or(flow.limits.time_us);
  }
  read_workers(loading, map);
  if (const YamlNode* node = map.get("partition_by")) read_partition(loading, *node);
  if (const YamlNode* node = map.get("max_hops")) {
    if (const auto hops = fields.integer(*node, "\"max_hops\"", 1, UINT32_MAX)) {
      flow.limits.hops = static_cast<uint32_t>(*hops);
    }
  }
  if (const YamlNode* node = map.get("max_emits")) {
    if (const auto emits = fields.integer(*node, "\"max_emits\"", 1)) {
      flow.limits.emits = static_cast<uint64_t>(*emits);
    }
  }
  if (const YamlNode* node = map.get("max_job_memory")) {
    if (const auto bytes = fields.size(*node, "\"max_job_memory\"")) flow.limits.memory = *bytes;
  }
  if (const YamlNode* node = map.get("trace_level")) {
    if (const auto level = fields.choice(*node, "\"trace_level\"", {"off", "user", "flow", "data"})) {
      flow.trace_level = level_of(*level);
    }
  }
  if (const YamlNode* node = map.get("trace_limit")) {
    if (const auto limit = fields.integer(*node, "\"trace_limit\"", 2, UINT32_MAX)) {
      flow.limits.trace_entries = static_cast<uint32_t>(*limit);
    }
  }
}

}  // namespace runnel::core
