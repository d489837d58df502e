#include "exec/lane.hpp"

#include <sys/resource.h>
#include <sys/wait.h>

#include <algorithm>
#include <asio/executor_work_guard.hpp>
#include <asio/post.hpp>
#include <csignal>
#include <cstring>
#include <thread>

namespace runnel::exec {

namespace {

constexpr size_t kMostStderr = 64 * 1024;  // the end of it
constexpr size_t kShown = 200;

std::string shown(std::string_view text) {
  std::string part(text.substr(0, kShown));
  if (text.size() > kShown) part += "...";
  return part;
}

std::string seconds(std::chrono::microseconds time) {
  std::string text = std::to_string(static_cast<double>(time.count()) / 1e6);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text + " s";
}

// The lanes that cannot start a child now, for want of file descriptors or processes.
std::vector<std::shared_ptr<Lane>>& starved() {
  static std::vector<std::shared_ptr<Lane>> lanes;
  return lanes;
}

// A child takes four file descriptors of ours. The children get the higher limit too; it is not raised without bound,
// as some programs close all that they might have open one by one.
void allow_more_files() {
  constexpr rlim_t kEnough = 65536;
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= std::min(limit.rlim_max, kEnough)) return;
  limit.rlim_cur = std::min(limit.rlim_max, kEnough);
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

// What one piece of work throws (there is no memory) ends neither the others nor this process.
void run_for_ever(asio::io_context& context) {
  const auto guard = asio::make_work_guard(context);
  for (;;) {
    try {
      context.run();
      return;
    } catch (...) {
    }
  }
}

}  // namespace

asio::io_context& thread() {
  static asio::io_context* const context = [] {
    allow_more_files();
    auto made = std::make_unique<asio::io_context>(1);
    std::thread([context = made.get()] {
      sigset_t all;
      sigfillset(&all);
      pthread_sigmask(SIG_BLOCK, &all, nullptr);  // a child that reads no more is EPIPE, and no signal is ours
      run_for_ever(*context);
    }).detach();
    return made.release();
  }();
  return *context;
}

void on_thread(std::function<void()> work) { asio::post(thread(), std::move(work)); }

void Lane::add(std::shared_ptr<Task> task) {
  queue_.push_back(std::move(task));
  start_next();
}

void Lane::start_next() {
  const size_t most = settings_.persistent ? 1 : settings_.most_children;
  while (!starved_ && !queue_.empty() && running_.size() < most) {
    const std::shared_ptr<Task> task = std::move(queue_.front());
    queue_.pop_front();
    if (task->cancelled) continue;
    running_.insert(task);
    work_on(task);
  }
}

// The next item of the task, or its end.
void Lane::work_on(const std::shared_ptr<Task>& task) {
  const size_t at = task->outcome.answers.size();
  if (at == task->items.size()) return finish(task);
  task->answer.clear();
  if (!start_child(task)) return;
  const std::shared_ptr<Process> child = settings_.persistent ? child_ : task->child;
  arm(task);
  for (size_t i = at; i < (settings_.per_batch ? task->items.size() : at + 1); ++i) child->write(task->items[i] + "\n");
  if (!settings_.persistent) child->close_input();
}

// What a persistent child says unasked would be taken for the next item's answer: a new child does not know of it.
void Lane::drop_child(const std::shared_ptr<Task>& task) {
  std::exchange(child_, nullptr)->abandon();
  if (task) task->outcome.stderr_text += "exec: the program had said more than it was asked, and was started again\n";
}

bool Lane::start_child(const std::shared_ptr<Task>& task) {
  if (child_ && child_->has_said_more()) drop_child(task);
  if (child_ && child_->is_ending()) std::exchange(child_, nullptr)->retire();
  served_ = settings_.persistent ? task : nullptr;
  if (settings_.persistent && child_) return true;
  Process::Events events;
  // A persistent child outlives the task it was started for.
  const auto whose = [self = shared_from_this(), task]() -> std::shared_ptr<Task> {
    return self->settings_.persistent ? self->served_ : task;
  };
  events.out = [self = shared_from_this(), whose](std::string_view bytes) {
    if (const auto served = whose()) return self->took_output(served, bytes);
    if (self->child_) self->drop_child(nullptr);
  };
  events.err = [whose](std::string_view bytes) {
    const auto served = whose();
    if (!served) return;
    std::string& text = served->outcome.stderr_text;
    text += bytes;
    if (text.size() > 2 * kMostStderr) text.erase(0, text.size() - kMostStderr);
  };
  events.ended = [self = shared_from_this(), whose](int status) {
    const auto served = whose();
    self->child_ = nullptr;
    if (served) self->child_ended(served, status);
  };
  int error = 0;
  auto child = Process::start(
      thread(), settings_.command, std::move(events), [self = shared_from_this()] { self->child_gone(); }, error);
  if (!child) {
    const bool lacks_room = error == EMFILE || error == ENFILE || error == EAGAIN;
    if (lacks_room && Process::on_their_way_out() > 0) {
      wait_for_room(task);
      return false;
    }
    fail(task, "exec.start",
         "cannot start \"" + settings_.command.arguments[0] + "\": " + std::strerror(error) +
             (error == ENOENT && !settings_.command.folder.empty() ? " (or no folder " + settings_.command.folder + ")"
                                                                   : ""));
    return false;
  }
  ++alive_;
  child_has_answered_ = false;
  (settings_.persistent ? child_ : task->child) = std::move(child);
  return true;
}

// The task goes on with the same item when a child, of whichever lane, is gone.
void Lane::wait_for_room(const std::shared_ptr<Task>& task) {
  served_ = nullptr;
  running_.erase(task);
  queue_.push_front(task);
  if (!std::exchange(starved_, true)) starved().push_back(shared_from_this());
}

void Lane::child_gone() {
  --alive_;
  for (const auto& lane : std::exchange(starved(), {})) {
    lane->starved_ = false;
    lane->start_next();
  }
  if (closing_ && alive_ == 0 && closed_) std::exchange(closed_, nullptr)();
}

void Lane::arm(const std::shared_ptr<Task>& task) {
  if (settings_.timeout.count() == 0) return;
  if (!task->timer) task->timer = std::make_unique<asio::steady_timer>(thread());
  task->timer->expires_after(settings_.timeout);
  task->timer->async_wait([self = shared_from_this(), task, armed = ++task->armed](const asio::error_code& error) {
    if (error || armed != task->armed || task->cancelled || !self->running_.contains(task)) return;
    task->timed_out = true;
    if (const auto& child = self->settings_.persistent ? self->child_ : task->child) child->stop();
  });
}

void Lane::disarm(const std::shared_ptr<Task>& task) {
  ++task->armed;
  if (task->timer) task->timer->cancel();
}

void Lane::took_output(const std::shared_ptr<Task>& task, std::string_view bytes) {
  if (task->flooded || task->timed_out) return;
  task->answer += bytes;
  if (task->answer.size() > settings_.most_output) {
    task->flooded = true;
    if (const auto& child = settings_.persistent ? child_ : task->child) child->stop();
    return;
  }
  if (!settings_.persistent) return;
  const size_t end = task->answer.find('\n', task->answer.size() - bytes.size());
  if (end == std::string::npos) return;
  const std::string more = task->answer.substr(end + 1);
  task->answer.resize(end);
  if (more.empty()) return answered(task);
  std::exchange(child_, nullptr)->abandon();
  fail(task, "exec.protocol",
       "\"" + settings_.command.arguments[0] + "\" answered one item with more than one line: " + shown(more));
}

void Lane::child_ended(const std::shared_ptr<Task>& task, int status) {
  const std::string name = "\"" + settings_.command.arguments[0] + "\"";
  task->child = nullptr;
  if (task->timed_out)
    return fail(task, "exec.timeout", name + " took longer than " + seconds(settings_.timeout) + " and was stopped");
  if (task->flooded)
    return fail(task, "exec.protocol", name + " printed more than " + std::to_string(settings_.most_output) + " bytes");
  if (ended_between_items(task, status)) {
    disarm(task);
    return work_on(task);
  }
  if (WIFSIGNALED(status)) {
    const int signal = WTERMSIG(status);
    const char* abbreviation = sigabbrev_np(signal);
    return fail(task, "exec.signal",
                name + " died of " + (abbreviation ? "SIG" + std::string(abbreviation) : std::to_string(signal)));
  }
  if (WEXITSTATUS(status) != 0)
    return fail(task, "exec.exit", name + " exited with " + std::to_string(WEXITSTATUS(status)));
  if (settings_.persistent) return fail(task, "exec.exit", name + " ended before it had answered");
  if (settings_.per_batch) return answered_batch(task);
  answered(task);
}

// A line for each item.
void Lane::answered_batch(const std::shared_ptr<Task>& task) {
  std::vector<std::string>& answers = task->outcome.answers;
  for (size_t at = 0; at < task->answer.size();) {
    const size_t end = std::min(task->answer.find('\n', at), task->answer.size());
    const std::string line = task->answer.substr(at, end - at);
    if (line.find_first_not_of(" \t\r") != std::string::npos) answers.push_back(line);
    at = end + 1;
  }
  if (answers.size() == task->items.size()) return finish(task);
  const auto counted = [](size_t count, const char* what) {
    return std::to_string(count) + ' ' + what + (count == 1 ? "" : "s");
  };
  fail(task, "exec.protocol",
       "\"" + settings_.command.arguments[0] + "\" answered " + counted(task->items.size(), "item") + " with " +
           counted(answers.size(), "line"));
}

// Its last answer was its end, and the item only came while it was on its way out: a new child has to work on that. One
// that ends before it has answered anything is not started once more.
bool Lane::ended_between_items(const std::shared_ptr<Task>& task, int status) const {
  return settings_.persistent && child_has_answered_ && task->answer.empty() && WIFEXITED(status) &&
         WEXITSTATUS(status) == 0;
}

void Lane::answered(const std::shared_ptr<Task>& task) {
  disarm(task);
  child_has_answered_ = true;
  served_ = nullptr;
  task->outcome.answers.push_back(std::move(task->answer));
  work_on(task);
}

void Lane::fail(const std::shared_ptr<Task>& task, std::string code, std::string message) {
  task->outcome.code = std::move(code);
  task->outcome.message = std::move(message);
  finish(task);
}

void Lane::finish(const std::shared_ptr<Task>& task) {
  if (served_ == task) served_ = nullptr;
  disarm(task);
  std::string& text = task->outcome.stderr_text;
  if (text.size() > kMostStderr) text.erase(0, text.size() - kMostStderr);
  running_.erase(task);
  if (!task->cancelled) std::exchange(task->finish, nullptr)(std::move(task->outcome));
  asio::post(thread(), [self = shared_from_this()] { self->start_next(); });  // not deeper and deeper
}

void Lane::cancel(const std::shared_ptr<Task>& task) {
  if (std::exchange(task->cancelled, true) || !running_.contains(task)) return;
  if (const auto child = std::exchange(task->child, nullptr)) child->abandon();
  if (served_ == task && child_) std::exchange(child_, nullptr)->abandon();  // its answer would be the next item's
  finish(task);
}

void Lane::close(std::function<void()> closed) {
  closing_ = true;
  for (const auto& task : queue_) task->cancelled = true;
  queue_.clear();
  while (!running_.empty()) cancel(*running_.begin());
  served_ = nullptr;
  if (child_) std::exchange(child_, nullptr)->retire();
  if (alive_ == 0) return closed();
  closed_ = std::move(closed);
}

}  // namespace runnel::exec
