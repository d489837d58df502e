// splitter: makes an item of every element of a list, member of an object or character of a text.
#include <runnel/routine.hpp>
#include <string>

#include "field.hpp"

namespace {

enum class DictMode { values, keys, items, entries };

class Splitter {
 public:
  explicit Splitter(runnel::Config config)
      : field_("splitter", config.string("field"), "field"),
        dict_mode_(mode_of(config.string("dict_mode"))),
        include_index_(config.boolean("include_index")),
        include_count_(config.boolean("include_count")),
        split_strings_(config.boolean("split_strings")) {}

  void activate(runnel::Activation& in) {
    const runnel::Items items = in.slot("input");
    for (uint32_t i = 0; i < items.size(); ++i) split(in, items[i]);
  }

  static constexpr auto spec() {
    return runnel::routine("splitter",
                           "Makes an item of every element of a list, member of an object or character of a text")
        .slot("input", "anything; what cannot be split (a number, a text) is one element")
        .event("item", "object with item, index (from 0) and count")
        .event("empty",
               "the item itself, when there is nothing to split: an empty list or object, null, or no such field")
        .param("field", runnel::kind::string, "\"$\"", "path of what is split (order.lines); $ is the item itself")
        .param("dict_mode", runnel::kind::string, "\"values\"",
               "what becomes of an object's members: their values, their keys, [key, value] or {key, value}")
        .choices("values|keys|items|entries")
        .param("include_index", runnel::kind::boolean, "true", "whether `index` is there")
        .param("include_count", runnel::kind::boolean, "true", "whether `count` is there")
        .param("split_strings", runnel::kind::boolean, "false",
               "split a text into its characters (Unicode code points)");
  }

 private:
  static DictMode mode_of(const std::string& name) {
    if (name == "keys") return DictMode::keys;
    if (name == "items") return DictMode::items;
    return name == "entries" ? DictMode::entries : DictMode::values;
  }

  void split(runnel::Activation& in, runnel::Value item) {
    const runnel::Value whole = field_.get(item);
    const auto text = split_strings_ ? whole.as_string() : std::nullopt;
    const bool is_empty =
        whole.is_null() || ((whole.is_array() || whole.is_object()) && whole.size() == 0) || (text && text->empty());
    if (is_empty) return in.emit("empty", item);
    if (text) return split_text(in, *text);
    if (!whole.is_array() && !whole.is_object()) return emit(in, whole, 0, 1);
    for (uint32_t i = 0; i < whole.size() && !in.has_failed(); ++i) {
      emit(in, whole.is_array() ? whole.at(i) : member(in, whole.raw_member(i)), i, whole.size());
    }
  }

  runnel::Value member(runnel::Activation& in, runnel_member raw) const {
    const runnel::Value key(in.raw(), raw.key), value(in.raw(), raw.value);
    const runnel_value pair[] = {raw.key, raw.value};
    switch (dict_mode_) {
      case DictMode::keys:
        return key;
      case DictMode::items:
        return in.array(pair, 2);
      case DictMode::entries:
        return in.object({{"key", key}, {"value", value}});
      default:
        return value;
    }
  }

  void split_text(runnel::Activation& in, std::string_view text) const {
    const auto is_start = [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; };
    uint32_t count = 0, index = 0;
    for (const char c : text) count += is_start(c);
    for (size_t at = 0; at < text.size() && !in.has_failed();) {
      size_t end = at + 1;
      while (end < text.size() && !is_start(text[end])) ++end;
      emit(in, in.string(text.substr(at, end - at)), index++, count);
      at = end;
    }
  }

  void emit(runnel::Activation& in, runnel::Value value, uint32_t index, uint32_t count) const {
    runnel_member members[3] = {{runnel::Text("item").raw(), value.raw()}};
    size_t size = 1;
    if (include_index_) members[size++] = {runnel::Text("index").raw(), runnel::Value(index).raw()};
    if (include_count_) members[size++] = {runnel::Text("count").raw(), runnel::Value(count).raw()};
    in.emit("item", in.object(members, size));
  }

  runnel::builtin::Field field_;
  DictMode dict_mode_;
  bool include_index_, include_count_, split_strings_;
};

}  // namespace

RUNNEL_PLUGIN("splitter", "0.1.0", Splitter)
