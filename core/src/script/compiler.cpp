// ScriptCompiler: what can be told of a script before it runs.
#include <array>
#include <set>

#include "base/diagnostic.hpp"
#include "script/compile.hpp"
#include "script/engine.hpp"
#include "script/lua.hpp"
#include "script/places.hpp"
#include "script/text.hpp"
#include "script/tokens.hpp"

namespace runnel::core {
namespace {

int append_bytes(lua_State*, const void* bytes, size_t size, void* out) {
  static_cast<std::string*>(out)->append(static_cast<const char*>(bytes), size);
  return 0;
}

struct Foreign {
  std::string_view word;
  std::string_view lua;
};

// Words of Python, C or JavaScript and what Lua has for them.
constexpr std::array<Foreign, 9> kForeign{{{"True", "true"},
                                           {"False", "false"},
                                           {"None", "nil"},
                                           {"null", "nil"},
                                           {"undefined", "nil"},
                                           {"is", "=="},
                                           {"len", "#"},
                                           {"str", "tostring"},
                                           {"int", "math.tointeger"}}};

std::string hint_for(const std::vector<Token>& tokens, size_t i) {
  const Token& token = tokens[i];
  const auto next_is = [&](std::string_view word) { return i + 1 < tokens.size() && tokens[i + 1].is(word); };
  if (token.is("!") && next_is("=")) return "Lua writes ~=";
  if (token.is("!")) return "Lua writes not";
  if (token.is("&") && next_is("&")) return "Lua writes and";
  if (token.is("|") && next_is("|")) return "Lua writes or";
  if (token.is("in")) return "Lua has no `in`: compare with each value, joined by or";
  for (const Foreign& foreign : kForeign) {
    if (token.kind == TokenKind::name && token.text == foreign.word) return "Lua writes " + std::string(foreign.lua);
  }
  return {};
}

std::string first_hint(const std::vector<Token>& tokens) {
  for (size_t i = 0; i < tokens.size(); ++i) {
    if (std::string hint = hint_for(tokens, i); !hint.empty()) return hint;
  }
  return {};
}

class LuaCompiler final : public ScriptCompiler {
 public:
  LuaCompiler() : engine_(nothing_, {}) {}

  std::optional<Diagnostic> check(ExpressionKind kind, const ExpressionSource& source, ScriptFacts& facts) override {
    switch (kind) {
      case ExpressionKind::lua_expression:
      case ExpressionKind::lua_script:
      case ExpressionKind::lua_record:
        return check_chunk(kind, source, facts);
      case ExpressionKind::text:
        return check_text(source, facts);
      default:
        return std::nullopt;
    }
  }

 private:
  std::optional<Diagnostic> check_text(const ExpressionSource& source, ScriptFacts& facts) {
    std::vector<TextPiece> pieces;
    if (auto mistake = split_text(source, pieces)) return mistake;
    for (const TextPiece& piece : pieces) {
      if (!piece.has_placeholder) continue;
      if (auto mistake = check_chunk(ExpressionKind::lua_expression, piece.placeholder, facts)) return mistake;
    }
    return std::nullopt;
  }

  std::optional<Diagnostic> check_chunk(ExpressionKind kind, const ExpressionSource& source, ScriptFacts& facts) {
    lua_State* const L = engine_.state();
    lua_settop(L, LuaEngine::kBase);
    const std::vector<Token> tokens = tokens_of(source.text);
    auto mistake = compile(L, kind, source);
    lua_settop(L, LuaEngine::kBase);
    if (mistake) {
      if (mistake->hint.empty() && kind != ExpressionKind::lua_script) mistake->hint = first_hint(tokens);
      return mistake;
    }
    if (kind != ExpressionKind::lua_script) {
      if (auto unknown = find_unknown_name(kind, source, tokens)) return unknown;
    }
    facts.names_worker |= facts_of(tokens).names_env || reads_global(kind, source, tokens, "worker");
    facts.names_job |= reads_global(kind, source, tokens, "job");
    return std::nullopt;
  }

  // nil is mild in expressions, so a misspelt name would only ever be false. Without a function all names are global.
  std::optional<Diagnostic> find_unknown_name(ExpressionKind kind, const ExpressionSource& source,
                                              const std::vector<Token>& tokens) {
    for (const Token& token : tokens) {
      if (token.is("function")) return std::nullopt;
    }
    for (size_t i = 0; i < tokens.size(); ++i) {
      const std::string name(tokens[i].text);
      if (!is_variable(tokens, i) || engine_.knows_global(name)) continue;
      if (kind == ExpressionKind::lua_record && name == "record") continue;
      std::string hint = hint_for(tokens, i);
      if (hint.empty()) hint = suggest(name, engine_.global_names());
      return Diagnostic{Severity::error,
                        place_of_offset(source, tokens[i].offset, name.size()),
                        "unknown name \"" + name + "\"",
                        std::move(hint),
                        {}};
    }
    return std::nullopt;
  }

  // Whether the compiled code reads the global: under another name, one that stands nowhere else, it is among the
  // constants of the code; a local variable is not, once the names of locals are stripped.
  bool reads_global(ExpressionKind kind, const ExpressionSource& source, const std::vector<Token>& tokens,
                    std::string_view name) {
    std::string other = "runnel_marked_name";
    while (source.text.find(other) != std::string::npos) other += '_';
    ExpressionSource renamed = source;
    renamed.text.clear();
    size_t copied = 0;
    bool found = false;
    for (size_t i = 0; i < tokens.size(); ++i) {
      if (tokens[i].text != name || !is_variable(tokens, i)) continue;
      renamed.text.append(source.text, copied, tokens[i].offset - copied).append(other);
      copied = tokens[i].end();
      found = true;
    }
    if (!found) return false;
    renamed.text.append(source.text, copied, std::string::npos);
    lua_State* const L = engine_.state();
    if (compile(L, kind, renamed)) return true;
    std::string code;
    lua_dump(L, append_bytes, &code, 1);
    lua_pop(L, 1);
    return code.find(other) != std::string::npos;
  }

  const ExpressionTable nothing_;
  LuaEngine engine_;
};

}  // namespace

std::unique_ptr<ScriptCompiler> make_lua_compiler() { return std::make_unique<LuaCompiler>(); }

std::unique_ptr<ScriptEngine> make_lua_engine(const ExpressionTable& table, const ScriptLimits& limits,
                                              const std::atomic<bool>* cancelled) {
  return std::make_unique<LuaEngine>(table, limits, cancelled);
}

}  // namespace runnel::core
