// What yaml-cpp's events do not tell, read from the source text: how a scalar is written, and where its bytes stand.
#pragma once

#include "config/yaml_tree.hpp"
#include "routine/expression.hpp"

namespace runnel::core {

// From the mark of an event to the node itself, behind `&anchor` and `!tag`.
size_t skip_properties(std::string_view text, size_t offset);
// Fills in style, offset and length of a scalar whose event has its mark at `offset`.
void locate_scalar(YamlNode&, const YamlSource&, size_t offset);

// The place of byte `at` of the scalar's value. Where folding leaves no exact place: the scalar's.
Place place_inside(const YamlNode& scalar, size_t at, size_t length = 1);

// The scalar's text from byte `from` on, and where it stands.
ExpressionSource expression_source(const YamlNode& scalar, size_t from = 0);

}  // namespace runnel::core
