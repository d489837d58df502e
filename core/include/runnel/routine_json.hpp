// For plugin authors who like nlohmann::json: to and from runnel::Value. Optional; nothing else of the SDK needs the
// library.
//
// An integer beyond int64 becomes a double there, a number beyond double its text. Bytes of a json string that are not
// UTF-8 fail the activation.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <runnel/activation.hpp>
#include <string>

namespace runnel {

// Copies: the result lives on its own. Keys keep their order with nlohmann::ordered_json. Missing becomes null.
template <class Json = nlohmann::json>
Json to_json(const Value& value) {
  if (value.is_null()) return nullptr;
  if (const auto boolean = value.as_bool()) return *boolean;
  if (const auto text = value.as_string()) return std::string(*text);
  if (const auto integer = value.as_int()) return *integer;
  if (value.is_number()) {
    if (const auto number = value.as_number()) return *number;
    return value.json();
  }
  if (value.is_array()) {
    Json array = Json::array();
    for (uint32_t i = 0; i < value.size(); ++i) array.push_back(to_json<Json>(value.at(i)));
    return array;
  }
  Json object = Json::object();
  for (uint32_t i = 0; i < value.size(); ++i) {
    const auto [key, member] = value.member(i);
    object[std::string(key)] = to_json<Json>(member);
  }
  return object;
}

// Made in the activation's memory.
template <class Json>
Value from_json(Activation& in, const Json& json) {
  return in.parse(json.dump(-1, ' ', false, Json::error_handler_t::strict));
}

}  // namespace runnel
