// result_extractor: gets the structured data out of a text, such as the answer of a language model.
#include <runnel/yaml.h>

#include <algorithm>
#include <runnel/routine.hpp>
#include <string>
#include <vector>

#include "fenced_blocks.hpp"
#include "field.hpp"

namespace {

using runnel::Value;
using runnel::builtin::FencedBlock;
using runnel::builtin::kBlank;
using runnel::builtin::trimmed;

// Where the bracket that the text begins with is closed, or 0. Adds the bytes looked at to `seen`.
size_t balanced_end(std::string_view text, size_t& seen) {
  size_t depth = 0;
  bool is_quoted = false;
  for (size_t i = 0; i < text.size(); ++i, ++seen) {
    const char c = text[i];
    if (is_quoted) {
      if (c == '\\') {
        ++i;
      } else if (c == '"') {
        is_quoted = false;
      }
    } else if (c == '"') {
      is_quoted = true;
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if ((c == '}' || c == ']') && --depth == 0) {
      return i + 1;
    }
  }
  return 0;
}

// Something found, and how.
struct Found {
  Value data;
  std::string_view format;
  Value metadata;
  explicit operator bool() const { return !data.is_missing(); }
};

class ResultExtractor {
 public:
  explicit ResultExtractor(runnel::Config config)
      : field_(config.expression("field")),
        strategy_(config.string("strategy")),
        returns_original_(config.boolean("return_original_on_failure")) {
    const Value languages = config["code_block_languages"];
    for (uint32_t i = 0; i < languages.size(); ++i) {
      const auto language = languages.at(i).as_string();
      if (!language) {
        throw runnel::ConfigError("code_block_languages[" + std::to_string(i) + ']', "must be the name of a language");
      }
      languages_.emplace_back(*language);
    }
  }

  void activate(runnel::Activation& in) {
    const runnel::Items items = in.slot("input");
    for (uint32_t i = 0; i < items.size(); ++i) {
      const Value source = in.evaluate(field_, items[i]);
      if (in.has_failed()) return;
      Found found = strategy_ == "all" ? find_all(in, source) : find(in, source);
      if (!found && !returns_original_) {
        in.fail("result_extractor.nothing", "nothing to extract in " + runnel::builtin::shown(source));
      }
      if (!found) found = {source, kind_of(source), in.object({{"extractor", nullptr}})};
      in.emit("output", {{"data", found.data}, {"format", found.format}, {"metadata", found.metadata}});
    }
  }

  static constexpr auto spec() {
    return runnel::routine("result_extractor", "Gets structured data out of a text")
        .slot("input", "a text such as a language model's answer, or an object that holds one")
        .event("output",
               "object with data, format (json, yaml, the language of a code block, interpreter_output, object, list, "
               "text) and metadata {extractor, block_count, block_index}; extractor is null when nothing was found and "
               "data is the original")
        .param("field", runnel::kind::value, "\"$\"",
               "path of the text in the item, or an expression; $ is the item itself")
        .param(
            "strategy", runnel::kind::string, "\"auto\"",
            "auto: the first of a ```json block, the whole text as JSON, a ```yaml block, another code block, a JSON "
            "object or list within the text (a list of one number is taken for a footnote); json, yaml, code: only "
            "that; all: every block, data is a list. The last block that can be read counts")
        .choices("auto|json|yaml|code|all")
        .param("code_block_languages", runnel::kind::array, "[]",
               "only code blocks of these languages, in this order; empty: any, the last one")
        .param("return_original_on_failure", runnel::kind::boolean, "true",
               "false: an item without anything to extract is the error result_extractor.nothing");
  }

 private:
  static std::string_view kind_of(const Value& value) {
    if (value.is_string()) return "text";
    if (value.is_array()) return "list";
    if (value.is_object()) return "object";
    return value.is_null() ? "null" : value.is_bool() ? "boolean" : "number";
  }

  Found find(runnel::Activation& in, const Value& source) {
    if (source.is_array()) {
      if (const Found output = interpreter_output(in, source)) return output;
    }
    if (source.is_array() || source.is_object()) {
      return {source, kind_of(source), in.object({{"extractor", "direct"}})};
    }
    const auto text = source.as_string();
    if (!text) return {};
    fences_.read(*text, blocks_);
    const bool is_auto = strategy_ == "auto";
    if (is_auto || strategy_ == "json") {
      if (const Found found = json_block(in)) return found;
      if (const Found found = whole_json(in, *text)) return found;
    }
    if (is_auto || strategy_ == "yaml") {
      if (const Found found = yaml_block(in)) return found;
    }
    if (is_auto || strategy_ == "code") {
      if (const Found found = code_block(in)) return found;
    }
    if (is_auto || strategy_ == "json") return json_within(in, *text);
    return {};
  }

  Found find_all(runnel::Activation& in, const Value& source) {
    found_.clear();
    data_.clear();
    const auto text = source.as_string();
    if (text) {
      fences_.read(*text, blocks_);
      for (size_t i = 0; i < blocks_.size(); ++i) {
        const bool may_be_json = is_json(blocks_[i]);
        const Value value = may_be_json           ? in.parse(trimmed(blocks_[i].text))
                            : is_yaml(blocks_[i]) ? parse_yaml(in, blocks_[i].text)
                                                  : Value();
        if (value.is_missing()) {
          add(in, {in.string(blocks_[i].text), language_of(blocks_[i]), metadata(in, "code_block", i)});
        } else {
          add(in, {value, may_be_json ? "json" : "yaml",
                   metadata(in, may_be_json ? "json_code_block" : "yaml_code_block", i)});
        }
      }
      if (found_.empty()) add(in, whole_json(in, *text));
      if (found_.empty()) add(in, json_within(in, *text));
    } else {
      add(in, find(in, source));
    }
    if (found_.empty()) return {};
    return {in.array(data_.data(), data_.size()), "multi",
            in.object({{"count", found_.size()}, {"extractions", in.array(found_.data(), found_.size())}})};
  }

  void add(runnel::Activation& in, const Found& found) {
    if (!found) return;
    data_.push_back(found.data.raw());
    found_.push_back(in.object({{"data", found.data}, {"format", found.format}, {"metadata", found.metadata}}).raw());
  }

  // The lists of outputs that code interpreters give: [{"format": "output", "content": "..."}].
  static Found interpreter_output(runnel::Activation& in, const Value& source) {
    std::string text;
    int64_t count = 0;
    bool is_output = false;
    for (uint32_t i = 0; i < source.size(); ++i) {
      Value line = source.at(i);
      if (line.is_object()) {
        is_output |= !line["format"].is_missing() && !line["content"].is_missing();
        if (line["format"].string_or("") != "output") continue;
        line = line["content"];
      }
      const std::string content = line.is_string() ? line.string_or("") : line.is_null() ? "" : line.json();
      if (trimmed(content).empty()) continue;
      if (count++) text += '\n';
      text += content;
    }
    if (!is_output || count == 0) return {};
    return {in.string(text), "interpreter_output",
            in.object({{"extractor", "interpreter_output"}, {"output_count", count}})};
  }

  static bool is_json(const FencedBlock& block) {
    return block.language.empty() || block.language == "json" || block.language == "jsonc" || block.language == "json5";
  }
  static bool is_yaml(const FencedBlock& block) { return block.language == "yaml" || block.language == "yml"; }
  static std::string_view language_of(const FencedBlock& block) {
    if (is_yaml(block)) return "yaml";
    return block.language.empty() ? std::string_view("text") : std::string_view(block.language);
  }

  Value metadata(runnel::Activation& in, std::string_view extractor, size_t index) const {
    return in.object({{"extractor", extractor}, {"block_count", blocks_.size()}, {"block_index", index}});
  }

  Found json_block(runnel::Activation& in) const {
    for (size_t i = blocks_.size(); i-- > 0;) {
      if (!is_json(blocks_[i])) continue;
      const Value value = in.parse(trimmed(blocks_[i].text));
      const bool fits = !value.is_missing() && (!blocks_[i].language.empty() || value.is_object() || value.is_array());
      if (fits) return {value, "json", metadata(in, "json_code_block", i)};
    }
    return {};
  }

  static Found whole_json(runnel::Activation& in, std::string_view text) {
    text = trimmed(text);
    if (text.empty() || (text[0] != '{' && text[0] != '[')) return {};
    const Value value = in.parse(text);
    if (value.is_missing()) return {};
    return {value, "json", in.object({{"extractor", "json_string"}})};
  }

  template <class Fits>
  Found last_block(runnel::Activation& in, std::string_view extractor, Fits&& fits) const {
    for (size_t i = blocks_.size(); i-- > 0;) {
      if (fits(blocks_[i])) return {in.string(blocks_[i].text), language_of(blocks_[i]), metadata(in, extractor, i)};
    }
    return {};
  }

  Found yaml_block(runnel::Activation& in) const {
    for (size_t i = blocks_.size(); i-- > 0;) {
      if (!is_yaml(blocks_[i])) continue;
      const Value value = parse_yaml(in, blocks_[i].text);
      if (!value.is_missing()) return {value, "yaml", metadata(in, "yaml_code_block", i)};
    }
    return {};
  }

  // Missing where the host has no YAML.
  Value parse_yaml(runnel::Activation& in, std::string_view text) const {
    if (!yaml_) return {};
    return {in.raw(), yaml_->parse(in.raw(), runnel::detail::text(text))};
  }

  Found code_block(runnel::Activation& in) const {
    if (languages_.empty()) {  // a JSON block that got here is broken, so no data; as code it is as good as any
      const bool takes_json = strategy_ == "code";
      return last_block(in, "code_block", [&](const FencedBlock& b) { return takes_json || b.language != "json"; });
    }
    for (const std::string& language : languages_) {
      const auto fits = [&](const FencedBlock& block) { return block.language == language; };
      if (const Found found = last_block(in, "code_block", fits)) return found;
    }
    return {};
  }

  // The first object or list in prose. Brackets that close nothing are many in some texts: work is limited.
  static Found json_within(runnel::Activation& in, std::string_view text) {
    constexpr size_t kMostPasses = 16;
    size_t seen = 0;
    for (size_t at = text.find_first_of("{["); at != std::string_view::npos; at = text.find_first_of("{[", at + 1)) {
      const size_t next = text.find_first_not_of(kBlank, at + 1);
      if (next == std::string_view::npos || seen > kMostPasses * text.size()) break;
      const bool may_be = text[at] == '{'
                              ? text[next] == '"' || text[next] == '}'
                              : std::string_view("{[\"]-0123456789tfn").find(text[next]) != std::string_view::npos;
      const size_t size = may_be ? balanced_end(text.substr(at), seen) : 0;
      if (size == 0) continue;
      const Value value = in.parse(text.substr(at, size));
      seen += size;
      const bool is_footnote = value.is_array() && value.size() == 1 && value.at(0).is_number();
      if (!value.is_missing() && !is_footnote) return {value, "json", in.object({{"extractor", "json_within_text"}})};
    }
    return {};
  }

  runnel::Expression field_;
  std::string strategy_;
  bool returns_original_;
  std::vector<std::string> languages_;
  const runnel_yaml* yaml_ =
      static_cast<const runnel_yaml*>(runnel::detail::host->get_extension(runnel::detail::text(RUNNEL_YAML_EXTENSION)));
  runnel::builtin::FencedBlocks fences_;
  std::vector<FencedBlock> blocks_;  // scratch, of one item
  std::vector<runnel_value> found_, data_;
};

}  // namespace

RUNNEL_PLUGIN("result_extractor", "0.1.0", ResultExtractor)
