// Texts with placeholders: "hello {data.user.name}". `{{` and `}}` stand for a brace, as does a `}` without an opening
// one.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/diagnostic.hpp"
#include "routine/expression.hpp"

namespace runnel::core {

struct TextPiece {
  std::string literal;           // what stands before the placeholder
  bool has_placeholder = false;  // only the last piece may have none
  ExpressionSource placeholder;
};

// The pieces, or the mistake.
std::optional<Diagnostic> split_text(const ExpressionSource&, std::vector<TextPiece>& out);

}  // namespace runnel::core
