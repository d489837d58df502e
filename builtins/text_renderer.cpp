// text_renderer: renders a text from an item: by a text with placeholders, or the item's own structure in tags or as a
// Markdown list.
#include <runnel/routine.hpp>
#include <string>

#include "field.hpp"

namespace {

using runnel::builtin::Field;

// U+FFFD stands for what XML cannot hold, even escaped: control characters but tab and line breaks, U+FFFE and U+FFFF.
void add_escaped(std::string& out, std::string_view text) {
  constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const std::string_view three = text.substr(i, 3);
    if (three == "\xEF\xBF\xBE" || three == "\xEF\xBF\xBF") {
      out += kReplacement;
      i += 2;
      continue;
    }
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r') {
          out += kReplacement;
        } else {
          out += c;
        }
    }
  }
}

// Letters, digits, "_", "-" and ".", not a digit first; bytes above ASCII are taken for letters.
bool is_tag_name(std::string_view name) {
  if (name.empty() || name[0] == '-' || name[0] == '.' || (name[0] >= '0' && name[0] <= '9')) return false;
  for (const char c : name) {
    const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c & 0x80);
    if (!is_letter && !(c >= '0' && c <= '9') && c != '-' && c != '.') return false;
  }
  return true;
}

class TextRenderer {
 public:
  explicit TextRenderer(runnel::Config config)
      : text_(config.expression("text")),
        source_(config.expression("source")),
        field_("text_renderer", config.string("field"), "field"),
        is_xml_(config.string("tag_format") == "xml"),
        indent_(config.string("indent")) {}

  void activate(runnel::Activation& in) {
    const runnel::Items items = in.slot("input");
    for (uint32_t i = 0; i < items.size(); ++i) {
      runnel::Value text;
      if (text_) {
        text = in.evaluate(text_, items[i]);
      } else {
        const runnel::Value source = in.evaluate(source_, items[i]);
        if (in.has_failed()) return;
        out_.clear();
        render(source);
        text = in.string(out_);
      }
      if (in.has_failed()) return;
      in.emit("output", field_.replace(in, items[i], text));
    }
  }

  static constexpr auto spec() {
    return runnel::routine("text_renderer", "Renders a text from the item")
        .slot("input", "anything")
        .event("output", "the item with the text in it, or the text")
        .param("text", runnel::kind::text, "",
               "the text, with {placeholders}; without it the structure of the source is rendered")
        .param("source", runnel::kind::value, "\"$\"",
               "what is rendered when there is no text: a path in the item or an expression; $ is the item itself")
        .param("field", runnel::kind::string, "\"rendered_text\"",
               "path in the item the text is put at; $: the text itself is emitted")
        .param("tag_format", runnel::kind::string, "\"xml\"",
               "xml: <name>Ann</name>, elements of a list as <item_0>, U+FFFD for characters XML cannot hold; "
               "markdown: a list, - **name**: Ann")
        .choices("xml|markdown")
        .param("indent", runnel::kind::string, "\"  \"", "before each line, once per level");
  }

 private:
  void render(const runnel::Value& value) {
    if (!value.is_object() && !value.is_array()) return add_scalar(value, 0);
    render_children(value, 0);
  }

  void new_line(size_t level) {
    if (!out_.empty()) out_ += '\n';
    for (size_t i = 0; i < level; ++i) out_ += indent_;
  }

  void render_children(const runnel::Value& value, size_t level) {
    for (uint32_t i = 0; i < value.size(); ++i) {
      new_line(level);
      if (value.is_object()) {
        const auto [key, child] = value.member(i);
        is_xml_ ? add_element(key, child, level) : add_entry(key, child, level);
      } else if (is_xml_) {
        add_element("item_" + std::to_string(i), value.at(i), level);
      } else {
        out_ += '-';
        add_below(value.at(i), level);
      }
    }
  }

  void add_element(std::string_view name, const runnel::Value& child, size_t level) {
    const bool is_named = is_tag_name(name);
    if (is_named) {
      out_.append("<").append(name).append(">");
    } else {
      out_ += "<entry key=\"";
      add_escaped(out_, name);
      out_ += "\">";
    }
    if (child.size() > 0) {
      render_children(child, level + 1);
      new_line(level);
    } else if (!child.is_null() && !child.is_array() && !child.is_object()) {
      add_scalar(child, level);
    }
    out_.append("</").append(is_named ? name : "entry").append(">");
  }

  void add_entry(std::string_view key, const runnel::Value& child, size_t level) {
    out_.append("- **").append(key).append("**:");
    add_below(child, level);
  }

  void add_below(const runnel::Value& child, size_t level) {
    if (child.size() > 0) return render_children(child, level + 1);
    out_ += ' ';
    if (child.is_array() || child.is_object()) {
      out_ += child.is_array() ? "[]" : "{}";
    } else {
      add_scalar(child, level + 1);
    }
  }

  void add_scalar(const runnel::Value& value, size_t level) {
    const auto text = value.as_string();
    if (!text) {
      if (!value.is_null() || !is_xml_) out_ += value.json();
    } else if (is_xml_) {
      add_escaped(out_, *text);
    } else {
      for (const char c : *text) {  // what follows a line break stays below its entry
        if (c == '\n') {
          new_line(level);
        } else {
          out_ += c;
        }
      }
    }
  }

  runnel::Expression text_, source_;
  Field field_;
  bool is_xml_;
  std::string indent_;
  std::string out_;  // scratch
};

}  // namespace

RUNNEL_PLUGIN("text_renderer", "0.1.0", TextRenderer)
