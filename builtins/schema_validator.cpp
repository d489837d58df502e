// schema_validator: checks items against a JSON Schema, by valijson (draft 7 and what of newer drafts can be put in its
// words). valijson trusts its input; the guards are here and in schema_rewrite.hpp.
#include <runnel/routine.hpp>
#include <string>
#include <unordered_map>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validation_visitor.hpp>
#include <vector>

#include "big_stack.hpp"
#include "schema_file.hpp"
#include "schema_rewrite.hpp"

namespace {

using nlohmann::json;
using Adapter = valijson::adapters::NlohmannJsonAdapter;
using Error = valijson::ValidationResults::Error;
using runnel::Value;
using runnel::builtin::SchemaMistake;
using runnel::builtin::SchemaPlace;
using runnel::builtin::SchemaRewriter;

constexpr size_t kBigStack = size_t{256} * 1024 * 1024;  // of which only what is used is ever there
constexpr size_t kManyLevels = 256;                      // more than this is checked on the big stack
constexpr size_t kMostName = 256;                        // bytes of a name; see SchemaRewriter::check_cost
constexpr size_t kMostSubject = 4096;       // bytes std::regex may be asked to match: its recursion can be as deep
constexpr uint32_t kMostUniqueItems = 500;  // valijson compares each with each, and reports each pair

// Why an item cannot be checked.
struct BadSubject {
  std::string message;
};

class SchemaValidator {
 public:
  explicit SchemaValidator(runnel::Config config) {
    const bool is_inline = !config["schema"].is_null(), is_file = !config["schema_file"].is_null();
    if (is_inline == is_file) {
      throw runnel::ConfigError(is_file ? "schema_file" : "", is_file ? "stands beside \"schema\"; give one of the two"
                                                                      : "needs \"schema\" or \"schema_file\"");
    }
    const json schema = is_inline ? from_config(config["schema"], "schema")
                                  : runnel::builtin::read_schema_file(config.string("schema_file"));
    try {
      SchemaRewriter rewriter(schema);
      regexes_ = rewriter.take_regexes();
      uses_patterns_ = rewriter.uses_patterns();
      in_place_ = rewriter.in_place_levels();
      uses_unique_items_ = rewriter.uses_unique_items();
      uses_pattern_properties_ = rewriter.uses_pattern_properties();
      needs_exact_numbers_ = rewriter.needs_exact_numbers();
      for (const SchemaMistake& warning : rewriter.warnings()) {
        config.warn(path_of(warning, is_inline), message_of(warning, is_inline));
      }
      // valijson follows references as deep as they go, with kilobytes for each.
      runnel::builtin::on_big_stack(kBigStack, [&] {
        valijson::SchemaParser parser(valijson::SchemaParser::kDraft7);
        parser.populateSchema(Adapter(rewriter.schema()), schema_);
      });
    } catch (const SchemaMistake& mistake) {
      throw runnel::ConfigError(path_of(mistake, is_inline), message_of(mistake, is_inline));
    } catch (const std::exception& error) {  // what valijson refuses in its own words
      throw runnel::ConfigError(is_inline ? "schema" : "schema_file", error.what());
    }
  }

  void activate(runnel::Activation& in) {
    const runnel::Items items = in.slot("input");
    for (uint32_t i = 0; i < items.size(); ++i) {
      errors_.clear();
      if (is_valid(in, items[i])) {
        in.emit("valid", items[i]);
      } else {
        in.emit("invalid", {{"data", items[i]}, {"errors", in.array(errors_.data(), errors_.size())}});
      }
    }
  }

  static void resolve(runnel::Config config, runnel::Ports& ports) {
    if (!config["schema_file"].is_null()) ports.add_flag(RUNNEL_REACHES_OUT);
  }

  static constexpr auto spec() {
    return runnel::routine("schema_validator", "Checks the item against a JSON Schema")
        .slot("input", "anything")
        .event("valid", "the item itself")
        .event("invalid", "object with data (the item) and errors: [{pointer, keyword, message}], all of them")
        .param(
            "schema", runnel::kind::object, "",
            "the schema, of draft 7; of newer drafts $defs, prefixItems, dependentRequired and dependentSchemas are "
            "understood, too. What is not enforced (format, unevaluatedProperties, ...) is warned about; no other "
            "document is fetched. Patterns see bytes, without back-references: texts over 4096 bytes are an error "
            "of the item "
            "where a schema has patterns, as are names over 256 bytes where it has patternProperties (whose patterns "
            "may not repeat groups) and lists of over 500 elements where it has uniqueItems. Integers beyond 64 bits "
            "are refused in the schema and an error of the item; so are numbers of 2^53 or more in an item where "
            "the schema has a bound, enum or const from 2^53 to 2^63, multipleOf or uniqueItems, which compare in "
            "floating point")
        .param("schema_file", runnel::kind::string, "",
               "a JSON file with the schema instead, relative to the working directory; read when the flow is loaded");
  }

 private:
  // Where in the configuration: schema.properties.a.type; of a file there is only its parameter.
  static std::string path_of(const SchemaMistake& mistake, bool is_inline) {
    std::string path = is_inline ? "schema" : "schema_file";
    for (const json& step : mistake.place) {
      if (is_inline) path += step.is_number() ? '[' + step.dump() + ']' : '.' + step.get<std::string>();
    }
    return path;
  }
  static std::string message_of(const SchemaMistake& mistake, bool is_inline) {
    return (is_inline ? "" : '#' + runnel::builtin::to_pointer(mistake.place) + ' ') + mistake.message;
  }

  static json from_config(const Value& value, const std::string& path) {
    if (value.raw().kind == RUNNEL_EXPRESSION) {
      throw runnel::ConfigError(path,
                                "text with a leading \"=\" is an expression here; put the schema into a schema_file");
    }
    if (value.is_object()) {
      json out = json::object();
      for (uint32_t i = 0; i < value.size(); ++i) {
        const auto [key, child] = value.member(i);
        out[std::string(key)] = from_config(child, path + '.' + std::string(key));
      }
      return out;
    }
    if (value.is_array()) {
      json out = json::array();
      for (uint32_t i = 0; i < value.size(); ++i)
        out.push_back(from_config(value.at(i), path + '[' + std::to_string(i) + ']'));
      return out;
    }
    try {
      return scalar(value);
    } catch (const BadSubject& bad) {
      throw runnel::ConfigError(path, bad.message);
    }
  }

  static json scalar(const Value& value) {
    if (value.is_null()) return nullptr;
    if (value.is_bool()) return value.bool_or(false);
    if (const auto text = value.as_string()) return *text;
    if (const auto integer = value.as_int()) return *integer;
    const auto number = value.as_number();
    const bool is_integer =
        value.raw().kind == RUNNEL_NUMBER && value.json().find_first_of(".eE") == std::string::npos;  // of over 64 bits
    if (!number || is_integer) throw BadSubject{"the number " + value.json() + " is beyond what can be checked"};
    return runnel::builtin::normal_number(*number);
  }

  // Recursion is as deep as a value, 256 levels.
  json to_json(const Value& value, size_t depth) {
    deepest_ = std::max(deepest_, depth);
    if (value.is_object()) {
      json out = json::object();
      auto& members = out.get_ref<json::object_t&>();
      for (uint32_t i = 0; i < value.size(); ++i) {
        const auto [key, child] = value.member(i);
        check_length(key.size());
        check_name(key.size());
        members.emplace(std::string(key), to_json(child, depth + 1));
      }
      return out;
    }
    if (value.is_array()) {
      if (uses_unique_items_ && value.size() > kMostUniqueItems) {
        throw BadSubject{"a list of " + std::to_string(value.size()) +
                         " elements; with uniqueItems in the schema at most 500 can be checked"};
      }
      json out = json::array();
      for (uint32_t i = 0; i < value.size(); ++i) out.push_back(to_json(value.at(i), depth + 1));
      return out;
    }
    if (const auto text = value.as_string()) check_length(text->size());
    json out = scalar(value);
    const bool is_exact = !out.is_number() || std::abs(out.get<double>()) < runnel::builtin::kExact;
    if (needs_exact_numbers_ && !is_exact) {
      throw BadSubject{
          "the number " + value.json() +
          "; with multipleOf, uniqueItems or numbers over 2^53 in the schema it cannot be checked exactly"};
    }
    return out;
  }

  void check_name(size_t size) const {
    if (!uses_pattern_properties_ || size <= kMostName) return;
    throw BadSubject{"a name of " + std::to_string(size) +
                     " bytes; with patternProperties in the schema at most 256 can be checked"};
  }

  void check_length(size_t size) const {
    if (!uses_patterns_ || size <= kMostSubject) return;
    throw BadSubject{"a text of " + std::to_string(size) +
                     " bytes; with patterns in the schema at most 4096 can be checked"};
  }

  bool is_valid(runnel::Activation& in, const Value& item) {
    try {
      deepest_ = 0;
      const json subject = to_json(item, 1);
      valijson::ValidationResults results;
      bool is_valid = false;
      const auto validate = [&] {  // as valijson::Validator would, but with regular expressions of ours
        valijson::ValidationVisitor<Adapter> visitor(Adapter(subject), {}, true, &results, regexes_);
        is_valid = visitor.validateSchema(schema_);
      };
      const bool is_deep = deepest_ * (in_place_ + 1) > kManyLevels;
      is_deep ? runnel::builtin::on_big_stack(kBigStack, validate) : validate();
      if (is_valid) return true;
      report(in, results);
      return false;
    } catch (const BadSubject& bad) {
      in.fail("schema_validator.subject", bad.message);
    } catch (const std::regex_error&) {
      in.fail("schema_validator.subject", "a pattern of the schema takes too much to match this item");
    }
  }

  // valijson says of each level above a mistake that something below failed; only the mistake itself is of use.
  void report(runnel::Activation& in, const valijson::ValidationResults& results) {
    std::vector<const Error*> all;
    for (const Error& error : results) all.push_back(&error);
    const Error* last = nullptr;
    for (size_t i = 0; i < all.size(); ++i) {
      if (is_echo(*all[i]) && has_cause(all, i)) continue;
      const std::string_view keyword = keyword_of(all[i]->description);
      // Of equal elements each pair is reported; one is enough.
      if (keyword == "uniqueItems" && last && last->context == all[i]->context) continue;
      last = keyword == "uniqueItems" ? all[i] : nullptr;
      add_error(in, *all[i], keyword);
    }
    if (errors_.empty()) add_error(in, {{}, "The item does not match its schema."}, "");
  }

  static bool is_echo(const Error& error) {
    for (const char* start :
         {"Failed to validate against schema associated with", "Failed to validate item #", "Cannot validate item #",
          "Failed to validate against additional properties schema", "Failed to validate against child schema #",
          "Failed to validate against dependent schema", "Failed to validate against a conditional schema"}) {
      if (error.description.starts_with(start)) return true;
    }
    return false;
  }

  // Something there or deeper, reported before.
  static bool has_cause(const std::vector<const Error*>& all, size_t echo) {
    const auto& above = all[echo]->context;
    const std::string name = property_of(all[echo]->description);
    for (size_t i = echo; i-- > 0;) {
      const auto& place = all[i]->context;
      if (place.size() < above.size() || !std::equal(above.begin(), above.end(), place.begin())) continue;
      if (name.empty() || (place.size() > above.size() && place[above.size()] == name)) return true;
    }
    return false;
  }
  // [a] of "... property name 'a'.": the step the message is about.
  static std::string property_of(const std::string& message) {
    constexpr std::string_view kBefore = "property name '";
    const size_t at = message.find(kBefore);
    if (at == std::string::npos) return "";
    return '[' + message.substr(at + kBefore.size(), message.size() - at - kBefore.size() - 2) + ']';
  }

  void add_error(runnel::Activation& in, const Error& error, std::string_view keyword) {
    SchemaPlace place;
    const auto add_step = [&](const std::string& step) { place.emplace_back(step.substr(1, step.size() - 2)); };
    for (const std::string& step : error.context) add_step(step);
    std::string message = error.description;
    if (const std::string name = property_of(message); !name.empty()) {  // false, or propertyNames, which say nothing
      add_step(name);
      message = "Value does not match its schema.";
      keyword = "";
    }
    if (message.starts_with("Expected number") || message.starts_with("Value should be a multiple")) {
      const size_t last = message.find_last_not_of('0');  // of 10.500000, as std::to_string writes
      message.erase(message[last] == '.' ? last : last + 1);
    }
    errors_.push_back(
        in.object({{"pointer", runnel::builtin::to_pointer(place)}, {"keyword", keyword}, {"message", message}}).raw());
  }

  static std::string_view keyword_of(std::string_view message) {
    struct Known {
      std::string_view part, keyword;
    };
    static constexpr Known kKnown[] = {{"'type' constraint", "type"},
                                       {"Missing required property", "required"},
                                       {"Missing dependency", "dependencies"},
                                       {"dependent schema", "dependencies"},
                                       {"any enum values", "enum"},
                                       {"'const' constraint", "const"},
                                       {"'contains' constraint", "contains"},
                                       {"'pattern' constraint", "pattern"},
                                       {"a property that could not be validated", "additionalProperties"},
                                       {"additional properties schema", "additionalProperties"},
                                       {"associated with pattern", "patternProperties"},
                                       {"anyOf constraint", "anyOf"},
                                       {"if-then-else", "if"},
                                       {"exactly one child schema", "oneOf"},
                                       {"allowed by oneOf", "oneOf"},
                                       {"number less than or equal", "maximum"},
                                       {"number less than", "exclusiveMaximum"},
                                       {"number greater than or equal", "minimum"},
                                       {"number greater than", "exclusiveMinimum"},
                                       {"multiple of", "multipleOf"},
                                       {"Array should contain no more", "maxItems"},
                                       {"Array should contain no fewer", "minItems"},
                                       {"String should be no more", "maxLength"},
                                       {"String should be no fewer", "minLength"},
                                       {"Object should have no more", "maxProperties"},
                                       {"Object should have no fewer", "minProperties"},
                                       {"more items than allowed", "additionalItems"},
                                       {"Elements at indexes", "uniqueItems"},
                                       {" item #", "items"},
                                       {"should not validate", "not"}};
    for (const Known& known : kKnown) {
      if (message.find(known.part) != std::string_view::npos) return known.keyword;
    }
    return "";
  }

  valijson::Schema schema_;
  std::unordered_map<std::string, std::regex> regexes_;
  bool uses_patterns_ = false, uses_unique_items_ = false;
  bool uses_pattern_properties_ = false, needs_exact_numbers_ = false;
  size_t in_place_ = 0;               // most subschemas within each other for one value
  size_t deepest_ = 0;                // of one item
  std::vector<runnel_value> errors_;  // scratch, of one item
};

}  // namespace

RUNNEL_PLUGIN("schema_validator", "0.1.0", SchemaValidator)
