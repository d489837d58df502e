#include "config/yaml_parser.hpp"

#include <yaml-cpp/parser.h>

#include <sstream>

#include "config/tree_builder.hpp"
#include "config/yaml_error.hpp"
#include "config/yaml_input.hpp"

namespace runnel::core {
namespace {

bool is_sentinel(const std::optional<YamlNode>& root) {
  return root && root->kind == NodeKind::scalar && root->text == YamlInput::kSentinel;
}

// What follows the one document although nothing may.
void report_rest(const YamlSource& source, size_t offset, Mistakes& mistakes) {
  const std::string_view text = source.text();
  if (text.substr(offset, 3) == "---") {
    mistakes.error(source.place(offset, 3), "a second document; a flow file holds one");
    return;
  }
  while (offset < text.size() && (text[offset] == ' ' || text[offset] == '\n' || text[offset] == '\r')) ++offset;
  mistakes.error(source.place(offset, source.rest_of_line(offset).size()), "text behind the end of the flow",
                 "a flow file holds one map and nothing behind it");
}

}  // namespace

std::optional<YamlNode> parse_yaml(const YamlSource& source, Mistakes& mistakes, size_t base) {
  const YamlInput input(source.text().substr(base));
  const auto position = [&](int mark) { return base + input.original(mark < 0 ? 0 : static_cast<size_t>(mark)); };
  std::istringstream stream(input.text());
  YAML::Parser parser;
  TreeBuilder document(source, mistakes, position);
  TreeBuilder behind(source, mistakes, position);
  TreeBuilder* current = &document;
  try {
    parser.Load(stream);
    parser.HandleNextDocument(document);
    std::optional<YamlNode> root = document.take_root();
    if (is_sentinel(root)) {
      mistakes.error(Place{source.name(), 0, 0, 1}, "the flow file is empty");
      return std::nullopt;
    }
    current = &behind;
    parser.HandleNextDocument(behind);
    if (!is_sentinel(behind.take_root())) {
      report_rest(source, behind.start(), mistakes);
      return std::nullopt;
    }
    // A sentinel of the user's own would hide what follows it.
    if (behind.start() < source.text().size()) {
      report_rest(source, behind.start(), mistakes);
      return std::nullopt;
    }
    return root;
  } catch (const ParseStopped&) {
  } catch (const YAML::Exception& error) {
    const int mark = error.mark.is_null() ? 0 : error.mark.pos;
    if (current == &behind && position(mark) < source.text().size()) {
      report_rest(source, behind.start() > 0 ? behind.start() : position(mark), mistakes);
    } else {
      report_yaml_error(error, position(mark), source, *current, mistakes);
    }
  }
  return std::nullopt;
}

}  // namespace runnel::core
