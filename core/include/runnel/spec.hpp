// What a routine class says of itself: the chain that a routine's spec() returns.
//
//   static constexpr auto spec() {
//     return runnel::routine("greeter", "Greets the user of a request")
//         .slot("request", "object with user_id")
//         .event("greeted", "object with text")
//         .param("salute", runnel::kind::string, "\"Hello\"", "word before the name");
//   }
#pragma once

#include <runnel/plugin.h>

#include <cstddef>
#include <string_view>

namespace runnel {

// The kinds of parameters (enum runnel_param_kind).
namespace kind {
inline constexpr runnel_param_kind any = RUNNEL_PARAM_ANY, boolean = RUNNEL_PARAM_BOOL, integer = RUNNEL_PARAM_INT,
                                   number = RUNNEL_PARAM_NUMBER, string = RUNNEL_PARAM_STRING,
                                   array = RUNNEL_PARAM_ARRAY, object = RUNNEL_PARAM_OBJECT,
                                   duration = RUNNEL_PARAM_DURATION, lua = RUNNEL_PARAM_LUA,
                                   expression = RUNNEL_PARAM_EXPRESSION, value = RUNNEL_PARAM_VALUE,
                                   text = RUNNEL_PARAM_TEXT, condition = RUNNEL_PARAM_CONDITION;
}  // namespace kind

struct Required {};
inline constexpr Required required{};

// Up to kMost of each; one more does not compile.
class Spec {
 public:
  static constexpr size_t kMost = 16;

  constexpr Spec(std::string_view name, std::string_view summary) : name_(text(name)), summary_(text(summary)) {}

  constexpr Spec slot(std::string_view name, std::string_view summary) const {
    Spec next = *this;
    next.slots_[next.slot_count_++] = {text(name), text(summary)};
    return next;
  }
  constexpr Spec event(std::string_view name, std::string_view summary) const {
    Spec next = *this;
    next.events_[next.event_count_++] = {text(name), text(summary)};
    return next;
  }
  // default_json: JSON text; "": none.
  constexpr Spec param(std::string_view name, runnel_param_kind kind, std::string_view default_json,
                       std::string_view summary) const {
    return add({text(name), kind, 0, text(default_json), {}, text(summary)});
  }
  constexpr Spec param(std::string_view name, runnel_param_kind kind, Required, std::string_view summary) const {
    return add({text(name), kind, 1, {}, {}, text(summary)});
  }
  // Of the latest parameter: the only strings it may hold, as "a|b|c".
  constexpr Spec choices(std::string_view list) const {
    Spec next = *this;
    next.params_[next.param_count_ - 1].choices = text(list);
    return next;
  }
  constexpr Spec flag(runnel_type_flag flag) const {
    Spec next = *this;
    next.flags_ |= flag;
    return next;
  }

 private:
  template <class Routine>
  friend struct TypeOf;

  static constexpr runnel_text text(std::string_view view) { return {view.data(), view.size()}; }
  constexpr Spec add(runnel_param param) const {
    Spec next = *this;
    next.params_[next.param_count_++] = param;
    return next;
  }

  runnel_text name_, summary_;
  runnel_port slots_[kMost]{}, events_[kMost]{};
  runnel_param params_[kMost]{};
  uint32_t slot_count_ = 0, event_count_ = 0, param_count_ = 0, flags_ = 0;
};

constexpr Spec routine(std::string_view name, std::string_view summary) { return {name, summary}; }

}  // namespace runnel
