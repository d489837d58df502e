#include "config/yaml_value.hpp"

#include "config/byte_check.hpp"
#include "config/scalar.hpp"
#include "config/yaml_parser.hpp"
#include "routine/context.hpp"
#include "routine/spec.hpp"
#include "value/builder.hpp"

namespace runnel::core {
namespace {

Value scalar_of(Arena& arena, const YamlNode& node, bool& is_good) {
  if (node.is_text) return make_string(arena, node.text);
  const Scalar scalar = read_scalar(node.text);
  switch (scalar.type) {
    case ScalarType::null:
      return null_value();
    case ScalarType::boolean:
      return make_bool(scalar.boolean);
    case ScalarType::text:
      return make_string(arena, node.text);
    case ScalarType::integer:
    case ScalarType::number:
      break;
  }
  if (scalar.integer) return make_int(*scalar.integer);
  is_good &= !scalar.json.empty();
  Value number = make_string(arena, scalar.json, RUNNEL_CLEAN);  // keeps its digits
  number.kind = RUNNEL_NUMBER;
  return number;
}

Value value_of(Arena& arena, const YamlNode& node, bool& is_good) {
  if (node.kind == NodeKind::list) {
    std::vector<Value> items;
    for (const YamlNode& item : node.items) items.push_back(value_of(arena, item, is_good));
    return make_array(arena, items);
  }
  if (node.kind == NodeKind::map) {
    std::vector<Member> members;
    for (const YamlEntry& entry : node.entries) {
      members.push_back({make_string(arena, entry.key.text), value_of(arena, entry.value, is_good)});
    }
    return make_object(arena, members);
  }
  return node.kind == NodeKind::null ? null_value() : scalar_of(arena, node, is_good);
}

Value parse(runnel_context* context, runnel_text yaml) {
  Mistakes mistakes;
  const YamlSource source("yaml", std::string(view(yaml)));
  if (!check_bytes(source, mistakes)) return missing();
  const auto tree = parse_yaml(source, mistakes);
  if (!tree || mistakes.errors() > 0) return missing();
  bool is_good = true;
  const Value value = value_of(*context->arena, *tree, is_good);
  return check_memory(*context) || !is_good ? missing() : value;
}

}  // namespace

const runnel_yaml& yaml_extension() {
  static constexpr runnel_yaml kTable = {sizeof(runnel_yaml), 0, parse};
  return kTable;
}

}  // namespace runnel::core
