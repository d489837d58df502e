// sort: puts a list in order, stably.
#include <algorithm>
#include <cmath>
#include <runnel/routine.hpp>
#include <string>
#include <vector>

#include "field.hpp"

namespace {

enum class Rank : uint8_t { boolean, number, text, list, object, nothing };

// What an element is sorted by. Of texts a view: the item's, or made in this activation.
struct Key {
  Rank rank = Rank::nothing;
  long double number = 0;  // holds every int64 and every double
  std::string_view text;
  runnel_value element{};
};

class Sort {
 public:
  explicit Sort(runnel::Config config)
      : field_("sort", config.string("field"), "field"),
        by_(config.expression("by")),
        is_descending_(config.string("order") == "descending"),
        nulls_first_(config.string("nulls") == "first") {}

  void activate(runnel::Activation& in) {
    const runnel::Items items = in.slot("input");
    for (uint32_t i = 0; i < items.size(); ++i) {
      const runnel::Value result = field_.change(in, items[i], [&](runnel::Value list) { return sorted(in, list); });
      if (in.has_failed()) return;
      in.emit("output", result);
    }
  }

  static constexpr auto spec() {
    return runnel::routine("sort", "Puts a list in order; what is equal keeps its order")
        .slot("input", "a list, or an object that holds one")
        .event("output", "the item with its list in order")
        .param("field", runnel::kind::string, "\"$\"",
               "path of the list (order.lines); $ is the item itself. Null, or no such field: the item as it is")
        .param(
            "by", runnel::kind::value, "",
            "what of an element it is sorted by: a path in it (price), '= data.price * data.n'; without it the element "
            "itself. Of several kinds: booleans, numbers by value, texts by code point, then lists and objects in "
            "the order they had")
        .param("order", runnel::kind::string, "\"ascending\"", "which comes first, the least or the greatest")
        .choices("ascending|descending")
        .param("nulls", runnel::kind::string, "\"last\"",
               "where elements stand that have null or nothing to sort by, in either order")
        .choices("last|first");
  }

 private:
  runnel::Value sorted(runnel::Activation& in, runnel::Value list) {
    if (list.is_null()) return list;
    if (!list.is_array()) {
      in.fail("sort.type", (field_.is_item() ? "the item" : '"' + field_.path() + '"') + " is " +
                               std::string(runnel::builtin::kind_name(list)) + ", not a list");
    }
    keys_.clear();
    for (uint32_t i = 0; i < list.size(); ++i) {
      const runnel::Value element = list.at(i);
      keys_.push_back(key_of(by_ ? in.evaluate(by_, element) : element));
      if (in.has_failed()) return {};
      keys_.back().element = element.raw();
    }
    const auto is_before = [&](const Key& a, const Key& b) { return before(a, b); };
    if (std::is_sorted(keys_.begin(), keys_.end(), is_before)) return list;
    std::stable_sort(keys_.begin(), keys_.end(), is_before);
    elements_.clear();
    for (const Key& key : keys_) elements_.push_back(key.element);
    return in.array(elements_.data(), elements_.size());
  }

  static Key key_of(runnel::Value value) {
    Key key;
    if (const auto boolean = value.as_bool()) {
      key.rank = Rank::boolean;
      key.number = *boolean ? 1 : 0;
    } else if (value.is_number()) {
      key.rank = Rank::number;
      key.number = number_of(value);
    } else if (const auto text = value.as_string()) {
      key.rank = Rank::text;
      key.text = *text;
    } else if (!value.is_null()) {
      key.rank = value.is_array() ? Rank::list : Rank::object;
    }
    return key;
  }

  static long double number_of(runnel::Value value) {
    if (const auto integer = value.as_int()) return static_cast<long double>(*integer);
    if (const auto number = value.as_number()) return *number;
    return value.json().starts_with('-') ? -HUGE_VALL : HUGE_VALL;  // too big for a double
  }

  bool before(const Key& a, const Key& b) const {
    if ((a.rank == Rank::nothing) != (b.rank == Rank::nothing)) return (a.rank == Rank::nothing) == nulls_first_;
    const Key& first = is_descending_ ? b : a;
    const Key& second = is_descending_ ? a : b;
    if (first.rank != second.rank) return first.rank < second.rank;
    if (first.rank == Rank::text) return first.text < second.text;
    return first.number < second.number;
  }

  runnel::builtin::Field field_;
  runnel::Expression by_;
  bool is_descending_, nulls_first_;
  std::vector<Key> keys_;  // scratch
  std::vector<runnel_value> elements_;
};

}  // namespace

RUNNEL_PLUGIN("sort", "0.1.0", Sort)
