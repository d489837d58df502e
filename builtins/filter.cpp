// filter: lets items pass that meet a condition.
#include <runnel/routine.hpp>

namespace {

class Filter {
 public:
  explicit Filter(runnel::Config config)
      : condition_(config.expression("condition")),
        reason_(config.expression("reason")),
        invert_(config.boolean("invert")) {}

  void activate(runnel::Activation& in) {
    const runnel::Items items = in.slot("input");
    for (uint32_t i = 0; i < items.size(); ++i) {
      const bool holds = in.evaluate(condition_, items[i]).bool_or(false);
      if (in.has_failed()) return;
      if (holds != invert_) {
        in.emit("passed", items[i]);
        continue;
      }
      const runnel::Value reason = reason_   ? in.evaluate(reason_, items[i])
                                   : invert_ ? runnel::Value("the condition is met")
                                             : runnel::Value("the condition is not met");
      if (in.has_failed()) return;
      in.emit("rejected", {{"data", items[i]}, {"reason", reason}});
    }
  }

  static constexpr auto spec() {
    return runnel::routine("filter", "Lets items pass that meet a condition")
        .slot("input", "anything")
        .event("passed", "the item itself")
        .event("rejected", "object with data (the item) and reason")
        .param("condition", runnel::kind::condition, runnel::required,
               "a field (user.email: there and not null, false, 0 or empty), a map (every field equal, or equal to one "
               "of a list), a list (the item is one of it) or '= data.n > 3'")
        .param("invert", runnel::kind::boolean, "false", "let pass what does not meet the condition")
        .param("reason", runnel::kind::text, "", "the reason a rejected item leaves with, instead of a general one");
  }

 private:
  runnel::Expression condition_, reason_;
  bool invert_;
};

}  // namespace

RUNNEL_PLUGIN("filter", "0.1.0", Filter)
