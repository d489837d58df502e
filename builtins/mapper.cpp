// mapper: makes a new object out of what it finds in the item.
#include <runnel/routine.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace {

// A key of the result: a value, or an object with keys of its own (target a.b).
struct Target {
  std::string key;
  runnel::Expression source;  // none: only `inner`
  std::vector<Target> inner;
};

class Mapper {
 public:
  explicit Mapper(runnel::Config config)
      : drop_missing_(config.boolean("drop_missing")),
        keep_unmapped_(config.boolean("keep_unmapped")),
        default_value_(config["default_value"]) {
    const runnel::Value mappings = config["mappings"];
    for (uint32_t i = 0; i < mappings.size(); ++i) {
      const auto [target, source] = mappings.member(i);
      add(targets_, target, target, runnel::Expression(source.raw()));
    }
  }

  void activate(runnel::Activation& in) {
    const runnel::Items items = in.slot("input");
    for (uint32_t i = 0; i < items.size(); ++i) {
      members_.clear();
      if (keep_unmapped_) keep_unmapped(items[i]);
      const runnel::Value result = object(in, items[i], targets_, 0, true);
      if (in.has_failed()) return;
      in.emit("output", result);
    }
  }

  static constexpr auto spec() {
    return runnel::routine("mapper", "Makes a new object out of what it finds in the item")
        .slot("input", "anything; paths lead nowhere in what is no object or list")
        .event("output", "the mapped object")
        .param("mappings", runnel::kind::object, runnel::required,
               "target -> mapper value; a target a.b.c makes objects in objects")
        .param("mappings.*", runnel::kind::value, "",
               "a path in the item (user.name), '= data.n * 2', {path: a.b, default: 0} or {value: 3}")
        .param("drop_missing", runnel::kind::boolean, "true",
               "leave a target out when its source leads nowhere (null is something); false: give it default_value")
        .param("default_value", runnel::kind::any, "null", "with drop_missing: false, the value of what leads nowhere")
        .param("keep_unmapped", runnel::kind::boolean, "false",
               "start with the item's own keys that are not the first name of a target");
  }

 private:
  static void add(std::vector<Target>& level, std::string_view path, std::string_view target,
                  runnel::Expression source) {
    const auto refuse = [&](const std::string& why) -> runnel::ConfigError {
      return {"mappings." + std::string(target), why};
    };
    const size_t dot = path.find('.');
    const std::string_view key = path.substr(0, dot);
    const bool is_last = dot == std::string_view::npos;
    if (key.empty()) throw refuse("a target is a name or a.b.c; here a name is missing");
    if (key.find_first_of("[]$") != std::string_view::npos) {
      throw refuse("a target is a name or a.b.c, without [, ] and $");
    }
    Target* found = nullptr;
    for (Target& one : level) {
      if (one.key == key) found = &one;
    }
    if (found && (is_last || found->source)) {
      throw refuse("two targets for one place: one lies inside the other");
    }
    if (!found) found = &level.emplace_back(Target{std::string(key), {}, {}});
    if (is_last) {
      found->source = source;
    } else {
      add(found->inner, path.substr(dot + 1), target, source);
    }
  }

  void keep_unmapped(runnel::Value item) {
    if (!item.is_object()) return;
    for (uint32_t i = 0; i < item.size(); ++i) {
      const runnel_member member = item.raw_member(i);
      const std::string_view key(member.key.as.text, member.key.size);
      bool is_mapped = false;
      for (const Target& target : targets_) is_mapped |= target.key == key;
      if (!is_mapped) members_.push_back(member);
    }
  }

  runnel::Value default_value(runnel::Activation& in, runnel::Value item) const {
    const runnel::Expression expression(default_value_.raw());
    return expression ? in.evaluate(expression, item) : default_value_;
  }

  // From members_[base] on; an inner object without members is left out.
  runnel::Value object(runnel::Activation& in, runnel::Value item, const std::vector<Target>& targets, size_t base,
                       bool is_whole) {
    for (const Target& target : targets) {
      runnel::Value value;
      if (target.source) {
        value = in.evaluate(target.source, item);
        if (value.is_missing() && !drop_missing_) value = default_value(in, item);
      } else {
        value = object(in, item, target.inner, members_.size(), false);
      }
      if (in.has_failed()) return {};
      if (!value.is_missing()) members_.push_back({runnel::Text(target.key).raw(), value.raw()});
    }
    if (members_.size() == base && !is_whole) return {};
    const runnel::Value result = in.object(members_.data() + base, members_.size() - base);
    members_.resize(base);
    return result;
  }

  bool drop_missing_, keep_unmapped_;
  runnel::Value default_value_;
  std::vector<Target> targets_;
  std::vector<runnel_member> members_;  // scratch: a stack of the objects being made
};

}  // namespace

RUNNEL_PLUGIN("mapper", "0.1.0", Mapper)
