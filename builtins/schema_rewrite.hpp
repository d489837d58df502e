// A JSON Schema made fit for valijson: checked, since valijson trusts what it gets and crashes on some of it, and
// written anew with every subschema a definition of its own, since valijson tells subschemas apart by paths it does not
// escape. Keywords of newer drafts are put in older words where there are any; what nothing will enforce is warned
// about.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <deque>
#include <map>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace runnel::builtin {

using nlohmann::json;

// pointer: of the place in the schema, as its keys and indices.
using SchemaPlace = std::vector<json>;
struct SchemaMistake {
  SchemaPlace place;
  std::string message;
};

inline std::string to_pointer(const SchemaPlace& place) {
  std::string pointer;
  for (const json& step : place) {
    pointer += '/';
    if (step.is_number()) {
      pointer += step.dump();
      continue;
    }
    for (const char c : step.get_ref<const std::string&>()) {
      pointer += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
    }
  }
  return pointer;
}

inline constexpr double kExact = 9007199254740992.0;  // from here on doubles skip integers

// An integral number is an integer for JSON Schema however it is spelt: 1.0 is 1.
inline json normal_number(double number) {
  if (number == std::floor(number) && std::abs(number) <= kExact) return static_cast<int64_t>(number);
  return number;
}

// Matches in time proportional to the text and without recursing along it, where the library can (libstdc++'s word for
// it).
inline constexpr auto kRegexFlags =
#ifdef __GLIBCXX__
    std::regex::ECMAScript | std::regex_constants::__polynomial;
#else
    std::regex::ECMAScript;
#endif

class SchemaRewriter {
 public:
  explicit SchemaRewriter(const json& schema) : schema_(schema) {
    out_["$ref"] = reference(schema_, {});
    while (!waiting_.empty()) {
      const Waiting next = std::move(waiting_.front());
      waiting_.pop_front();
      rewrite(next);
    }
    out_["d"] = std::move(definitions_);
    for (size_t i = 0; i < in_place_.size(); ++i) {
      std::vector<bool> open(in_place_.size());
      if (levels_[i] < 0) measure(i, open);
    }
  }

  const json& schema() const { return out_; }
  const std::vector<SchemaMistake>& warnings() const { return warnings_; }
  // By pattern.
  std::unordered_map<std::string, std::regex> take_regexes() { return std::move(regexes_); }
  bool uses_patterns() const { return uses_patterns_; }
  size_t in_place_levels() const {
    return levels_.empty() ? 0 : static_cast<size_t>(*std::max_element(levels_.begin(), levels_.end()));
  }
  bool uses_unique_items() const { return uses_unique_items_; }
  bool uses_pattern_properties() const { return uses_pattern_properties_; }
  // Something compares with doubles what doubles cannot tell apart.
  bool needs_exact_numbers() const { return needs_exact_numbers_; }

 private:
  // Bounds on valijson's recursion; generous for what people write by hand.
  static constexpr size_t kMostSchemas = 1000, kMostInPlace = 16, kMostPattern = 1024;

  struct Waiting {
    size_t number;
    const json* node;
    SchemaPlace place;
  };

  [[noreturn]] static void refuse(const SchemaPlace& place, std::string message) {
    throw SchemaMistake{place, std::move(message)};
  }
  static SchemaPlace below(SchemaPlace place, json step) {
    place.push_back(std::move(step));
    return place;
  }

  // `#/definitions/a~1b`; what stands before the # is another document, and none is ever fetched.
  const json* resolve(const std::string& text, SchemaPlace& place) const {
    if (!text.starts_with('#')) {
      refuse(place, "\"" + text + "\" is in another document; only references within the schema (#/...) are followed");
    }
    const json* node = &schema_;
    SchemaPlace found;
    std::string_view rest = std::string_view(text).substr(1);
    if (!rest.empty() && rest[0] != '/') {
      refuse(place, "\"" + text + "\" names an anchor; write the path to the schema, #/definitions/name");
    }
    while (!rest.empty()) {
      const size_t end = std::min(rest.find('/', 1), rest.size());
      const std::string step = unescaped(rest.substr(1, end - 1));
      rest.remove_prefix(end);
      if (node->is_object() && node->contains(step)) {
        node = &(*node)[step];
        found.emplace_back(step);
      } else if (const size_t index = index_of(step); node->is_array() && index < node->size()) {
        node = &(*node)[index];
        found.emplace_back(index);
      } else {
        refuse(place, "\"" + text + "\" leads nowhere");
      }
    }
    place = std::move(found);
    return node;
  }

  static size_t index_of(const std::string& text) {
    constexpr size_t kMostDigits = 6;
    if (text.empty() || text.size() > kMostDigits) return SIZE_MAX;
    return text.find_first_not_of("0123456789") == std::string::npos ? std::stoul(text) : SIZE_MAX;
  }

  // %41, ~1 and ~0 in a reference.
  static std::string unescaped(std::string_view text) {
    std::string plain, out;
    const auto digit = [](char c) { return std::string_view("0123456789abcdef").find(static_cast<char>(c | 0x20)); };
    for (size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '%' && i + 2 < text.size() && digit(text[i + 1]) < 16 && digit(text[i + 2]) < 16) {
        plain += static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2]));
        i += 2;
      } else {
        plain += text[i];
      }
    }
    for (size_t i = 0; i < plain.size(); ++i) {
      const char next = i + 1 < plain.size() ? plain[i + 1] : 0;
      out += plain[i] != '~' || (next != '0' && next != '1') ? plain[i] : ++i && next == '0' ? '~' : '/';
    }
    return out;
  }

  // The definition that stands for a subschema.
  size_t number_of(const json& schema, SchemaPlace place) {
    const json* node = &schema;
    std::set<const json*> seen;
    while (node->is_object() && node->contains("$ref")) {
      if (!seen.insert(node).second) refuse(below(place, "$ref"), "the reference leads back to itself");
      const json& reference = (*node)["$ref"];
      if (!reference.is_string()) refuse(below(place, "$ref"), "must be text");
      warn_beside_reference(*node, place);
      place.emplace_back("$ref");
      node = resolve(reference.get_ref<const std::string&>(), place);
    }
    const auto [at, is_new] = numbers_.try_emplace(node, in_place_.size());
    if (!is_new) return at->second;
    if (!node->is_object() && !node->is_boolean()) refuse(place, "must be a schema: a map, true or false");
    if (in_place_.size() == kMostSchemas) refuse({}, "has more than 1000 subschemas");
    in_place_.emplace_back();
    levels_.push_back(-1);
    places_.push_back(place);
    definitions_[std::to_string(at->second)] = *node == true || *node == false ? *node : json::object();
    if (node->is_object()) waiting_.push_back({at->second, node, std::move(place)});
    return at->second;
  }
  json reference(const json& schema, SchemaPlace place) {
    return "#/d/" + std::to_string(number_of(schema, std::move(place)));
  }
  json subschema(const json& schema, SchemaPlace place) {
    if (schema.is_boolean()) return schema;
    return {{"$ref", reference(schema, std::move(place))}};
  }
  // Of the same value as the schema it stands in.
  json in_place(size_t number, const json& schema, const SchemaPlace& place) {
    if (schema.is_boolean()) return schema;
    const size_t other = number_of(schema, place);
    in_place_[number].push_back(other);
    return {{"$ref", "#/d/" + std::to_string(other)}};
  }

  void warn(const SchemaPlace& place, std::string message) {
    if (warned_.insert(to_pointer(place)).second) warnings_.push_back({place, std::move(message)});
  }
  void warn_beside_reference(const json& node, const SchemaPlace& place) {
    static const std::set<std::string> kHarmless = {"$ref",  "$id",         "$schema",  "$comment",    "$defs",
                                                    "title", "description", "examples", "definitions", "default"};
    for (const auto& [key, value] : node.items()) {
      if (!kHarmless.contains(key)) warn(below(place, key), "is not looked at beside \"$ref\"; put both into an allOf");
    }
  }

  // How many schemas look at one value one within the other; for ever is too many.
  size_t measure(size_t number, std::vector<bool>& open) {
    if (levels_[number] >= 0) return static_cast<size_t>(levels_[number]);
    if (open[number]) refuse(places_[number], "applies itself to the same value for ever");
    open[number] = true;
    size_t levels = 0;
    for (const size_t other : in_place_[number]) levels = std::max(levels, measure(other, open) + 1);
    if (levels > kMostInPlace) refuse(places_[number], "has more than 16 subschemas within each other for one value");
    open[number] = false;
    levels_[number] = static_cast<int>(levels);
    return levels;
  }

  void rewrite(const Waiting& from);
  void rewrite_keyword(const Waiting& from, const std::string& key, const json& value, json& out);
  void rewrite_list(const Waiting& from, const std::string& key, const json& value, json& out, bool is_in_place);
  void rewrite_map(const Waiting& from, const std::string& key, const json& value, json& out);
  void rewrite_dependencies(const Waiting& from, const std::string& key, const json& value, json& out);
  void check_pattern(const std::string& pattern, const SchemaPlace& place);
  static void check_cost(const std::string& pattern, const SchemaPlace& place);
  json normal(const json& value);

  const json& schema_;
  json out_, definitions_ = json::object();
  std::deque<Waiting> waiting_;
  std::map<const json*, size_t> numbers_;
  std::vector<std::vector<size_t>> in_place_;  // by number: what looks at the same value
  std::vector<int> levels_;
  std::vector<SchemaPlace> places_;
  std::vector<SchemaMistake> warnings_;
  std::set<std::string> warned_;
  std::unordered_map<std::string, std::regex> regexes_;
  bool uses_patterns_ = false, uses_unique_items_ = false;
  bool uses_pattern_properties_ = false, needs_exact_numbers_ = false;
};

}  // namespace runnel::builtin

#include "schema_keywords.hpp"
