// What a suspended activation leaves with the host: how it goes on, what to do if it never will, and the mailbox
// through which other threads finish it.
#pragma once

#include <runnel/plugin.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace runnel::core {

// Functions a routine gave, with their data; the data is released once, whether they were called or not.
template <class... Arguments>
class Callback {
 public:
  using Function = void (*)(Arguments..., void*);
  Callback() = default;
  Callback(Function call, void (*release)(void*), void* data) : call_(call), release_(release), data_(data) {}
  Callback(Callback&& other) noexcept
      : call_(std::exchange(other.call_, nullptr)),
        release_(std::exchange(other.release_, nullptr)),
        data_(std::exchange(other.data_, nullptr)) {}
  Callback& operator=(Callback&& other) noexcept {
    std::swap(call_, other.call_);
    std::swap(release_, other.release_);
    std::swap(data_, other.data_);
    return *this;
  }
  ~Callback() {
    if (release_) release_(data_);
  }
  explicit operator bool() const { return call_ != nullptr; }
  void operator()(Arguments... arguments) const {
    if (call_) call_(arguments..., data_);
  }

 private:
  Function call_ = nullptr;
  void (*release_)(void*) = nullptr;
  void* data_ = nullptr;
};

using Continuation = Callback<runnel_context*>;  // the rest of the activation [worker]
using Cancellation = Callback<>;                 // it will never be finished: the job is over [worker]

// Goes on by itself when the time is over.
struct Alarm {
  int64_t delay_us = 0;
  Continuation rest;
};

// What one activation asked for; id 0: it is not suspended.
struct SuspendRequest {
  uint64_t id = 0;
  bool is_shared = false;  // a handle was given out: others may finish it
  Cancellation cancel;
  std::optional<Alarm> alarm;
};

// One worker's: activations that other threads have finished.
class Mailbox {
 public:
  struct Letter {
    uint64_t suspension;
    Continuation rest;
  };
  // `notify` is called [any thread] when the first letter lies in the empty box.
  static std::shared_ptr<Mailbox> open(std::function<void()> notify);
  // [any thread] False: there is no such mailbox any more.
  static bool send(uint64_t mailbox, Letter);

  uint64_t id() const { return id_; }
  std::vector<Letter> take();
  void close();  // no letter is delivered from now on

 private:
  std::mutex mutex_;
  uint64_t id_ = 0;
  std::function<void()> notify_;
  std::vector<Letter> letters_;
  bool open_ = true;
};

// Where a context takes handles from. One worker's.
struct Suspender {
  uint64_t mailbox = 0;
  uint64_t latest = 0;  // id
};

}  // namespace runnel::core
