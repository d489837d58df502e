#include "config/tree_builder.hpp"

#include <algorithm>

#include "config/tree_checks.hpp"
#include "config/yaml_parser.hpp"
#include "config/yaml_token.hpp"

namespace runnel::core {
namespace {

constexpr std::string_view kCorePrefix = "tag:yaml.org,2002:";
constexpr std::string_view kCoreTags[] = {"str", "int", "float", "bool", "null", "map", "seq"};

bool is_core(std::string_view tag) {
  if (tag.empty() || tag == "?" || tag == "!") return true;
  if (!tag.starts_with(kCorePrefix)) return false;
  tag.remove_prefix(kCorePrefix.size());
  return std::find(std::begin(kCoreTags), std::end(kCoreTags), tag) != std::end(kCoreTags);
}

bool is_core(std::string_view tag, std::string_view name) {
  return tag.starts_with(kCorePrefix) && tag.substr(kCorePrefix.size()) == name;
}

size_t word_length(std::string_view text, size_t offset) {
  return std::min(text.find_first_of(" \t\r\n,]}", offset), text.size()) - offset;
}

// How an explicit null is written at this place; empty when none is.
std::string_view null_at(std::string_view text, size_t offset) {
  for (const std::string_view spelling : {"null", "Null", "NULL", "~"}) {
    if (text.substr(offset, spelling.size()) != spelling) continue;
    const size_t end = offset + spelling.size();
    if (end == text.size() || std::string_view(" \t\r\n,]}:").find(text[end]) != std::string_view::npos)
      return spelling;
  }
  return {};
}

// An empty value has no place of its own.
void set_empty(YamlEntry& entry) {
  entry.value.text.clear();
  entry.value.offset = entry.key.offset;
  entry.value.length = entry.key.length;
}

}  // namespace

void TreeBuilder::stop(const Place& place, std::string message, std::string hint) {
  mistakes_.error(place, std::move(message), std::move(hint));
  throw ParseStopped{};
}

void TreeBuilder::check_tag(const std::string& tag, size_t offset) {
  if (is_core(tag)) return;
  const std::string_view text = source_.text();
  const size_t at = std::min(text.find('!', offset), text.size());
  const size_t length = word_length(text, at);
  mistakes_.error(source_.place(at, length), "tag " + quoted(text.substr(at, length)) + " is not allowed",
                  "only the core tags are: !!str, !!int, !!float, !!bool, !!null, !!map, !!seq");
}

std::optional<size_t> TreeBuilder::open_bracket() const {
  for (auto frame = frames_.rbegin(); frame != frames_.rend(); ++frame) {
    if (is_in_brackets(frame->node)) return frame->node.offset;
  }
  return std::nullopt;
}

std::optional<size_t> TreeBuilder::block_column() const {
  std::optional<size_t> column;
  for (const Frame& frame : frames_) {
    if (is_in_brackets(frame.node)) break;
    column = source_.place(frame.node.offset).column - 1;
  }
  return column;
}

void TreeBuilder::OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) {
  const size_t offset = position_(mark.pos);
  settle_null(offset);
  last_event_ = offset;
  YamlNode node;
  node.source = &source_;
  node.offset = skip_properties(source_.text(), offset);
  node.text = null_at(source_.text(), node.offset);
  node.length = std::max<size_t>(1, node.text.size());
  if (!frames_.empty()) {
    const Frame& frame = frames_.back();
    const bool is_block_value = frame.key && !open_bracket();
    if (is_block_value && !check_colon(*frame.key, offset, mistakes_)) throw ParseStopped{};
    if (frame.node.kind == NodeKind::list) check_item(frame.node, node, mistakes_);
  }
  add(std::move(node), anchor);
}

// The value added last looked like a written null and has the mark of the event that comes now, a key: it was empty.
void TreeBuilder::settle_null(size_t next_offset) {
  if (frames_.empty() || last_event_ != next_offset) return;
  Frame& frame = frames_.back();
  if (frame.key || frame.node.entries.empty()) return;
  YamlEntry& last = frame.node.entries.back();
  if (last.value.kind == NodeKind::null) set_empty(last);
}

void TreeBuilder::OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                           const std::string& value) {
  const size_t offset = position_(mark.pos);
  settle_null(offset);
  last_event_ = offset;
  check_tag(tag, offset);
  YamlNode node;
  node.kind = is_core(tag, "null") ? NodeKind::null : NodeKind::scalar;
  node.text = value;
  locate_scalar(node, source_, offset);
  node.is_text =
      tag == "!" || is_core(tag, "str") || (node.style != ScalarStyle::plain && !tag.starts_with(kCorePrefix));
  if (!check_scalar(node, block_column(), mistakes_)) throw ParseStopped{};
  add(std::move(node), anchor);
}

void TreeBuilder::OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                                  YAML::EmitterStyle::value) {
  begin_container(NodeKind::list, position_(mark.pos), tag, anchor);
}

void TreeBuilder::OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                             YAML::EmitterStyle::value) {
  begin_container(NodeKind::map, position_(mark.pos), tag, anchor);
}

void TreeBuilder::begin_container(NodeKind kind, size_t offset, const std::string& tag, YAML::anchor_t anchor) {
  settle_null(offset);
  last_event_ = offset;
  check_tag(tag, offset);
  Frame frame;
  frame.node.kind = kind;
  frame.node.source = &source_;
  frame.node.offset = skip_properties(source_.text(), offset);
  frame.anchor = anchor;
  if (!frames_.empty()) {
    // `[a: b]` holds a map without brackets, and yaml-cpp takes an open `[[` for the start of such.
    const YamlNode& parent = frames_.back().node;
    const bool is_pair =
        kind == NodeKind::map && parent.kind == NodeKind::list && is_in_brackets(parent) && !is_in_brackets(frame.node);
    frame.depth = frames_.back().depth + !is_pair;
  }
  if (frame.depth > kMostNesting) {
    stop(frame.node.place(), "nested deeper than " + std::to_string(kMostNesting) + " levels");
  }
  if (anchor) open_anchors_.insert(anchor);
  frames_.push_back(std::move(frame));
}

void TreeBuilder::end_container() {
  Frame frame = std::move(frames_.back());
  frames_.pop_back();
  if (frame.anchor) open_anchors_.erase(frame.anchor);
  add(std::move(frame.node), frame.anchor);
}

void TreeBuilder::OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) {
  const size_t offset = position_(mark.pos);
  settle_null(offset);
  last_event_ = offset;
  add(alias_copy(anchor, offset), 0);
}

YamlNode TreeBuilder::alias_copy(YAML::anchor_t anchor, size_t offset) {
  const size_t length = word_length(source_.text(), offset);
  const Place place = source_.place(offset, length);
  const std::string name = quoted(source_.text().substr(offset, length));
  if (open_anchors_.contains(anchor)) stop(place, "alias " + name + " stands inside its own anchor");
  const YamlNode& original = anchors_.at(anchor);
  const size_t nodes = nodes_of(original, kMostNodes);
  if (nodes_ + nodes > kMostNodes) {
    stop(place, "alias " + name + " makes the flow larger than " + std::to_string(kMostNodes) + " nodes");
  }
  if ((frames_.empty() ? 0 : frames_.back().depth) + nesting_of(original) > kMostNesting) {
    stop(place, "alias " + name + " nests deeper than " + std::to_string(kMostNesting) + " levels");
  }
  nodes_ += nodes - 1;  // add() counts the node itself
  YamlNode copy = original;
  copy.alias = offset;
  copy.alias_length = length;
  return copy;
}

void TreeBuilder::add(YamlNode node, YAML::anchor_t anchor) {
  ++nodes_;
  if (nodes_ > kMostNodes) {
    stop(node.place(), "the flow is larger than " + std::to_string(kMostNodes) + " nodes");
  }
  if (anchor) {
    nodes_ += nodes_of(node, kMostNodes);  // the copy counts too: anchors may nest
    anchors_[anchor] = node;
  }
  if (frames_.empty()) {
    root_ = std::move(node);
  } else if (frames_.back().node.kind == NodeKind::list) {
    frames_.back().node.items.push_back(std::move(node));
  } else if (!frames_.back().key) {
    add_key(frames_.back(), std::move(node));
  } else {
    add_entry(frames_.back(), std::move(node));
  }
}

void TreeBuilder::add_key(Frame& frame, YamlNode key) {
  if (key.kind == NodeKind::list || key.kind == NodeKind::map) {
    mistakes_.error(key.place(),
                    "a key must be text, not a " + std::string(key.kind == NodeKind::list ? "list" : "map"));
  }
  frame.key = std::move(key);
}

void TreeBuilder::add_entry(Frame& frame, YamlNode value) {
  YamlNode key = std::move(*frame.key);
  frame.key.reset();
  if (key.kind == NodeKind::list || key.kind == NodeKind::map) return;  // reported
  key.kind = NodeKind::scalar;
  const Place place = key.place();
  const size_t at = key.alias == YamlNode::kNotUsed ? key.offset : key.alias;
  const auto [first, is_new] = frame.places.emplace(key.text, at);
  if (!is_new) {
    mistakes_.error(place, "duplicate key " + quoted(key.text))
        .notes.push_back({source_.place(first->second, key.length), "first given here"});
    return;
  }
  frame.node.entries.push_back({std::move(key), std::move(value)});
  YamlEntry& added = frame.node.entries.back();
  if (added.value.kind == NodeKind::null && added.value.text.empty()) set_empty(added);
}

}  // namespace runnel::core
