// The keywords of a schema, one by one (part of schema_rewrite.hpp).
#pragma once

#include "schema_rewrite.hpp"

namespace runnel::builtin {

inline void SchemaRewriter::rewrite(const Waiting& from) {
  json out = json::object();
  for (const auto& [key, value] : from.node->items()) rewrite_keyword(from, key, value, out);
  if (!out.contains("if")) {
    out.erase("then");
    out.erase("else");
  } else if (!out.contains("then") && !out.contains("else")) {
    out.erase("if");
  }
  definitions_[std::to_string(from.number)] = std::move(out);
}

inline void SchemaRewriter::rewrite_keyword(const Waiting& from, const std::string& key, const json& value, json& out) {
  static const std::set<std::string> kAnnotations = {
      "$schema",     "$id",     "id",       "$comment", "$defs",     "definitions", "title",
      "description", "default", "examples", "readOnly", "writeOnly", "deprecated",  "$vocabulary"};
  static const std::set<std::string> kInPlace = {"not", "if", "then", "else"};
  static const std::set<std::string> kBelow = {"contains", "propertyNames", "additionalProperties"};
  static const std::set<std::string> kLists = {"allOf", "anyOf", "oneOf"};
  static const std::set<std::string> kCounts = {"minLength", "maxLength",     "minItems",
                                                "maxItems",  "minProperties", "maxProperties"};
  static const std::set<std::string> kBounds = {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"};
  static const std::set<std::string> kUnenforced = {
      "format",           "contentEncoding",  "contentMediaType", "contentSchema", "unevaluatedProperties",
      "unevaluatedItems", "minContains",      "maxContains",      "$dynamicRef",   "$dynamicAnchor",
      "$recursiveRef",    "$recursiveAnchor", "$anchor"};
  static const std::set<std::string> kTypes = {"null", "boolean", "integer", "number", "string", "array", "object"};
  const SchemaPlace place = below(from.place, key);
  const json& node = *from.node;
  const auto is_text = [](const json& v) { return v.is_string(); };

  if (kAnnotations.contains(key) || key.starts_with("x-")) return;
  if (kUnenforced.contains(key)) return warn(place, "is not enforced");
  if (kInPlace.contains(key)) {
    out[key] = in_place(from.number, value, place);
  } else if (kBelow.contains(key)) {
    out[key] = subschema(value, place);
  } else if (kLists.contains(key)) {
    rewrite_list(from, key, value, out[key], true);
  } else if (key == "properties" || key == "patternProperties") {
    rewrite_map(from, key, value, out[key]);
  } else if (key == "dependencies" || key == "dependentRequired" || key == "dependentSchemas") {
    rewrite_dependencies(from, key, value, out["dependencies"]);
  } else if (key == "prefixItems") {
    rewrite_list(from, key, value, out["items"], false);
  } else if (key == "items") {
    const bool is_rest = node.contains("prefixItems");  // of draft 2020-12
    if (value.is_array() && !is_rest) return rewrite_list(from, key, value, out[key], false);
    out[is_rest ? "additionalItems" : "items"] = subschema(value, place);
  } else if (key == "additionalItems") {
    if (!node.contains("prefixItems") && node.contains("items") && node["items"].is_array()) {
      out[key] = subschema(value, place);
    }
  } else if (key == "type") {
    const json types = value.is_array() ? value : json::array({value});
    const auto is_type = [&](const json& t) { return t.is_string() && kTypes.contains(t.get<std::string>()); };
    if (types.empty() || !std::all_of(types.begin(), types.end(), is_type)) {
      refuse(place, "must be null, boolean, integer, number, string, array, object or a list of these");
    }
    out[key] = value;
  } else if (key == "required") {
    if (!value.is_array() || !std::all_of(value.begin(), value.end(), is_text))
      refuse(place, "must be a list of names");
    if (!value.empty()) out[key] = value;
  } else if (key == "enum") {
    if (!value.is_array() || value.empty()) refuse(place, "must be a list of values");
    out[key] = normal(value);
  } else if (key == "const") {
    out[key] = normal(value);
  } else if (kCounts.contains(key)) {
    const json count = normal(value);
    if (!count.is_number_integer() || count < 0) refuse(place, "must be an integer of 0 or more");
    out[key] = count;
  } else if (kBounds.contains(key)) {
    if (value.is_boolean() && key.starts_with("exclusive")) {  // of draft 4: about the other bound
      const std::string other = key == "exclusiveMinimum" ? "minimum" : "maximum";
      if (value == true && node.contains(other) && node[other].is_number()) out[key] = normal(node[other]);
      return;
    }
    if (!value.is_number()) refuse(place, "must be a number");
    out[key] = normal(value);
  } else if (key == "multipleOf") {
    if (!value.is_number() || value <= 0) refuse(place, "must be a number over 0");
    needs_exact_numbers_ = true;
    out[key] = value.get<double>();  // valijson's integers divide by 0 and cut fractions off
  } else if (key == "uniqueItems") {
    if (!value.is_boolean()) refuse(place, "must be true or false");
    uses_unique_items_ |= value == true;
    if (value == true) out[key] = needs_exact_numbers_ = true;
  } else if (key == "pattern") {
    if (!value.is_string()) refuse(place, "must be text");
    check_pattern(value.get<std::string>(), place);
    out[key] = value;
  } else {
    warn(place, "is no keyword of JSON Schema; it is not looked at");
  }
}

inline void SchemaRewriter::rewrite_list(const Waiting& from, const std::string& key, const json& value, json& out,
                                         bool is_in_place) {
  const SchemaPlace place = below(from.place, key);
  if (!value.is_array() || (value.empty() && is_in_place)) refuse(place, "must be a list of schemas");
  out = json::array();
  for (size_t i = 0; i < value.size(); ++i) {
    const SchemaPlace element = below(place, i);
    out.push_back(is_in_place ? in_place(from.number, value[i], element) : subschema(value[i], element));
  }
}

inline void SchemaRewriter::rewrite_map(const Waiting& from, const std::string& key, const json& value, json& out) {
  const SchemaPlace place = below(from.place, key);
  if (!value.is_object()) refuse(place, "must be a map of schemas");
  out = json::object();
  for (const auto& [name, schema] : value.items()) {
    if (key == "patternProperties") {
      check_pattern(name, below(place, name));
      check_cost(name, below(place, name));
      uses_pattern_properties_ = true;
    }
    out[name] = subschema(schema, below(place, name));
  }
}

inline void SchemaRewriter::rewrite_dependencies(const Waiting& from, const std::string& key, const json& value,
                                                 json& out) {
  const SchemaPlace place = below(from.place, key);
  if (!value.is_object()) refuse(place, "must be a map");
  for (const auto& [name, what] : value.items()) {
    const SchemaPlace entry = below(place, name);
    if (out.contains(name)) refuse(entry, "stands in two of dependencies, dependentRequired and dependentSchemas");
    if (what.is_array() && key != "dependentSchemas") {
      const auto is_text = [](const json& v) { return v.is_string(); };
      if (!std::all_of(what.begin(), what.end(), is_text)) refuse(entry, "must be a list of names");
      out[name] = what;
    } else if (key == "dependentRequired") {
      refuse(entry, "must be a list of names");
    } else {
      out[name] = {{"$ref", "#/d/" + std::to_string(number_of(what, entry))}};
      in_place_[from.number].push_back(number_of(what, entry));
    }
  }
}

inline void SchemaRewriter::check_pattern(const std::string& pattern, const SchemaPlace& place) {
  uses_patterns_ = true;
  if (pattern.size() > kMostPattern) refuse(place, "the pattern is longer than 1024 bytes");
  try {
    regexes_.try_emplace(pattern, pattern, kRegexFlags);
  } catch (const std::regex_error&) {
    refuse(place,
           "\"" + pattern +
               "\" is not a pattern in the ECMAScript syntax of C++ (no look-behind, back-references or \\p{...})");
  }
}

// valijson matches names by backtracking, without a way to have it otherwise: the ways through a pattern are
// multiplied, and few enough for names of 256 bytes. A group that repeats can have more ways than can be said.
inline void SchemaRewriter::check_cost(const std::string& pattern, const SchemaPlace& place) {
  constexpr double kMany = 256, kMostWays = kMany * kMany * kMany;
  double ways = 1;
  std::vector<double> alternatives = {1};  // of the groups that are open
  bool is_quantified = false;              // a ? behind a quantifier makes it lazy
  bool is_group = false;                   // ends here
  for (size_t i = 0; i < pattern.size(); ++i) {
    const char c = pattern[i];
    const bool is_lazy = c == '?' && is_quantified;
    is_quantified = false;
    const auto multiply = [&](double by) {
      if (by > 2 && is_group) {
        refuse(place,
               "\"" + pattern +
                   "\" repeats a group, which can take for ever to match; repeat a character or a class ([ab]*), "
                   "or write propertyNames with a pattern, which may repeat groups");
      }
      ways *= by;
      is_quantified = true;
    };
    if (c == '\\') {
      ++i;
    } else if (c == '[') {
      for (++i; i < pattern.size() && pattern[i] != ']'; ++i) i += pattern[i] == '\\';
    } else if (c == '(') {
      alternatives.push_back(1);
      if (i + 1 < pattern.size() && pattern[i + 1] == '?') ++i;  // of (?: and (?=
    } else if (c == '|') {
      ++alternatives.back();
    } else if (c == ')' && alternatives.size() > 1) {
      ways *= alternatives.back();
      alternatives.pop_back();
    } else if (c == '*' || c == '+') {
      multiply(kMany);
    } else if (c == '{') {
      const size_t end = std::min(pattern.find('}', i), pattern.size());
      const bool is_exact = pattern.find(',', i) > end;
      if (!is_exact || is_group) multiply(kMany);
      i = end;
      is_quantified = true;
    } else if (c == '?' && !is_lazy) {
      multiply(2);
    }
    is_group = c == ')';
  }
  const bool is_anchored = pattern.starts_with('^') && alternatives.front() == 1;
  if (ways * alternatives.front() * (is_anchored ? 1 : kMany) <= kMostWays) return;
  refuse(place,
         "\"" + pattern +
             "\" can match in too many ways; use at most 3 of *, + and {n,}, and begin with ^ (without it, at most "
             "2)");
}

inline json SchemaRewriter::normal(const json& value) {
  if (value.is_number()) {
    const double number = std::abs(value.get<double>());
    needs_exact_numbers_ |= number >= kExact && number <= 0x1p63;
  }
  if (value.is_number_float()) return normal_number(value.get<double>());
  if (!value.is_structured()) return value;
  json out = value;
  for (auto& element : out) element = normal(element);
  return out;
}

}  // namespace runnel::builtin
