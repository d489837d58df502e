// A field of an item by its path, to read, replace or visit: a.b[0].c, `$` for the item itself and, where the class
// allows it, `[*]` for every element of a list.
#pragma once

#include <charconv>
#include <runnel/activation.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace runnel::builtin {

inline std::string_view kind_name(const Value& value) {
  if (value.is_null()) return "null";
  if (value.is_bool()) return "a boolean";
  if (value.is_number()) return "a number";
  if (value.is_string()) return "a string";
  return value.is_array() ? "a list" : "an object";
}

// A value as messages show it.
inline std::string shown(const Value& value) {
  constexpr size_t kMost = 60;
  std::string text = value.json();
  if (text.size() <= kMost) return text;
  size_t end = kMost;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  text.resize(end);
  return text + "...";
}

class Field {
 public:
  // path: `$`, a.b[0]. param: where it stands in the configuration. owner: the class, for the codes of its errors.
  Field(std::string_view owner, std::string path, const std::string& param, bool allows_all = false)
      : path_(std::move(path)), type_code_(std::string(owner) + ".type") {
    parse(param, allows_all);
  }

  const std::string& path() const { return path_; }
  bool is_item() const { return steps_.empty(); }
  // The member of the item that the path begins with; "" if it begins with none.
  std::string_view first_member() const { return steps_.empty() ? std::string_view() : steps_.front().key; }
  bool is_member(std::string_view name) const { return steps_.size() == 1 && steps_.front().key == name; }

  // Without [*].
  Value get(Value item) const {
    for (const Step& step : steps_) item = step.kind == Step::member ? item[step.key] : item.at(step.index);
    return item;
  }

  // Calls change(Value) -> Value for the field, or every field [*] stands for; gives the item with what it returned.
  // What is not there is handed over as missing and, where something comes of it, made.
  template <class Change>
  Value change(Activation& in, Value item, Change&& change) {
    members_.clear();
    values_.clear();
    return changed(in, item, 0, change);
  }
  Value replace(Activation& in, Value item, Value value) {
    return change(in, item, [&](Value) { return value; });
  }

  // Calls see(Value, std::string_view path) for the field, or every field [*] stands for.
  template <class See>
  void visit(Value item, See&& see) {
    place_.clear();
    visit_from(item, 0, see);
  }

 private:
  struct Step {
    enum Kind { member, element, all } kind;
    std::string key;
    uint32_t index = 0;
  };

  void parse(const std::string& param, bool allows_all) {
    std::string_view rest = path_;
    const auto refuse = [&](std::string_view why) -> ConfigError {
      return {param, '"' + path_ + "\" is not a path: " + std::string(why) + "; a path is a.b[0].c, $ the item itself"};
    };
    if (rest.starts_with('$')) {
      rest.remove_prefix(1);
      if (rest.empty()) return;
      if (rest[0] != '.' && rest[0] != '[') throw refuse("after $ comes .name or [index]");
    } else if (rest.empty()) {
      throw refuse("it is empty");
    } else if (rest[0] != '[') {
      rest = add_name(rest, refuse);
    }
    while (!rest.empty()) {
      if (rest[0] == '.') {
        rest = add_name(rest.substr(1), refuse);
        continue;
      }
      if (rest[0] != '[') throw refuse("after ] comes . or [");
      const size_t close = rest.find(']');
      if (close == std::string_view::npos) throw refuse("a [ without ]");
      Step step{Step::element, {}, 0};
      const std::string_view inside = rest.substr(1, close - 1);
      const auto [end, error] = std::from_chars(inside.data(), inside.data() + inside.size(), step.index);
      if (allows_all && inside == "*") {
        step.kind = Step::all;
      } else if (error != std::errc{} || end != inside.data() + inside.size()) {
        throw refuse(allows_all ? "between [ and ] stands a number from 0, or *"
                                : "between [ and ] stands a number from 0");
      }
      steps_.push_back(std::move(step));
      rest.remove_prefix(close + 1);
    }
  }

  template <class Refuse>
  std::string_view add_name(std::string_view rest, const Refuse& refuse) {
    const std::string_view name = rest.substr(0, rest.find_first_of(".["));
    if (name.empty()) throw refuse("a name is missing");
    if (name.find_first_of(" \t\n=*+/<>(){}\"'~,") != std::string_view::npos)
      throw refuse("a character that stands in no path");
    steps_.push_back({Step::member, std::string(name)});
    return rest.substr(name.size());
  }

  static bool same(const Value& a, const Value& b) {
    const runnel_value x = a.raw(), y = b.raw();
    return x.kind == y.kind && x.size == y.size && x.as.integer == y.as.integer;
  }

  template <class Change>
  Value changed(Activation& in, Value value, size_t at, Change& change) {
    if (at == steps_.size()) return change(value);
    const Step& step = steps_[at];
    if (step.kind == Step::member) return changed_member(in, value, at, change);
    if (step.kind == Step::all && value.is_null()) return value;
    if (!value.is_array()) return change_nothing(value, at, change);
    if (step.kind == Step::element && step.index >= value.size()) return change_nothing(value, at, change);
    const size_t base = values_.size();  // of this level; deeper ones stack on top
    for (uint32_t i = 0; i < value.size(); ++i) values_.push_back(value.at(i).raw());
    bool is_new = false;
    const uint32_t first = step.kind == Step::all ? 0 : step.index;
    const uint32_t end = step.kind == Step::all ? value.size() : step.index + 1;
    for (uint32_t i = first; i < end; ++i) {
      const Value before = value.at(i);
      const Value after = changed(in, before, at + 1, change);
      values_[base + i] = after.raw();
      is_new |= !same(before, after);
    }
    const Value result = is_new ? in.array(values_.data() + base, values_.size() - base) : value;
    values_.resize(base);
    return result;
  }

  template <class Change>
  Value changed_member(Activation& in, Value value, size_t at, Change& change) {
    if (!value.is_object() && !value.is_null()) return change_nothing(value, at, change);
    const std::string& key = steps_[at].key;
    const Value before = value[key];
    const Value after = changed(in, before, at + 1, change);
    if (same(before, after)) return value;
    const size_t base = members_.size();
    bool is_there = false;
    for (uint32_t i = 0; i < value.size(); ++i) {
      runnel_member member = value.raw_member(i);
      if (!is_there && std::string_view(member.key.as.text, member.key.size) == key) {
        member.value = after.raw();
        is_there = true;
      }
      members_.push_back(member);
    }
    if (!is_there) members_.push_back({Text(key).raw(), after.raw()});
    const Value result = in.object(members_.data() + base, members_.size() - base);
    members_.resize(base);
    return result;
  }

  // The path leads through something that has no such place: fine as long as nothing is to be put there.
  template <class Change>
  Value change_nothing(Value value, size_t at, Change& change) {
    const bool goes_on = steps_[at].kind != Step::all;
    if (goes_on && change(Value()).is_missing()) return value;
    const Step& step = steps_[at];
    std::string what = std::string(kind_name(value)) + " has no ";
    if (step.kind == Step::member) {
      what += "member \"" + step.key + '"';
    } else {
      what += value.is_array() ? "element " + std::to_string(step.index) : "elements";
    }
    fail(type_code_, what + " (path \"" + path_ + "\")");
  }

  template <class See>
  void visit_from(Value value, size_t at, See& see) {
    if (at == steps_.size()) return see(value, place_.empty() ? std::string_view("$") : std::string_view(place_));
    const Step& step = steps_[at];
    const size_t size = place_.size();
    if (step.kind == Step::member) {
      if (size) place_ += '.';
      place_ += step.key;
      visit_from(value[step.key], at + 1, see);
    } else {
      const uint32_t first = step.kind == Step::all ? 0 : step.index;
      const uint32_t end = step.kind == Step::all ? (value.is_array() ? value.size() : 0) : step.index + 1;
      for (uint32_t i = first; i < end; ++i) {
        place_ += '[' + std::to_string(i) + ']';
        visit_from(value.at(i), at + 1, see);
        place_.resize(size);
      }
    }
    place_.resize(size);
  }

  std::string path_, type_code_;
  std::vector<Step> steps_;
  std::vector<runnel_member> members_;  // scratch
  std::vector<runnel_value> values_;
  std::string place_;
};

}  // namespace runnel::builtin
