// data_transformer: changes fields of an item by named transformations.
#include <charconv>
#include <cstdlib>
#include <runnel/routine.hpp>
#include <string>
#include <vector>

#include "field.hpp"
#include "letter_case.hpp"

namespace {

using runnel::Value;
using runnel::builtin::Field;

constexpr std::string_view kNames = "lowercase, uppercase, strip_whitespace, to_string, to_int, to_float, remove_none";

// A value that cannot be transformed, and why.
struct Refused {
  std::string why;
};

class Transformations {
 public:
  Value lowercase(runnel::Activation& in, Value value) { return in_case(in, value, runnel::builtin::to_lower); }
  Value uppercase(runnel::Activation& in, Value value) { return in_case(in, value, runnel::builtin::to_upper); }

  Value strip_whitespace(runnel::Activation& in, Value value) {
    const auto text = value.as_string();
    if (!text) return value;
    const std::string_view stripped = runnel::builtin::strip(*text);
    return stripped.size() == text->size() ? value : in.string(stripped);
  }

  Value to_string(runnel::Activation& in, Value value) {
    return value.is_null() || value.is_string() ? value : in.string(value.json());
  }

  Value to_int(runnel::Activation& in, Value value) {
    if (value.is_null()) return value;
    if (value.is_bool()) return Value(value.bool_or(false) ? 1 : 0);
    if (value.is_number()) return truncated(value);
    const std::string_view digits = unsigned_part(value);
    if (digits.empty() || digits.find_first_not_of("0123456789") != std::string_view::npos) {
      throw Refused{"is not an integer"};
    }
    // By way of JSON, which keeps integers of any size.
    const size_t first = std::min(digits.find_first_not_of('0'), digits.size() - 1);
    number_.assign(is_negative_ && digits[first] != '0' ? "-" : "").append(digits.substr(first));
    return in.parse(number_);
  }

  Value to_float(runnel::Activation&, Value value) {
    if (value.is_null()) return value;
    if (value.is_bool()) return Value(value.bool_or(false) ? 1.0 : 0.0);
    if (value.is_number()) {
      const auto number = value.as_number();
      if (!number) throw Refused{"is beyond what a float can hold"};
      return *number;
    }
    const std::string_view text = unsigned_part(value);
    const bool starts_well = !text.empty() && (text[0] == '.' || (text[0] >= '0' && text[0] <= '9'));  // not inf, nan
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (!starts_well || end != text.data() + text.size()) throw Refused{"is not a number"};
    if (error == std::errc::result_out_of_range) {
      number_.assign(text);
      number = std::strtod(number_.c_str(), nullptr);  // 0 or nearly so: as good as it gets
      if (number > 1) throw Refused{"is beyond what a float can hold"};
    }
    return is_negative_ ? -number : number;
  }

  Value remove_none(runnel::Activation& in, Value value) {
    members_.clear();
    elements_.clear();
    for (uint32_t i = 0; i < value.size(); ++i) {
      if (value.is_object()) {
        const runnel_member member = value.raw_member(i);
        if (member.value.kind > RUNNEL_NULL) members_.push_back(member);
      } else if (const Value element = value.at(i); !element.is_null()) {
        elements_.push_back(element.raw());
      }
    }
    if (members_.size() + elements_.size() == value.size()) return value;
    return value.is_object() ? in.object(members_.data(), members_.size())
                             : in.array(elements_.data(), elements_.size());
  }

 private:
  Value in_case(runnel::Activation& in, Value value, uint32_t (*change)(uint32_t)) {
    const auto text = value.as_string();
    if (!text) return value;
    text_.clear();
    for (size_t at = 0; at < text->size();) {
      runnel::builtin::add_character(text_, change(runnel::builtin::next_character(*text, at)));
    }
    return text_ == *text ? value : in.string(text_);
  }

  static Value truncated(const Value& value) {
    if (const auto integer = value.as_int()) return *integer;
    if (value.json().find_first_of(".eE") == std::string::npos) return value;  // an integer beyond 64 bits
    const auto number = value.as_number();
    if (!number || !(*number > -0x1p63 && *number < 0x1p63)) throw Refused{"is beyond 64 bits"};
    return static_cast<int64_t>(*number);
  }

  // A text's number without blanks and sign.
  std::string_view unsigned_part(const Value& value) {
    const auto text = value.as_string();
    if (!text) throw Refused{"is " + std::string(runnel::builtin::kind_name(value))};
    std::string_view number = runnel::builtin::strip(*text);
    is_negative_ = number.starts_with('-');
    if (number.starts_with('-') || number.starts_with('+')) number.remove_prefix(1);
    return number;
  }

  bool is_negative_ = false;
  std::string text_, number_;  // scratch
  std::vector<runnel_member> members_;
  std::vector<runnel_value> elements_;
};

using Transformation = Value (Transformations::*)(runnel::Activation&, Value);

struct Named {
  std::string_view name;
  Transformation function;
};
constexpr Named kAll[] = {{"lowercase", &Transformations::lowercase},
                          {"uppercase", &Transformations::uppercase},
                          {"strip_whitespace", &Transformations::strip_whitespace},
                          {"to_string", &Transformations::to_string},
                          {"to_int", &Transformations::to_int},
                          {"to_float", &Transformations::to_float},
                          {"remove_none", &Transformations::remove_none}};

class DataTransformer {
 public:
  explicit DataTransformer(runnel::Config config) : on_error_(config.string("on_error")) {
    const Value given = config["transformations"];
    if (given.is_object()) {
      for (uint32_t i = 0; i < given.size(); ++i) {
        const auto [path, names] = given.member(i);
        add(std::string(path), names, "transformations." + std::string(path));
      }
    } else {
      add("$", given, "transformations");
    }
  }

  void activate(runnel::Activation& in) {
    const runnel::Items items = in.slot("input");
    for (uint32_t i = 0; i < items.size(); ++i) {
      Value item = items[i];
      for (Step& step : steps_) {
        item = step.field.change(in, item, [&](Value value) { return transformed(in, step, value); });
      }
      in.emit("output", item);
    }
  }

  static constexpr auto spec() {
    return runnel::routine("data_transformer", "Changes fields of the item by named transformations")
        .slot("input", "anything")
        .event("output", "the item with its fields transformed")
        .param(
            "transformations", runnel::kind::any, runnel::required,
            "path of a field -> one transformation or a list of them, in turn; [*] in a path stands for every element, "
            "$ "
            "for the item (a list of transformations alone is for the item, too). lowercase, uppercase (Latin, Greek, "
            "Cyrillic and Armenian letters), strip_whitespace: of a text, anything else stays; to_string; to_int (of a "
            "number with a fraction the part before the point; a text must be an integer: [to_float, to_int] takes "
            "\"12.9\" and \"1e2\", too); to_float; remove_none: takes the nulls out of an object or a list. "
            "A "
            "field that is not there or null stays so")
        .param("on_error", runnel::kind::string, "\"fail\"",
               "of a value that is no number for to_int or to_float: fail; keep it as it is; or set_null in its place")
        .choices("fail|keep|set_null");
  }

 private:
  struct Step {
    Field field;
    std::vector<const Named*> transformations;
  };

  void add(const std::string& path, const Value& names, const std::string& param) {
    Step step{Field("data_transformer", path, param, true), {}};
    if (names.is_array()) {
      for (uint32_t i = 0; i < names.size(); ++i) {
        step.transformations.push_back(find(names.at(i), param + '[' + std::to_string(i) + ']'));
      }
    } else {
      step.transformations.push_back(find(names, param));
    }
    steps_.push_back(std::move(step));
  }

  static const Named* find(const Value& value, const std::string& param) {
    const auto name = value.as_string();
    for (const Named& one : kAll) {
      if (name && one.name == *name) return &one;
    }
    throw runnel::ConfigError(param, (name ? "unknown transformation \"" + std::string(*name) + '"'
                                           : std::string("not the name of a transformation")) +
                                         "; there are " + std::string(kNames));
  }

  Value transformed(runnel::Activation& in, const Step& step, Value value) {
    if (value.is_missing()) return value;
    for (const Named* one : step.transformations) {
      try {
        value = (transformations_.*one->function)(in, value);
      } catch (const Refused& refused) {
        if (on_error_ == "keep") return value;
        if (on_error_ == "set_null") return nullptr;
        in.fail("data_transformer." + std::string(one->name),
                '"' + step.field.path() + "\": " + runnel::builtin::shown(value) + ' ' + refused.why);
      }
    }
    return value;
  }

  std::string on_error_;
  std::vector<Step> steps_;
  Transformations transformations_;
};

}  // namespace

RUNNEL_PLUGIN("data_transformer", "0.1.0", DataTransformer)
