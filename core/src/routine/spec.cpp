#include "routine/spec.hpp"

namespace runnel::core {

namespace {

std::string text(runnel_text t) { return std::string(view(t)); }

std::vector<PortSpec> ports(const runnel_port* first, uint32_t count) {
  std::vector<PortSpec> result;
  for (uint32_t i = 0; i < count; ++i) result.push_back({text(first[i].name), text(first[i].summary)});
  return result;
}

}  // namespace

std::vector<std::string> split_choices(std::string_view choices) {
  std::vector<std::string> result;
  while (!choices.empty()) {
    const size_t bar = choices.find('|');
    result.emplace_back(choices.substr(0, bar));
    choices.remove_prefix(bar == std::string_view::npos ? choices.size() : bar + 1);
  }
  return result;
}

std::string_view name_of(runnel_param_kind kind) {
  switch (kind) {
    case RUNNEL_PARAM_ANY:
      return "any value";
    case RUNNEL_PARAM_BOOL:
      return "boolean";
    case RUNNEL_PARAM_INT:
      return "integer";
    case RUNNEL_PARAM_NUMBER:
      return "number";
    case RUNNEL_PARAM_STRING:
      return "string";
    case RUNNEL_PARAM_ARRAY:
      return "list";
    case RUNNEL_PARAM_OBJECT:
      return "map";
    case RUNNEL_PARAM_DURATION:
      return "duration";
    case RUNNEL_PARAM_LUA:
      return "Lua script";
    case RUNNEL_PARAM_EXPRESSION:
      return "expression";
    case RUNNEL_PARAM_VALUE:
      return "mapper value";
    case RUNNEL_PARAM_TEXT:
      return "text with {placeholders}";
    case RUNNEL_PARAM_CONDITION:
      return "condition";
  }
  return "unknown";
}

RoutineSpec spec_of(const runnel_type& type, std::string owner) {
  RoutineSpec spec;
  spec.name = text(type.name);
  spec.summary = text(type.summary);
  spec.owner = std::move(owner);
  spec.flags = type.flags;
  spec.slots = ports(type.slots, type.slot_count);
  spec.events = ports(type.events, type.event_count);
  for (uint32_t i = 0; i < type.param_count; ++i) {
    const runnel_param& param = type.params[i];
    spec.params.push_back({text(param.name), static_cast<runnel_param_kind>(param.kind), param.required != 0,
                           text(param.default_json), split_choices(view(param.choices)), text(param.summary)});
  }
  spec.type = &type;
  return spec;
}

bool is_id(std::string_view id) {
  auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  if (id.empty() || !letter(id[0])) return false;
  for (char c : id) {
    if (!letter(c) && !(c >= '0' && c <= '9') && c != '-') return false;
  }
  return true;
}

}  // namespace runnel::core
