// Run flows from a C++ program; the runnel command is written against this header too.
//
//   runnel::Classes classes;
//   for (const auto* builtin : runnel::builtins()) classes.add(*builtin, "built in");  // "builtins.hpp"
//   runnel::Flow flow = runnel::Flow::load("flow.yaml", classes);
//   if (!flow) { std::cerr << flow.report(); return 2; }
//   runnel::Runtime runtime(flow, {.workers = 4});
//   runtime.exec();
//   runnel::JobContext job = runtime.post("ingress", "request", R"({"user_id": "alice"})");
//   runtime.wait_until_all_jobs_finished(std::chrono::seconds(10));
//   std::cout << job.record();
#pragma once

#include <runnel/plugin.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace runnel {

namespace core {
class Registry;
struct Flow;
}  // namespace core

// A mistake in a flow file. Lines and columns count from 1 and bytes; line 0: the file as a whole.
struct Message {
  bool is_error;
  std::string file;
  uint32_t line;
  uint32_t column;
  std::string text;
  std::string hint;  // may be empty
};

// The routine classes a flow may name, besides those of its plugins. Fill it before loading.
class Classes {
 public:
  Classes();
  ~Classes();
  Classes(Classes&&) noexcept;
  Classes& operator=(Classes&&) noexcept;
  // A plugin's table, as RUNNEL_PLUGIN makes it. What is wrong with it, or "". owner: as messages name it.
  std::string add(const runnel_plugin&, const std::string& owner);
  // A shared library: its code runs with all rights of this process. What is wrong with it, or nothing.
  std::optional<Message> open(const std::string& path, bool child_first = false);
  const core::Registry& registry() const { return *registry_; }

 private:
  std::unique_ptr<core::Registry> registry_;
};

struct FlowOptions {
  std::vector<std::string> sets;                                 // "routines.logic.config.x=3"
  std::vector<std::pair<std::string, std::string>> environment;  // what ${NAME} and env.NAME see
  bool strict = false;                                           // warnings are errors
  // The flow may name no plugin, no variable of the environment and no class that reaches out to files or processes.
  bool untrusted = false;
  uint64_t window = 4096;  // jobs under way at once: BatchOptions::window. Larger batches across jobs are warned of
  bool asks_for_entry = false;                                     // warns if the flow does not say where jobs enter
  std::string select;                                              // an expression for each finished job; "": none
  std::string where;                                               // the same for records of BatchOptions::replay
  std::vector<std::pair<std::string, std::string>> metadata_from;  // key, expression for each job's `data`
  std::string job_id_from;                                         // the same for its id; "": none
  std::optional<std::string> script;                               // of from_script()
  std::vector<std::string> plugins;                                // shared libraries, besides those the flow names
  // Opens each library in a child process first, so that one that crashes while it is loaded is a mistake of the flow
  // and not the end of this process. For programs that have one thread yet.
  bool child_first = false;
  int64_t job_timeout_us = 0;  // of each job; the flow's execution.timeout where that is shorter. 0: that alone
};

// An immutable flow, or the reasons there is none. Cheap to copy; any thread.
class Flow {
 public:
  // "-" reads standard input.
  static Flow load(const std::string& path, const Classes&, const FlowOptions& = {});
  // The text of a flow file, for from_text(). errno, or 0.
  static int read(const std::string& path, std::string& text);
  static Flow from_text(const std::string& name, std::string text, const Classes&, const FlowOptions& = {});
  // One routine `main` of class script with the slot `input` and the event `output`; messages name the script -e.
  static Flow from_script(std::string lua, const Classes&, FlowOptions = {});

  explicit operator bool() const { return flow_ != nullptr; }
  const std::string& id() const;
  bool is_forbidden() const { return is_forbidden_; }  // there is none, as it wants what FlowOptions::untrusted forbids
  const std::vector<Message>& messages() const { return messages_; }  // errors, or warnings of a flow that loads
  const std::string& report() const { return report_; }               // the same as text with source lines; may be ""
  const std::shared_ptr<const core::Flow>& graph() const { return flow_; }

 private:
  std::shared_ptr<const core::Flow> flow_;
  std::vector<Message> messages_;
  std::string report_;
  bool is_forbidden_ = false;
};

enum class JobStatus : uint8_t { pending, running, completed, failed, cancelled };

// A posted job, from outside: cheap to copy, any thread. Until it is final, error, data and trace_log are empty.
class JobContext {
 public:
  struct State;
  explicit JobContext(std::shared_ptr<State> state) : state_(std::move(state)) {}

  JobStatus status() const;
  std::string job_id() const;  // "" until the job runs, if none was given
  std::string worker_id() const;
  std::string flow_id() const;
  std::optional<std::string> error() const;
  std::optional<int64_t> created_at() const;  // microseconds UTC
  std::optional<int64_t> completed_at() const;
  std::string metadata() const;  // JSON, as the following two
  std::string data() const;
  std::string trace_log() const;
  std::string record() const;  // the JSON line of the finished job
  void wait() const;           // until the job is final

 private:
  std::shared_ptr<State> state_;
};

enum class TraceLevel : uint8_t { off, user, flow, data };

struct RuntimeOptions {
  uint32_t workers = 0;  // 0: the flow's own number, else the cores this process may use
  bool deterministic = false;
  std::optional<TraceLevel> trace_level{};  // none: the flow's
  std::string metadata = "{}";              // JSON object every job starts with
};

// What post() was given cannot be posted: no such routine or slot, data that is not JSON, a runtime that was not
// started, or one where a routine with `is_critical: true` has failed a job.
struct PostError : std::invalid_argument {
  using std::invalid_argument::invalid_argument;
};

// A native routine that never returns keeps its worker, and the jobs behind it, for ever: only batches watch for that.
class Runtime {
 public:
  Runtime(const Flow&, RuntimeOptions = {});
  ~Runtime();  // waits for the posted jobs
  Runtime(const Runtime&) = delete;
  Runtime& operator=(const Runtime&) = delete;

  uint32_t workers() const;
  // Starts the workers; throws std::runtime_error when a routine cannot be made, std::system_error when a thread
  // cannot.
  void exec();
  // [any thread] One job. Checks first, creates afterwards: throws PostError. "" as slot: the flow's entry.
  JobContext post(std::string_view routine, std::string_view slot, std::string data, std::string metadata = {},
                  std::string job_id = {});
  // False when the time was over first.
  bool wait_until_all_jobs_finished(std::chrono::milliseconds timeout);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace runnel
