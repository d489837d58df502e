// The checks of one routine class: its functions, ports and parameters.
#include <algorithm>
#include <string_view>
#include <vector>

#include "base/diagnostic.hpp"
#include "base/utf8.hpp"
#include "routine/manifest.hpp"
#include "routine/manifest_text.hpp"
#include "routine/spec.hpp"
#include "value/arena.hpp"
#include "value/reader.hpp"

namespace runnel::core {

namespace {

constexpr uint32_t kMostParts = 1000;  // slots, events, parameters
constexpr size_t kMostText = 64 * 1024;

std::string quote(runnel_text text) { return "\"" + printable(view(text)) + "\""; }

// Nothing, or why a list of `count` parts at `first` cannot be one.
std::string list_mistake(const void* first, uint32_t count, const std::string& what) {
  const std::string says = "its " + what + "_count is " + std::to_string(count);
  if (count > kMostParts) return says + "; at most " + std::to_string(kMostParts) + " are believed";
  return count > 0 && !first ? says + ", but " + what + "s is null" : "";
}

std::string ports_mistake(const runnel_port* ports, uint32_t count, const std::string& what) {
  if (std::string mistake = list_mistake(ports, count, what); !mistake.empty()) return mistake;
  for (uint32_t i = 0; i < count; ++i) {
    const runnel_port& port = ports[i];
    const std::string which = what + " " + std::to_string(i + 1);
    if (std::string mistake = text_mistake(port.name, kMostName); !mistake.empty()) {
      return "the name of " + which + " " + mistake;
    }
    if (!is_id(view(port.name))) return "the name of " + which + " is " + quote(port.name) + ", not " + kIdGrammar;
    if (what == "event" && view(port.name) == "error") return "every routine has the event \"error\" already";
    if (std::string mistake = text_mistake(port.summary, kMostText, true); !mistake.empty()) {
      return "the summary of " + what + " " + quote(port.name) + " " + mistake;
    }
    for (uint32_t j = 0; j < i; ++j) {
      if (view(ports[j].name) == view(port.name)) return "it has two " + what + "s " + quote(port.name);
    }
  }
  return "";
}

// `a`, `a.b`, `a.*`, `a[].b`
bool is_param_name(std::string_view name) {
  for (bool is_first = true;; is_first = false) {
    const size_t end = std::min(name.find('.'), name.size());
    std::string_view part = name.substr(0, end);
    while (part.ends_with("[]")) part.remove_suffix(2);
    if (!is_id(part) && (is_first || part != "*")) return false;
    if (end == name.size()) return true;
    name.remove_prefix(end + 1);
  }
}

bool fits(runnel_param_kind kind, const Value& value) {
  if (value.kind == RUNNEL_NULL) return true;
  switch (kind) {
    case RUNNEL_PARAM_BOOL:
      return value.kind == RUNNEL_BOOL;
    case RUNNEL_PARAM_INT:
      return to_int(value).has_value();
    case RUNNEL_PARAM_NUMBER:
      return to_double(value).has_value();
    case RUNNEL_PARAM_STRING:
    case RUNNEL_PARAM_LUA:
    case RUNNEL_PARAM_TEXT:
      return value.kind == RUNNEL_STRING;
    case RUNNEL_PARAM_ARRAY:
      return value.kind == RUNNEL_ARRAY;
    case RUNNEL_PARAM_OBJECT:
      return value.kind == RUNNEL_OBJECT;
    default:
      return true;
  }
}

std::string default_mistake(const runnel_param& param) {
  if (param.default_json.size == 0) return "";
  if (param.required) return "is required and has a default";
  Arena arena;
  Reader reader;
  Value value{};
  const char* text = arena.copy(view(param.default_json));
  if (!reader.read({text, param.default_json.size}, arena, value)) {
    return "has a default that is not JSON: " + reader.problem().message;
  }
  const auto kind = static_cast<runnel_param_kind>(param.kind);
  const std::string shown = printable(view(param.default_json));
  if (!fits(kind, value)) return "has the default " + shown + ", which is no " + std::string(name_of(kind));
  if (param.choices.size == 0 || value.kind == RUNNEL_NULL) return "";
  const std::vector<std::string> choices = split_choices(view(param.choices));
  const bool is_choice = std::find(choices.begin(), choices.end(), string_of(value, arena)) != choices.end();
  return is_choice ? "" : "has the default " + shown + ", which is none of its choices";
}

std::string param_mistake(const runnel_param& param) {
  if (!is_param_name(view(param.name))) return "has a name not of the form a, a.b, a.* or a[].b";
  if (param.kind > RUNNEL_PARAM_CONDITION) {  // no value of the enum: it may not be made one
    return "has the unknown kind " + std::to_string(param.kind);
  }
  if (param.required > 1) return "is required " + std::to_string(param.required) + ", neither 0 nor 1";
  for (const auto& [what, text] :
       {std::pair{"default", param.default_json}, {"list of choices", param.choices}, {"summary", param.summary}}) {
    if (std::string mistake = text_mistake(text, kMostText, true); !mistake.empty()) {
      return std::string("has a ") + what + " that " + mistake;
    }
  }
  if (param.choices.size != 0 && param.kind != RUNNEL_PARAM_STRING) return "has choices but is no string";
  return default_mistake(param);
}

std::string params_mistake(const runnel_param* params, uint32_t count) {
  if (std::string mistake = list_mistake(params, count, "param"); !mistake.empty()) return mistake;
  for (uint32_t i = 0; i < count; ++i) {
    if (std::string mistake = text_mistake(params[i].name, kMostName); !mistake.empty()) {
      return "the name of parameter " + std::to_string(i + 1) + " " + mistake;
    }
    if (std::string mistake = param_mistake(params[i]); !mistake.empty()) {
      return "parameter " + quote(params[i].name) + " " + mistake;
    }
    for (uint32_t j = 0; j < i; ++j) {
      if (view(params[j].name) == view(params[i].name)) return "it has two parameters " + quote(params[i].name);
    }
  }
  return "";
}

}  // namespace

std::string text_mistake(runnel_text text, size_t most, bool may_be_empty) {
  if (text.size == 0) return may_be_empty ? "" : "is empty";
  if (text.size > most) return "says it has " + std::to_string(text.size) + " bytes, at most " + std::to_string(most);
  if (!text.data) return "has " + std::to_string(text.size) + " bytes at a null pointer";
  if (!is_utf8(view(text))) return "is not valid UTF-8";
  if (printable(view(text)) != view(text)) return "holds a control byte";
  return "";
}

std::string mistake_in(const runnel_type& type) {
  if (!is_id(view(type.name))) return std::string("its name is not ") + kIdGrammar;
  if (std::string mistake = text_mistake(type.summary, kMostText, true); !mistake.empty()) {
    return "its summary " + mistake;
  }
  if (!type.create) return "its function create is null";
  if (!type.activate) return "its function activate is null";
  if (!type.destroy) return "its function destroy is null";
  if (std::string mistake = ports_mistake(type.slots, type.slot_count, "slot"); !mistake.empty()) return mistake;
  if (std::string mistake = ports_mistake(type.events, type.event_count, "event"); !mistake.empty()) return mistake;
  return params_mistake(type.params, type.param_count);
}

}  // namespace runnel::core
