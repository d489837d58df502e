#include "script/text.hpp"

#include "script/places.hpp"
#include "script/tokens.hpp"

namespace runnel::core {
namespace {

// Offset of the brace that closes the placeholder whose expression begins at `begin`, or npos.
size_t closing_brace(std::string_view text, size_t begin) {
  Tokenizer tokenizer(text, begin);
  int depth = 0;
  for (Token token = tokenizer.next(); token.kind != TokenKind::end; token = tokenizer.next()) {
    if (token.kind != TokenKind::symbol) continue;
    if (token.is("{")) ++depth;
    if (token.is("}") && depth-- == 0) return token.offset;
  }
  return std::string_view::npos;
}

Diagnostic mistake(const ExpressionSource& source, size_t offset, std::string message, std::string hint) {
  return Diagnostic{Severity::error, place_of_offset(source, offset), std::move(message), std::move(hint), {}};
}

}  // namespace

std::optional<Diagnostic> split_text(const ExpressionSource& source, std::vector<TextPiece>& out) {
  const std::string_view text = source.text;
  TextPiece piece;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool doubled = i + 1 < text.size() && text[i + 1] == text[i];
    if ((text[i] == '{' || text[i] == '}') && doubled) {
      piece.literal += text[i++];
    } else if (text[i] != '{') {
      piece.literal += text[i];
    } else {
      const size_t close = closing_brace(text, i + 1);
      if (close == std::string_view::npos) {
        return mistake(source, i, "a placeholder is not closed", "write {{ for a brace");
      }
      piece.has_placeholder = true;
      piece.placeholder = part_of(source, i + 1, close);
      if (tokens_of(piece.placeholder.text).empty()) {
        return mistake(source, i, "an empty placeholder", "write {{}} for a pair of braces");
      }
      out.push_back(std::move(piece));
      piece = TextPiece();
      i = close;
    }
  }
  if (!piece.literal.empty() || out.empty()) out.push_back(std::move(piece));
  return std::nullopt;
}

}  // namespace runnel::core
