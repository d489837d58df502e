// data_validator: checks fields of an item by rules; valid items go one way, the others with all their errors another.
#include <algorithm>
#include <cstdlib>
#include <runnel/routine.hpp>
#include <string>
#include <vector>

#include "field.hpp"

namespace {

using runnel::Value;
using runnel::builtin::Field;

bool is_int(const Value& value) {
  return value.raw().kind == RUNNEL_INT ||
         (value.raw().kind == RUNNEL_NUMBER && value.json().find_first_of(".eE") == std::string::npos);
}

// Infinite of a number that is beyond a double.
double number_of(const Value& value) {
  const auto number = value.as_number();
  return number ? *number : std::strtod(value.json().c_str(), nullptr);
}

// -1, 0 or 1, of numbers no double can hold, too.
int sign_of(const Value& value) {
  const double number = number_of(value);
  if (number != 0) return number < 0 ? -1 : 1;
  const std::string text = value.json();
  if (text.substr(0, text.find_first_of("eE")).find_first_of("123456789") == std::string::npos) return 0;
  return text[0] == '-' ? -1 : 1;
}

// Exact between integers. Both are numbers.
bool is_less(const Value& a, const Value& b) {
  const auto x = a.as_int(), y = b.as_int();
  return x && y ? *x < *y : number_of(a) < number_of(b);
}

bool equal(const Value& a, const Value& b) {
  if (a.is_number() && b.is_number()) return !is_less(a, b) && !is_less(b, a);
  const auto x = a.as_string(), y = b.as_string();
  if (x || y) return x && y && *x == *y;
  return a.json() == b.json();
}

bool has_length(const Value& value) { return value.is_string() || value.is_array() || value.is_object(); }

size_t length_of(const Value& value) {
  const auto text = value.as_string();
  if (!text) return value.size();
  size_t count = 0;
  for (const char c : *text) count += (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  return count;
}

bool is_empty(const Value& value) {
  return value.is_null() || (value.is_string() && value.raw().size == 0) ||
         ((value.is_array() || value.is_object()) && value.size() == 0);
}

struct Named {
  std::string_view name;
  bool (*holds)(const Value&);
  std::string_view message;  // behind the field's name
};
const Named kNamed[] = {
    {"required", [](const Value& v) { return !v.is_missing(); }, "is missing"},
    {"not_empty", [](const Value& v) { return !is_empty(v); }, "is empty"},
    {"is_string", [](const Value& v) { return v.is_string(); }, "is not a string"},
    {"is_int", is_int, "is not an integer"},
    {"is_float", [](const Value& v) { return v.is_number() && !is_int(v); }, "is not a number with a fraction part"},
    {"is_number", [](const Value& v) { return v.is_number(); }, "is not a number"},
    {"is_bool", [](const Value& v) { return v.is_bool(); }, "is not a boolean"},
    {"is_list", [](const Value& v) { return v.is_array(); }, "is not a list"},
    {"is_dict", [](const Value& v) { return v.is_object(); }, "is not an object"},
    {"is_object", [](const Value& v) { return v.is_object(); }, "is not an object"},
    {"is_positive", [](const Value& v) { return v.is_number() && sign_of(v) > 0; }, "is not a positive number"},
    {"is_non_negative", [](const Value& v) { return v.is_number() && sign_of(v) >= 0; },
     "is not a number of 0 or more"},
};
constexpr std::string_view kNames =
    "required, not_empty, is_string, is_int, is_float, is_number, is_bool, is_list, is_dict, is_object, is_positive, "
    "is_non_negative, {min, max, min_length, max_length, one_of} and '= expression'";

// One rule of one field.
struct Rule {
  enum Kind { named, min, max, min_length, max_length, one_of, expression } kind;
  const Named* name = nullptr;
  runnel_value bound;      // of the configuration; a Value would keep the context of its making
  std::string bound_text;  // as messages show it
  runnel::Expression condition;
  std::string param;  // of a condition: where it stands, which is all that can be said of it

  std::string_view title() const {
    constexpr std::string_view kTitles[] = {"", "min", "max", "min_length", "max_length", "one_of", "expression"};
    return kind == named ? name->name : kTitles[kind];
  }
};

Rule::Kind bound_kind(std::string_view key, const std::string& param) {
  if (key == "min") return Rule::min;
  if (key == "max") return Rule::max;
  if (key == "min_length") return Rule::min_length;
  if (key == "max_length") return Rule::max_length;
  if (key == "one_of") return Rule::one_of;
  throw runnel::ConfigError(param, "unknown rule \"" + std::string(key) + "\"; there are " + std::string(kNames));
}

class DataValidator {
 public:
  explicit DataValidator(runnel::Config config)
      : allows_extra_(config.boolean("allow_extra_fields")), stops_on_first_(config.boolean("stop_on_first")) {
    const Value rules = config["rules"];
    if (!rules.is_object() && !rules.is_null()) {
      throw runnel::ConfigError("rules", "must be a map, path of a field -> its rules");
    }
    for (uint32_t i = 0; i < rules.size(); ++i) {
      const auto [path, given] = rules.member(i);
      const std::string param = "rules." + std::string(path);
      checks_.push_back({Field("data_validator", std::string(path), param, true), {}});
      read(given, param, true);
      bounds_.clear();
    }
    const Value required = config["required_fields"];
    for (uint32_t i = 0; i < required.size(); ++i) {
      const std::string param = "required_fields[" + std::to_string(i) + ']';
      const auto path = required.at(i).as_string();
      if (!path) throw runnel::ConfigError(param, "must be the path of a field");
      checks_.push_back(
          {Field("data_validator", std::string(*path), param), {{Rule::named, &kNamed[0], {}, {}, {}, {}}}});
    }
    if (checks_.empty()) throw runnel::ConfigError("rules", "there is no rule and no required field");
  }

  void activate(runnel::Activation& in) {
    const runnel::Items items = in.slot("input");
    for (uint32_t i = 0; i < items.size(); ++i) {
      errors_.clear();
      check(in, items[i]);
      if (in.has_failed()) return;
      if (errors_.empty()) {
        in.emit("valid", items[i]);
      } else {
        in.emit("invalid", {{"data", items[i]}, {"errors", in.array(errors_.data(), errors_.size())}});
      }
    }
  }

  static constexpr auto spec() {
    return runnel::routine("data_validator", "Checks fields of the item by rules")
        .slot("input", "anything")
        .event("valid", "the item itself")
        .event("invalid", "object with data (the item) and errors: [{field, rule, message}], all of them")
        .param(
            "rules", runnel::kind::any, "{}",
            "path of a field -> one rule or a list of them; [*] in a path stands for every element, $ for the item. "
            "required, not_empty; is_string, is_int, is_float, is_number, is_bool, is_list, is_dict (or is_object), "
            "is_positive, is_non_negative; {min: 0, max: 9} of a number, {min_length: 1, max_length: 80} of a text "
            "(characters), list or object, {one_of: [a, b]}; '= data.to > data.from': a condition on the item (for "
            "patterns: '= re.find(data.id, \"^[A-Z]+$\")'). Of a field that is not there only required and not_empty "
            "fail. Behind a rule by name that a value fails, or a bound it cannot have, its further rules are not "
            "tried: "
            "[is_number, '= data.n > 3'] never compares a text; a condition that raises an error fails the activation")
        .param("required_fields", runnel::kind::array, "[]", "fields that must be there; null counts as there")
        .param("allow_extra_fields", runnel::kind::boolean, "true",
               "false: a member of the item that no rule and no required field names is an error")
        .param("stop_on_first", runnel::kind::boolean, "false", "report only the first error of an item");
  }

 private:
  struct Check {
    Field field;
    std::vector<Rule> rules;
  };

  void read(const Value& given, const std::string& param, bool may_be_list) {
    std::vector<Rule>& rules = checks_.back().rules;
    if ((given.is_object() || (given.is_array() && may_be_list)) && given.size() == 0) {
      throw runnel::ConfigError(param, "holds no rule; there are " + std::string(kNames));
    }
    if (given.is_array() && may_be_list) {
      for (uint32_t i = 0; i < given.size(); ++i) read(given.at(i), param + '[' + std::to_string(i) + ']', false);
    } else if (given.is_object()) {
      for (uint32_t i = 0; i < given.size(); ++i) {
        const auto [key, bound] = given.member(i);
        read_bound(bound_kind(key, param), bound, param + '.' + std::string(key));
      }
    } else if (const runnel::Expression condition(given.raw()); condition) {
      rules.push_back({Rule::expression, nullptr, {}, {}, condition, param});
    } else {
      const auto name = given.as_string();
      const auto* found =
          std::find_if(std::begin(kNamed), std::end(kNamed), [&](const Named& n) { return n.name == name; });
      if (!name || found == std::end(kNamed)) {
        throw runnel::ConfigError(param, (name ? "unknown rule \"" + std::string(*name) + '"' : "not a rule") +
                                             "; there are " + std::string(kNames));
      }
      rules.push_back({Rule::named, found, {}, {}, {}, {}});
    }
  }

  void read_bound(Rule::Kind kind, const Value& bound, const std::string& param) {
    if (kind == Rule::one_of) {
      if (!bound.is_array() || bound.size() == 0) throw runnel::ConfigError(param, "must be a list of values");
    } else if (kind == Rule::min || kind == Rule::max) {
      if (!bound.is_number()) throw runnel::ConfigError(param, "must be a number");
    } else if (bound.as_int().value_or(-1) < 0) {
      throw runnel::ConfigError(param, "must be an integer of 0 or more");
    }
    const auto refuse_over = [&](Rule::Kind lower, Rule::Kind upper) {
      for (const auto& [other, value] : bounds_) {
        const bool is_empty = kind == lower ? other == upper && is_less(value, bound)
                                            : kind == upper && other == lower && is_less(bound, value);
        if (is_empty) throw runnel::ConfigError(param, "no value fits: the lower bound is over the upper one");
      }
    };
    refuse_over(Rule::min, Rule::max);
    refuse_over(Rule::min_length, Rule::max_length);
    bounds_.emplace_back(kind, bound);
    checks_.back().rules.push_back({kind, nullptr, bound.raw(), runnel::builtin::shown(bound), {}, {}});
  }

  // A value that failed this rule may be nothing the rules behind it are for.
  static bool ends_field(const Rule& rule, const Value& value) {
    if (rule.kind == Rule::named) return true;
    if (rule.kind == Rule::min || rule.kind == Rule::max) return !value.is_number();
    return (rule.kind == Rule::min_length || rule.kind == Rule::max_length) && !has_length(value);
  }

  bool enough() const { return stops_on_first_ && !errors_.empty(); }

  void check(runnel::Activation& in, const Value& item) {
    for (Check& one : checks_) {
      one.field.visit(item, [&](const Value& value, std::string_view path) {
        for (const Rule& rule : one.rules) {
          if (enough() || in.has_failed()) return;
          const bool looks_at_missing = rule.name == &kNamed[0] || rule.name == &kNamed[1];
          if (value.is_missing() && !looks_at_missing) continue;
          const size_t before = errors_.size();
          check_rule(in, rule, value, path, item);
          if (errors_.size() > before && ends_field(rule, value)) break;
        }
      });
      if (enough() || in.has_failed()) return;
    }
    if (allows_extra_ || !item.is_object()) return;
    for (uint32_t i = 0; i < item.size() && !enough(); ++i) {
      const std::string_view name = item.member(i).first;
      const bool is_known = std::any_of(checks_.begin(), checks_.end(), [&](const Check& c) {
        return !name.empty() && c.field.first_member() == name;
      });
      if (!is_known) add_error(in, name, "allow_extra_fields", "is not expected");
    }
  }

  void check_rule(runnel::Activation& in, const Rule& rule, const Value& value, std::string_view path,
                  const Value& item) {
    if (rule.kind == Rule::expression) {
      const Value result = in.evaluate(rule.condition, item);
      if (!in.has_failed() && !result.bool_or(!result.is_null()))
        add_error(in, path, rule.title(), "fails the condition " + rule.param);
      return;
    }
    if (rule.kind == Rule::named) {
      if (!rule.name->holds(value)) add_error(in, path, rule.title(), rule.name->message);
    } else if (const std::string wrong = out_of_bounds(rule, Value(in.raw(), rule.bound), value); !wrong.empty()) {
      add_error(in, path, rule.title(), wrong);
    }
  }

  // What is wrong with the value, or "".
  static std::string out_of_bounds(const Rule& rule, const Value& bound, const Value& value) {
    if (rule.kind == Rule::one_of) {
      for (uint32_t i = 0; i < bound.size(); ++i) {
        if (equal(value, bound.at(i))) return "";
      }
      return "is not one of " + rule.bound_text;
    }
    if (rule.kind == Rule::min || rule.kind == Rule::max) {
      if (!value.is_number()) return "is not a number";
      if (rule.kind == Rule::min) return is_less(value, bound) ? "is less than " + rule.bound_text : "";
      return is_less(bound, value) ? "is more than " + rule.bound_text : "";
    }
    if (!has_length(value)) return "has no length";
    const auto length = static_cast<int64_t>(length_of(value)), most = bound.int_or(0);
    if (rule.kind == Rule::min_length) return length < most ? "is shorter than " + rule.bound_text : "";
    return length > most ? "is longer than " + rule.bound_text : "";
  }

  void add_error(runnel::Activation& in, std::string_view path, std::string_view rule, std::string_view message) {
    text_.assign("\"").append(path).append("\" ").append(message);
    errors_.push_back(in.object({{"field", path}, {"rule", rule}, {"message", text_}}).raw());
  }

  bool allows_extra_, stops_on_first_;
  std::vector<Check> checks_;
  std::vector<std::pair<Rule::Kind, Value>> bounds_;  // of one field, while the rules are read
  std::vector<runnel_value> errors_;                  // scratch, of one item
  std::string text_;
};

}  // namespace

RUNNEL_PLUGIN("data_validator", "0.1.0", DataValidator)
