// The seam between the engine and Lua: the routine layer knows these two interfaces, the script layer implements them.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/diagnostic.hpp"
#include "routine/expression.hpp"

struct runnel_context;

namespace runnel::core {

struct ScriptFacts {
  bool names_worker = false;  // the compiled code uses `worker`: the routine keeps state
  bool names_job = false;     // ... or `job`
};

// [load] Compiles without running.
class ScriptCompiler {
 public:
  virtual ~ScriptCompiler() = default;
  // Nothing when it compiles; otherwise the mistake with its place in the flow file.
  virtual std::optional<Diagnostic> check(ExpressionKind, const ExpressionSource&, ScriptFacts&) = 0;
};

// [worker] Runs the compiled expressions of one flow; one engine per worker.
class ScriptEngine {
 public:
  virtual ~ScriptEngine() = default;
  // The value of an expression in the context's arena (missing for nil and for scripts). False: the context has failed
  // with code "script.error", or "limit.instructions", "limit.memory", ... and the place in the flow file.
  virtual bool evaluate(size_t expression, runnel_context&, Value& out) = 0;
};

struct ScriptLimits {
  uint64_t instructions = 10'000'000;        // per activation
  size_t memory = size_t{64} * 1024 * 1024;  // per worker
};

}  // namespace runnel::core
