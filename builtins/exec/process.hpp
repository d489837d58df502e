// A child process with pipes, in a process group of its own. Used on the thread of the io_context only.
#pragma once

#include <asio/io_context.hpp>
#include <asio/posix/stream_descriptor.hpp>
#include <asio/steady_timer.hpp>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exec/alive.hpp"

namespace runnel::exec {

struct Command {
  std::vector<std::string> arguments;                            // the first one is looked up in PATH; no shell
  std::vector<std::pair<std::string, std::string>> environment;  // over that of this process
  std::string folder;                                            // "": that of this process
};

class Process : public std::enable_shared_from_this<Process> {
 public:
  struct Events {
    std::function<void(std::string_view)> out;  // bytes of its stdout
    std::function<void(std::string_view)> err;  // of its stderr
    std::function<void(int status)> ended;      // as waitpid gives it; the last call, all that was written came before
  };
  // Null, and the errno, when it cannot be started. `gone`: it is reaped and its pipes are closed, whatever became of
  // the events; comes for each process that was started.
  static std::shared_ptr<Process> start(asio::io_context&, const Command&, Events, std::function<void()> gone,
                                        int& error);
  static size_t on_their_way_out();  // processes that were asked to end, or get no more input, and are not gone

  explicit Process(asio::io_context&);
  ~Process();
  void write(std::string bytes);  // to its stdin; what it does not read is dropped when it ends
  void close_input();             // when all is written
  bool has_said_more();           // bytes of its stdout that no event has brought yet
  bool is_ending();               // it has ended, or will say no more
  // SIGTERM to its whole group, SIGKILL half a second later.
  void stop();
  // No more events; it may end by itself when its input does, and is stopped when it takes too long.
  void retire();
  // No more events; the group is killed at once.
  void abandon();

 private:
  using Pipe = asio::posix::stream_descriptor;
  void write_next();
  using Bytes = std::function<void(std::string_view)> Events::*;
  bool adopt(Pipe&, int& fd);
  void call(Bytes, std::string_view);
  void read(Pipe&, Bytes, std::string& buffer);
  void drain(Pipe&, Bytes);
  void watch();
  void look();
  bool has_ended() const;
  void leader_ended();
  void will_end();
  void close_pipes();

  std::shared_ptr<const Events> events_;  // null: no more of them. One may end them: the caller holds its own reference
  std::function<void()> gone_;
  Pipe in_, out_, err_, exit_;
  asio::steady_timer kill_, poll_;
  std::deque<std::string> to_write_;
  std::string out_buffer_, err_buffer_;
  bool writing_ = false;
  bool closing_ = false;
  bool will_end_ = false;
  int pid_ = -1;  // -1: not started, or reaped
  size_t noted_ = kNotNoted;
};

}  // namespace runnel::exec
