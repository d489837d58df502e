// The children of one exec routine of one worker: which item they work on, and what becomes of it.
#pragma once

#include <asio/io_context.hpp>
#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <unordered_set>
#include <vector>

#include "exec/process.hpp"

namespace runnel::exec {

// The thread on which all children of this process are looked after. It never ends.
asio::io_context& thread();
void on_thread(std::function<void()> work);  // [any thread]

struct Settings {
  Command command;
  bool persistent = false;
  bool per_batch = false;               // one child for all items of a task
  std::chrono::microseconds timeout{};  // of one item; 0: none
  size_t most_output = 0;               // bytes of one item's answer
  size_t most_children = 1;
};

// What the items of one activation came to. code "": an answer for each item.
struct Outcome {
  std::vector<std::string> answers;  // JSON texts, unchecked
  std::string stderr_text;
  std::string code;
  std::string message;
};

// The items of one activation, worked on one after the other.
struct Task {
  std::vector<std::string> items;         // JSON texts
  std::function<void(Outcome&&)> finish;  // called once, unless it is cancelled
  bool cancelled = false;

  Outcome outcome;
  std::string answer;  // of the item that is worked on
  std::shared_ptr<Process> child;
  std::unique_ptr<asio::steady_timer> timer;
  uint64_t armed = 0;  // how often the timer was: an old one that comes late is none of the next item's
  bool timed_out = false;
  bool flooded = false;
};

// All but the constructor: on thread().
class Lane : public std::enable_shared_from_this<Lane> {
 public:
  explicit Lane(Settings settings) : settings_(std::move(settings)) {}

  void add(std::shared_ptr<Task>);
  void cancel(const std::shared_ptr<Task>&);
  void close(std::function<void()> closed);  // the routine is gone; `closed` is called when all its children are

 private:
  void start_next();
  void work_on(const std::shared_ptr<Task>&);
  void drop_child(const std::shared_ptr<Task>&);
  bool start_child(const std::shared_ptr<Task>&);
  void wait_for_room(const std::shared_ptr<Task>&);
  void child_gone();
  void arm(const std::shared_ptr<Task>&);
  void took_output(const std::shared_ptr<Task>&, std::string_view bytes);
  void child_ended(const std::shared_ptr<Task>&, int status);
  bool ended_between_items(const std::shared_ptr<Task>&, int status) const;
  void disarm(const std::shared_ptr<Task>&);
  void answered(const std::shared_ptr<Task>&);
  void answered_batch(const std::shared_ptr<Task>&);
  void fail(const std::shared_ptr<Task>&, std::string code, std::string message);
  void finish(const std::shared_ptr<Task>&);

  const Settings settings_;
  std::deque<std::shared_ptr<Task>> queue_;
  std::unordered_set<std::shared_ptr<Task>> running_;
  // mode persistent: the child, and whom it works for
  std::shared_ptr<Process> child_;
  std::shared_ptr<Task> served_;
  bool child_has_answered_ = false;

  size_t alive_ = 0;      // children, those that are on their way out too
  bool starved_ = false;  // no child can be started before another one is gone
  bool closing_ = false;
  std::function<void()> closed_;
};

}  // namespace runnel::exec
