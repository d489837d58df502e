#include <algorithm>
#include <cmath>

#include "config/expressions.hpp"
#include "config/loading.hpp"
#include "config/map_reader.hpp"
#include "routine/registry.hpp"
#include "value/builder.hpp"

namespace runnel::core {
namespace {

constexpr std::string_view kForms =
    "immediate, all_slots_ready, {batch_size: n}, {when: expression}, {time_interval: duration} or {any: [policies]}";

Value message_of(Loading& loading, std::string_view reason) {
  const Member members[] = {{literal("reason"), literal(reason)}};
  return make_object(*loading.flow.memory, members);
}

void read_name(Loading& loading, PolicySpec& policy, const YamlNode& node) {
  const auto name = loading.fields.interpolate(node);
  if (!name) return;
  if (name->text == "all_slots_ready") {
    policy.kind = PolicyKind::all_slots_ready;
  } else if (name->text != "immediate") {
    std::string hint = suggest(name->text, {"immediate", "all_slots_ready"});
    if (!hint.starts_with("did")) hint.clear();
    if (name->text == "batch_size") hint = "write {batch_size: n}";
    loading.fields.refuse(node, "\"activation\"", kForms, std::move(hint));
  }
}

void set_message(Loading& loading, PolicySpec& policy) {
  switch (policy.kind) {
    case PolicyKind::immediate:
      policy.message = message_of(loading, "immediate");
      break;
    case PolicyKind::all_slots_ready:
      policy.message = message_of(loading, "all_slots_ready");
      break;
    case PolicyKind::when:
    case PolicyKind::by_class:
      policy.message = message_of(loading, "custom_policy_met");
      break;
    case PolicyKind::batch_size: {
      const Member members[] = {{literal("reason"), literal("batch_ready")},
                                {literal("batch_size"), make_int(policy.batch_size)}};
      policy.message = make_object(*loading.flow.memory, members);
      break;
    }
    case PolicyKind::time_interval: {
      const Member members[] = {{literal("reason"), literal("time_interval_met")},
                                {literal("interval"), make_double(static_cast<double>(policy.interval_us) / 1e6)}};
      policy.message = make_object(*loading.flow.memory, members);
      break;
    }
    case PolicyKind::any:
      break;  // that of the one that was met
  }
}

class PolicyReader {
 public:
  PolicyReader(Loading& loading, Routine& routine) : loading_(loading), routine_(routine) {}

  PolicySpec read(const YamlNode& node) {
    PolicySpec policy;
    switch (node.kind) {
      case NodeKind::scalar:
        read_name(loading_, policy, node);
        break;
      case NodeKind::map:
        read_map(policy, node);
        break;
      default:
        loading_.fields.refuse(node, "\"activation\"", kForms);
    }
    set_message(loading_, policy);
    return policy;
  }

  const YamlNode* interval() const { return interval_; }  // the first time_interval

 private:
  void read_map(PolicySpec& policy, const YamlNode& node) {
    const MapReader map(node, loading_.mistakes, {"batch_size", "when", "time_interval", "any"}, " in \"activation\"");
    if (node.entries.size() != 1) {
      if (node.entries.empty()) loading_.fields.refuse(node, "\"activation\"", kForms);
      if (node.entries.size() > 1) {
        loading_.mistakes.error(node.entries[1].key.place(), "an activation policy has one key; this is the second",
                                "write {any: [...]} for whichever is met first");
      }
      return;
    }
    if (const YamlNode* size = map.get("batch_size")) {
      policy.kind = PolicyKind::batch_size;
      const auto items = loading_.fields.integer(*size, "\"batch_size\"", 1, UINT32_MAX);
      policy.batch_size = static_cast<uint32_t>(items.value_or(1));
    }
    if (const YamlNode* when = map.get("when")) {
      policy.kind = PolicyKind::when;
      if (const auto added = add_lua_expression(loading_, *when, "\"when\"")) {
        policy.when = added->index;
        routine_.keeps_state |= added->names_worker;
      }
    }
    if (const YamlNode* interval = map.get("time_interval")) read_interval(policy, *interval);
    if (const YamlNode* any = map.get("any")) read_any(policy, *any);
  }

  void read_interval(PolicySpec& policy, const YamlNode& node) {
    policy.kind = PolicyKind::time_interval;
    const auto seconds = loading_.fields.duration(node, "\"time_interval\"");
    policy.interval_us = static_cast<int64_t>(std::llround(std::min(seconds.value_or(1), 1e9) * 1e6));
    if (policy.interval_us <= 0) loading_.fields.refuse(node, "\"time_interval\"", "a duration above 0");
    if (!interval_) interval_ = &node;
  }

  void read_any(PolicySpec& policy, const YamlNode& node) {
    if (node.kind != NodeKind::list) {
      loading_.fields.refuse(node, "\"any\"", "a list of policies");
      return;
    }
    if (node.items.empty()) {
      loading_.mistakes.error(node.place(), "\"any\" names no policy");
      return;
    }
    if (is_inside_any_) {
      loading_.mistakes.error(node.place(), "\"any\" inside \"any\"", "put its policies into one list");
      return;
    }
    is_inside_any_ = true;
    policy.kind = PolicyKind::any;
    for (const YamlNode& part : node.items) policy.any.push_back(read(part));
    is_inside_any_ = false;
  }

  Loading& loading_;
  Routine& routine_;
  const YamlNode* interval_ = nullptr;
  bool is_inside_any_ = false;
};

bool only_all_slots_ready(const PolicySpec& policy) {
  return policy.kind == PolicyKind::all_slots_ready ||
         (policy.kind == PolicyKind::any && std::all_of(policy.any.begin(), policy.any.end(), only_all_slots_ready));
}

uint32_t largest_batch(const PolicySpec& policy) {
  uint32_t largest = policy.kind == PolicyKind::batch_size ? policy.batch_size : 0;
  for (const PolicySpec& part : policy.any) largest = std::max(largest, largest_batch(part));
  return largest;
}

void read_scope(Loading& loading, Routine& routine, const YamlNode* scope, const YamlNode* interval) {
  routine.is_worker_scoped = interval != nullptr;
  if (scope) {
    const auto name = loading.fields.choice(*scope, "\"scope\"", {"job", "worker"});
    if (name == "worker") routine.is_worker_scoped = true;
    if (name == "job" && interval) {
      loading.mistakes.error(scope->place(), "\"time_interval\" is about all jobs of a worker, not about one",
                             "leave \"scope\" out or write scope: worker");
    }
  }
  routine.keeps_state |= routine.is_worker_scoped;
}

}  // namespace

void read_policy(Loading& loading, Routine& routine, const PolicyNodes& nodes) {
  PolicyReader reader(loading, routine);
  if (nodes.activation) {
    routine.policy = reader.read(*nodes.activation);
  } else {
    if (routine.spec && ready_of(*routine.spec->type)) routine.policy.kind = PolicyKind::by_class;
    set_message(loading, routine.policy);
  }
  read_scope(loading, routine, nodes.scope, reader.interval());
  const uint32_t batch = largest_batch(routine.policy);
  if (routine.is_worker_scoped && batch > loading.options.window) {
    loading.mistakes.warning(
        nodes.activation->place(),
        "a batch of " + std::to_string(batch) + " may never be full: at most " +
            std::to_string(loading.options.window) + " jobs are under way (--window)",
        "what is there is taken when the window is full; make the batch smaller or --window larger");
  }
  routine.on_flush = only_all_slots_ready(routine.policy) ? OnFlush::discard : OnFlush::activate;
  if (!nodes.on_flush) return;
  const auto name = loading.fields.choice(*nodes.on_flush, "\"on_flush\"", {"activate", "discard", "fail"});
  if (!name) return;
  routine.on_flush = *name == "activate" ? OnFlush::activate : *name == "discard" ? OnFlush::discard : OnFlush::fail;
}

}  // namespace runnel::core
