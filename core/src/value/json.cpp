#include "value/json.hpp"

#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <vector>

#include "value/builder.hpp"
#include "value/number.hpp"

namespace runnel::core {
namespace {

using Json = nlohmann::ordered_json;

// An integer as such where it fits, else a double; what overflows one stays text.
Json number_to_json(Value v) {
  if (const auto integer = to_int(v)) return *integer;
  if (is_integer_text(raw_text(v)) && raw_text(v).front() != '-') {
    const Json parsed = Json::parse(raw_text(v), nullptr, false);
    if (parsed.is_number_unsigned()) return parsed;
  }
  if (const auto number = to_double(v)) return *number;
  return std::string(raw_text(v));
}

Value string_from_json(Arena& arena, const std::string& text) { return make_string(arena, text); }

}  // namespace

Json to_nlohmann(Value v) {
  switch (v.kind) {
    case RUNNEL_BOOL:
      return v.as.integer != 0;
    case RUNNEL_INT:
      return v.as.integer;
    case RUNNEL_DOUBLE:
      return v.as.number;
    case RUNNEL_NUMBER:
      return number_to_json(v);
    case RUNNEL_STRING:
      return to_std_string(v);
    case RUNNEL_ARRAY: {
      Json array = Json::array();
      for (uint32_t i = 0; i < v.size; ++i) array.push_back(to_nlohmann(items_of(v)[i]));
      return array;
    }
    case RUNNEL_OBJECT: {
      Json object = Json::object();
      auto& members = object.get_ref<Json::object_t&>();
      // Straight into the vector: the keys are known to differ, and ordered_json would look for each of them.
      for (uint32_t i = 0; i < v.size; ++i) {
        const Member& member = members_of(v)[i];
        static_cast<Json::object_t::Container&>(members).emplace_back(to_std_string(member.key),
                                                                      to_nlohmann(member.value));
      }
      return object;
    }
    default:
      return nullptr;
  }
}

Value from_nlohmann(Arena& arena, const Json& json) {
  switch (json.type()) {
    case Json::value_t::null:
      return null_value();
    case Json::value_t::boolean:
      return make_bool(json.get<bool>());
    case Json::value_t::number_integer:
      return make_int(json.get<int64_t>());
    case Json::value_t::number_unsigned: {
      const auto number = json.get<uint64_t>();
      if (number <= static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) {
        return make_int(static_cast<int64_t>(number));
      }
      Value v = make_string(arena, std::to_string(number));
      if (v.kind == RUNNEL_STRING) v.kind = RUNNEL_NUMBER;
      return v;
    }
    case Json::value_t::number_float:
      return make_double(json.get<double>());
    case Json::value_t::string:
      return string_from_json(arena, json.get_ref<const std::string&>());
    case Json::value_t::array: {
      std::vector<Value> items;
      items.reserve(json.size());
      for (const Json& item : json) items.push_back(from_nlohmann(arena, item));
      return arena.exhausted() ? missing() : make_array(arena, items);
    }
    case Json::value_t::object: {
      std::vector<Member> members;
      members.reserve(json.size());
      for (const auto& [key, value] : json.items()) {
        members.push_back(Member{string_from_json(arena, key), from_nlohmann(arena, value)});
      }
      return arena.exhausted() ? missing() : make_object(arena, members);
    }
    default:
      return missing();
  }
}

}  // namespace runnel::core
