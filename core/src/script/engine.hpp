// The Lua engine of one worker: one lua_State, the compiled chunks of a flow, and what the library functions need of
// the run they are part of. A run is one call of evaluate().
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "routine/context.hpp"
#include "routine/script_engine.hpp"
#include "script/allocator.hpp"
#include "script/lua_api.hpp"
#include "script/number_texts.hpp"
#include "script/patterns.hpp"
#include "value/reader.hpp"
#include "value/writer.hpp"

namespace runnel::core {

// Why a run must end, whatever the script does about it.
struct Doom {
  std::string code;
  std::string message;
  uint32_t line = 0;
  std::string named;  // the function that was running
};

// A table that is being converted and the key it is at, for messages and to find cycles.
struct PathPart {
  const void* table;
  bool at_key = false;
  const char* key = nullptr;  // null: an element
  size_t size = 0;
  lua_Integer index = 0;
};

// Buffers of library functions. They are members because an error of Lua leaves a frame without running destructors.
struct Scratch {
  std::vector<Value> items;
  std::vector<Member> members;
  std::vector<PathPart> path;
  std::string text;
  OutBuffer json{4096};
};

class LuaEngine final : public ScriptEngine, public AllocationWatcher {
 public:
  LuaEngine(const ExpressionTable&, const ScriptLimits&, const std::atomic<bool>* cancelled = nullptr);
  ~LuaEngine() override;
  LuaEngine(const LuaEngine&) = delete;
  LuaEngine& operator=(const LuaEngine&) = delete;

  bool evaluate(size_t expression, runnel_context&, Value& out) override;

  // What stands at the bottom of the stack, always.
  static constexpr int kHandler = 1;
  static constexpr int kChunks = 2;
  static constexpr int kGlobals = 3;
  static constexpr int kBase = 3;

  // Whether a script finds something under this name.
  bool knows_global(const std::string& name);
  std::vector<std::string> global_names();
  lua_State* state() { return state_; }

  // For library functions, in a run.
  runnel_context& context() { return *context_; }
  uint64_t run() const { return run_; }
  bool in_expression() const { return mode_ == Mode::expression; }
  // Takes the cost of something the instruction hook cannot see. May raise.
  void charge(uint64_t instructions);
  void check_time();  // may raise: the activation's time is over
  // Ends the run; pcall does not hold it up. Scripts never see it.
  [[noreturn]] void doom(std::string_view code, const char* message);
  // The context has failed inside an operation: adds the place and ends the run.
  [[noreturn]] void end_failed();
  // For buffers outside Lua's memory that grow with what a script does.
  void require_room(size_t bytes);
  bool is_doomed() const { return doomed_; }
  LuaAllocator::Refusal last_refusal() const { return allocator_->last_refusal(); }
  void lose_memory();  // a run that ran out of memory is doomed; does not raise
  void environment_changed() { environment_changed_ = true; }

  Scratch scratch;
  NumberTexts number_texts;
  Patterns patterns;
  Reader reader;
  TimeWriter times;
  uint64_t random_state = 0;  // where there is no job

 private:
  enum class Mode : uint8_t { none, script, expression };
  struct Chunk {
    ExpressionSource source;
    ExpressionKind kind;
    bool may_loop;
    bool names_env;
    bool names_data;
  };
  struct Piece {
    std::string literal;
    int chunk;  // -1: none
  };
  struct Unit {
    int chunk = -1;
    std::vector<Piece> pieces;  // of a text
    std::string problem;        // it does not compile
  };

  void open();
  void close();
  void compile_all();
  int compile_chunk(ExpressionKind, const ExpressionSource&, Unit&);

  void begin(runnel_context&);
  void end();
  bool run_chunk(int chunk, bool wants_value, Value& out);
  bool run_text(const Unit&, Value& out);
  bool take_result(const Chunk&, Value& out);
  void set_mode(Mode);
  bool set_data_global();
  void set_job_global();
  void set_hook(bool armed);
  void reset_environment();
  static void hook(lua_State*, lua_Debug*);

  void report(int status, const Chunk&);
  std::string message_of_error(const Chunk&, uint32_t& line);
  void charge_later(uint64_t instructions);
  void hook_next();  // at the next instruction; does not raise
  void set_doomed();
  uint32_t current_line();
  std::string current_function();
  void refused() override;
  void large_block(size_t bytes) override;

  const ExpressionTable& table_;
  const ScriptLimits limits_;
  const std::atomic<bool>* const cancelled_;  // may be null
  std::vector<Unit> units_;
  std::vector<Chunk> chunks_;
  std::unique_ptr<LuaAllocator> allocator_;
  lua_State* state_ = nullptr;
  size_t reserved_at_start_ = 0;

  runnel_context* context_ = nullptr;
  const runnel_context* budget_of_ = nullptr;
  uint64_t activation_ = 0;
  uint64_t run_ = 0;
  uint64_t budget_ = 0;     // instructions left
  int64_t started_us_ = 0;  // the first time the hook ran; 0: not yet
  Mode mode_ = Mode::none;
  bool hook_armed_ = false;
  bool hook_dirty_ = false;  // it was set past set_hook
  uint8_t data_kind_ = 0;    // of what `data` was last set to
  bool job_is_there_ = false;
  bool environment_changed_ = false;
  bool must_reopen_ = false;
  bool doomed_ = false;
  Doom doom_;
  uint32_t refused_line_ = 0;
  uint32_t error_line_ = 0;  // found by the message handler
  friend int find_line_of_error(lua_State*);
};

inline LuaEngine& engine_of(lua_State* L) { return **static_cast<LuaEngine**>(lua_getextraspace(L)); }

}  // namespace runnel::core
