// Builds the tree of one document from yaml-cpp's events.
#pragma once

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/mark.h>

#include <functional>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "config/mistakes.hpp"
#include "config/yaml_tree.hpp"

namespace runnel::core {

// Ends the parse: the mistake has been reported.
struct ParseStopped {};

class TreeBuilder : public YAML::EventHandler {
 public:
  // `position` turns a mark's offset into one of the source.
  TreeBuilder(const YamlSource& source, Mistakes& mistakes, std::function<size_t(int)> position)
      : source_(source), mistakes_(mistakes), position_(std::move(position)) {}

  std::optional<YamlNode> take_root() { return std::move(root_); }
  size_t start() const { return start_; }  // of the document
  size_t last_event() const { return last_event_; }
  // Where the innermost `[` or `{` that is still open stands.
  std::optional<size_t> open_bracket() const;

  void OnDocumentStart(const YAML::Mark& mark) override { start_ = last_event_ = position_(mark.pos); }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override;
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override;
  void OnScalar(const YAML::Mark&, const std::string& tag, YAML::anchor_t, const std::string& value) override;
  void OnSequenceStart(const YAML::Mark&, const std::string& tag, YAML::anchor_t, YAML::EmitterStyle::value) override;
  void OnSequenceEnd() override { end_container(); }
  void OnMapStart(const YAML::Mark&, const std::string& tag, YAML::anchor_t, YAML::EmitterStyle::value) override;
  void OnMapEnd() override { end_container(); }

 private:
  struct Frame {
    YamlNode node;
    YAML::anchor_t anchor = 0;
    size_t depth = 1;                                // levels of nesting down to this one
    std::optional<YamlNode> key;                     // of a map: waits for its value
    std::unordered_map<std::string, size_t> places;  // of a map's keys
  };

  [[noreturn]] void stop(const Place&, std::string message, std::string hint = {});
  void check_tag(const std::string& tag, size_t offset);
  void begin_container(NodeKind, size_t offset, const std::string& tag, YAML::anchor_t);
  void end_container();
  void add(YamlNode, YAML::anchor_t);
  void add_entry(Frame&, YamlNode value);
  void add_key(Frame&, YamlNode key);
  void count(const YamlNode&);
  YamlNode alias_copy(YAML::anchor_t, size_t offset);
  // An empty value carries the mark of the next token, which may be a key `null`.
  void settle_null(size_t next_offset);
  // Of the innermost map or list written without brackets.
  std::optional<size_t> block_column() const;

  const YamlSource& source_;
  Mistakes& mistakes_;
  std::function<size_t(int)> position_;
  std::vector<Frame> frames_;
  std::optional<YamlNode> root_;
  std::unordered_map<YAML::anchor_t, YamlNode> anchors_;
  std::unordered_set<YAML::anchor_t> open_anchors_;
  size_t nodes_ = 0;
  size_t start_ = 0;
  size_t last_event_ = 0;
};

}  // namespace runnel::core
