// data_flattener: {"a": {"b": 1}} to {"a.b": 1}, and back.
#include <algorithm>
#include <charconv>
#include <runnel/routine.hpp>
#include <string>
#include <unordered_map>
#include <vector>

#include "field.hpp"

namespace {

using runnel::Value;
using runnel::builtin::Field;

constexpr int64_t kDeepest = 256;  // no value is nested deeper

// Builds the nested form out of flat keys.
class Nest {
 public:
  Nest(std::string_view separator, size_t max_depth, bool makes_arrays)
      : separator_(separator), max_depth_(max_depth), makes_arrays_(makes_arrays) {}

  Value build(runnel::Activation& in, const Value& flat) {
    nodes_.assign(1, {});
    by_path_.clear();
    for (uint32_t i = 0; i < flat.size(); ++i) add(flat.member(i));
    members_.clear();
    return made(in, 0);
  }

 private:
  static constexpr uint32_t kNone = UINT32_MAX;
  struct Node {
    std::string_view key;
    Value value{};  // of a leaf
    bool is_leaf = false;
    uint32_t first = kNone, last = kNone, next = kNone, count = 0;
  };

  void add(const std::pair<std::string_view, Value>& member) {
    const auto& [path, value] = member;
    uint32_t at = 0;
    size_t from = 0;
    for (size_t depth = 1;; ++depth) {
      const size_t end = depth < max_depth_ ? path.find(separator_, from) : std::string_view::npos;
      const std::string_view part = path.substr(0, end);
      const auto [found, is_new] = by_path_.try_emplace(part, static_cast<uint32_t>(nodes_.size()));
      if (is_new) {
        const uint32_t child = found->second;
        nodes_.push_back({part.substr(from)});
        uint32_t& link = nodes_[at].first == kNone ? nodes_[at].first : nodes_[nodes_[at].last].next;
        link = nodes_[at].last = child;
        ++nodes_[at].count;
      }
      const bool is_last = end == std::string_view::npos;
      if (!is_new && (is_last || nodes_[found->second].is_leaf)) {
        runnel::fail("data_flattener.collision",
                     '"' + std::string(part) + "\" is the key of a value and leads to others, too");
      }
      at = found->second;
      if (is_last) break;
      from = end + separator_.size();
    }
    nodes_[at].is_leaf = true;
    nodes_[at].value = value;
  }

  Value made(runnel::Activation& in, uint32_t at) {
    if (nodes_[at].is_leaf) return nodes_[at].value;
    const size_t base = members_.size();
    for (uint32_t child = nodes_[at].first; child != kNone; child = nodes_[child].next) {
      members_.push_back({runnel::Text(nodes_[child].key).raw(), made(in, child).raw()});
    }
    const size_t count = members_.size() - base;
    const Value result = makes_arrays_ && at != 0 && sort_elements(base, count)
                             ? in.array(elements_.data(), count)
                             : in.object(members_.data() + base, count);
    members_.resize(base);
    return result;
  }

  // Keys "0" to "n-1", in any order, are a list.
  bool sort_elements(size_t base, size_t count) {
    elements_.assign(count, {});
    taken_.assign(count, false);
    for (size_t i = base; i < base + count; ++i) {
      const runnel_value key = members_[i].key;
      size_t index = 0;
      const auto [end, error] = std::from_chars(key.as.text, key.as.text + key.size, index);
      if (error != std::errc{} || end != key.as.text + key.size || index >= count || taken_[index]) return false;
      if (key.size > 1 && key.as.text[0] == '0') return false;
      elements_[index] = members_[i].value;
      taken_[index] = true;
    }
    return count > 0;
  }

  std::string_view separator_;
  size_t max_depth_;
  bool makes_arrays_;
  std::vector<Node> nodes_;  // scratch, all of it
  std::unordered_map<std::string_view, uint32_t> by_path_;
  std::vector<runnel_member> members_;
  std::vector<runnel_value> elements_;
  std::vector<bool> taken_;
};

class DataFlattener {
 public:
  explicit DataFlattener(runnel::Config config)
      : field_("data_flattener", config.string("field"), "field"),
        separator_(config.string("separator")),
        flattens_(config.string("mode") == "flatten"),
        flattens_arrays_(config.string("arrays") == "index"),
        max_depth_(depth(config)),
        nest_(separator_, max_depth_, flattens_arrays_) {
    if (separator_.empty()) throw runnel::ConfigError("separator", "must not be empty");
  }

  void activate(runnel::Activation& in) {
    const runnel::Items items = in.slot("input");
    for (uint32_t i = 0; i < items.size(); ++i) {
      in.emit("output", field_.change(in, items[i], [&](Value value) { return changed(in, value); }));
    }
  }

  static constexpr auto spec() {
    return runnel::routine("data_flattener", "Makes a nested object flat, or a flat one nested")
        .slot("input", "an object or a list, or an object that holds one")
        .event("output", "the flat object: {\"a.b\": 1, \"a.c.0\": 2}")
        .param("field", runnel::kind::string, "\"$\"",
               "path of what is flattened, within the item; $ is the item itself")
        .param("mode", runnel::kind::string, "\"flatten\"", "unflatten: {\"a.b\": 1} to {\"a\": {\"b\": 1}}")
        .choices("flatten|unflatten")
        .param("separator", runnel::kind::string, "\".\"", "between the parts of a key")
        .param("max_depth", runnel::kind::integer, "100", "most parts of a key; what lies deeper stays as it is")
        .param(
            "arrays", runnel::kind::string, "\"index\"",
            "index: elements of a list get their number as key, and keys 0 to n-1 are made a list again, but those of "
            "the flat object itself, which stays an object; keep: lists "
            "stay as they are")
        .choices("index|keep");
  }

 private:
  static size_t depth(const runnel::Config& config) {
    const int64_t depth = config.integer("max_depth");
    if (depth < 1 || depth > kDeepest) throw runnel::ConfigError("max_depth", "must be from 1 to 256");
    return static_cast<size_t>(depth);
  }

  Value changed(runnel::Activation& in, const Value& value) {
    if (value.is_null()) return value;
    const bool fits = value.is_object() || (flattens_ && flattens_arrays_ && value.is_array());
    if (!fits) {
      in.fail("data_flattener.type", (field_.is_item() ? "the item" : '"' + field_.path() + '"') + " is " +
                                         std::string(runnel::builtin::kind_name(value)) + ", not " +
                                         (flattens_ && flattens_arrays_ ? "an object or a list" : "an object"));
    }
    return flattens_ ? flattened(in, value) : nest_.build(in, value);
  }

  Value flattened(runnel::Activation& in, const Value& value) {
    keys_.clear();
    leaves_.clear();
    prefix_.clear();
    may_collide_ = separator_.find_first_of("0123456789") != std::string::npos;
    add_children(value, 1);
    members_.clear();
    for (const Leaf& leaf : leaves_) {
      const std::string_view key(keys_.data() + leaf.key_at, leaf.key_size);
      members_.push_back({runnel::Text(key).raw(), leaf.value});
    }
    if (may_collide_) refuse_collisions();
    return in.object(members_.data(), members_.size());
  }

  void add_children(const Value& value, size_t depth) {
    const size_t size = prefix_.size();
    for (uint32_t i = 0; i < value.size(); ++i) {
      if (depth > 1) prefix_ += separator_;
      if (value.is_object()) {
        const auto [key, child] = value.member(i);
        may_collide_ |= key.find_first_of(separator_) != std::string_view::npos;
        prefix_ += key;
        add(child, depth);
      } else {
        char index[16];
        prefix_.append(index, std::to_chars(index, index + sizeof index, i).ptr);
        add(value.at(i), depth);
      }
      prefix_.resize(size);
    }
  }

  void add(const Value& value, size_t depth) {
    const bool goes_on = value.size() > 0 && (value.is_object() || flattens_arrays_);
    if (goes_on && depth < max_depth_) return add_children(value, depth + 1);
    leaves_.push_back({keys_.size(), prefix_.size(), value.raw()});
    keys_ += prefix_;
  }

  // Two ways can lead to one key where a key holds (a part of) the separator.
  void refuse_collisions() {
    sorted_.clear();
    for (const runnel_member& member : members_) sorted_.emplace_back(member.key.as.text, member.key.size);
    std::sort(sorted_.begin(), sorted_.end());
    const auto twice = std::adjacent_find(sorted_.begin(), sorted_.end());
    if (twice == sorted_.end()) return;
    runnel::fail("data_flattener.collision", "two values would have the key \"" + std::string(*twice) +
                                                 "\": a key holds the separator \"" + separator_ +
                                                 "\"; choose another");
  }

  struct Leaf {
    size_t key_at, key_size;
    runnel_value value;
  };

  Field field_;
  std::string separator_;
  bool flattens_, flattens_arrays_;
  size_t max_depth_;
  Nest nest_;
  bool may_collide_ = false;
  std::string keys_, prefix_;  // scratch, all from here
  std::vector<Leaf> leaves_;
  std::vector<runnel_member> members_;
  std::vector<std::string_view> sorted_;
};

}  // namespace

RUNNEL_PLUGIN("data_flattener", "0.1.0", DataFlattener)
