#include "config/expressions.hpp"
#include "config/loading.hpp"
#include "config/map_reader.hpp"
#include "value/builder.hpp"

namespace runnel::core {
namespace {

constexpr std::string_view kForms = "immediate, all_slots_ready, {batch_size: n} or {when: expression}";

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

void read_map(Loading& loading, Routine& routine, const YamlNode& node) {
  const MapReader map(node, loading.mistakes, {"batch_size", "when", "time_interval", "any"}, " in \"activation\"");
  if (node.entries.size() != 1) {
    if (node.entries.empty()) loading.fields.refuse(node, "\"activation\"", kForms);
    if (node.entries.size() > 1) {
      loading.mistakes.error(node.entries[1].key.place(), "an activation policy has one key; this is the second");
    }
    return;
  }
  if (const YamlNode* size = map.get("batch_size")) {
    routine.policy.kind = PolicyKind::batch_size;
    const auto items = loading.fields.integer(*size, "\"batch_size\"", 1, UINT32_MAX);
    routine.policy.batch_size = static_cast<uint32_t>(items.value_or(1));
  }
  if (const YamlNode* when = map.get("when")) {
    routine.policy.kind = PolicyKind::when;
    if (const auto added = add_lua_expression(loading, *when, "\"when\"")) {
      routine.policy.when = added->index;
      routine.keeps_state |= added->names_worker;
    }
  }
  if (const YamlEntry* interval = map.entry("time_interval")) {
    if (loading.fields.duration(interval->value, "\"time_interval\"")) {
      loading.not_available(interval->key.place(), "activation \"time_interval\"");
    }
  }
  if (const YamlEntry* any = map.entry("any")) {
    if (any->value.kind == NodeKind::list) {
      loading.not_available(any->key.place(), "activation \"any\"");
    } else {
      loading.fields.refuse(any->value, "\"any\"", "a list of policies");
    }
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
      policy.message = message_of(loading, "custom_policy_met");
      break;
    case PolicyKind::batch_size: {
      const Member members[] = {{literal("reason"), literal("batch_ready")},
                                {literal("batch_size"), make_int(policy.batch_size)}};
      policy.message = make_object(*loading.flow.memory, members);
      break;
    }
  }
}

}  // namespace

void read_policy(Loading& loading, Routine& routine, const YamlNode* activation, const YamlNode* on_flush) {
  if (activation) {
    switch (activation->kind) {
      case NodeKind::scalar:
        read_name(loading, routine.policy, *activation);
        break;
      case NodeKind::map:
        read_map(loading, routine, *activation);
        break;
      default:
        loading.fields.refuse(*activation, "\"activation\"", kForms);
    }
  }
  set_message(loading, routine.policy);
  routine.on_flush = routine.policy.kind == PolicyKind::all_slots_ready ? OnFlush::discard : OnFlush::activate;
  if (!on_flush) return;
  const auto name = loading.fields.choice(*on_flush, "\"on_flush\"", {"activate", "discard", "fail"});
  if (!name) return;
  routine.on_flush = *name == "activate" ? OnFlush::activate : *name == "discard" ? OnFlush::discard : OnFlush::fail;
}

}  // namespace runnel::core
