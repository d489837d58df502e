// What supervisor and worker process say to each other. One program writes and reads it, so nothing here has a version.
// Everything is a frame: its size, its kind, its fields one behind the other.
#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include "job/job_request.hpp"
#include "job/status.hpp"
#include "job/verdict.hpp"
#include "value/writer.hpp"

namespace runnel::core {

enum class FrameKind : uint8_t {
  // to the worker
  job,    // a PostedFrame: run it
  pause,  // what was sent so far is to be run before more is waited for; answered by `idle`
  alone,  // as pause, and nothing else comes before the jobs that wait are done
  end,    // no job comes any more
  // to the supervisor
  ready,  // text: why no job can run; empty: jobs can
  waits,  // number: this job is suspended and goes on later
  done,   // a DoneFrame
  idle,
  goodbye  // number: suspended activations that were finished too late. The last one.
};

class Packer {
 public:
  explicit Packer(std::string& to) : to_(to) {}
  template <class T>
  void add(T value) {
    static_assert(std::is_trivially_copyable_v<T> && !std::is_pointer_v<T>);
    if constexpr (std::is_same_v<T, bool>) return add(static_cast<uint8_t>(value));
    char bytes[sizeof value];
    std::memcpy(bytes, &value, sizeof value);
    to_.append(bytes, sizeof bytes);
  }
  void add_text(std::string_view text) {
    add(static_cast<uint64_t>(text.size()));
    to_.append(text);
  }

 private:
  std::string& to_;
};

// Reads what a Packer has written. Where it was not one, is_sound() becomes false and values are empty.
class Unpacker {
 public:
  explicit Unpacker(std::string_view from) : from_(from) {}
  template <class T>
  T take() {
    if constexpr (std::is_same_v<T, bool>) return take<uint8_t>() != 0;
    T value{};
    if (from_.size() < sizeof value) return is_sound_ = false, value;
    std::memcpy(&value, from_.data(), sizeof value);
    from_.remove_prefix(sizeof value);
    return value;
  }
  std::string_view take_text();
  bool is_sound() const { return is_sound_; }
  bool is_at_end() const { return is_sound_ && from_.empty(); }

 private:
  std::string_view from_;
  bool is_sound_ = true;
};

struct Frame {
  FrameKind kind = FrameKind::job;
  std::string_view body;
};
constexpr size_t kFrameHead = sizeof(uint32_t) + 1;
constexpr size_t kMostFrame = size_t{1} << 30;  // bytes: no record is so large

// A frame's first bytes; its body of so many bytes follows.
std::string frame_head(FrameKind, size_t body);
// The next whole frame, taken from the front of `bytes`; nothing: it is not all there, or is_sound is false: never will
// be.
std::optional<Frame> next_frame(std::string_view& bytes, bool& is_sound);

// The request without what only the reader's process has: `decoder` is its description.
void pack_request(Packer&, const JobRequest&, std::string_view decoder);
// Views of the frame's bytes. Texts that must outlive them, and what the description stands for, are the caller's task.
struct PackedRequest {
  JobRequest request;
  std::string_view decoder;
  bool has_problem = false;
  std::string_view problem_code;
  std::string_view problem_message;
  uint64_t problem_offset = 0;
  bool problem_is_readable = false;
};
PackedRequest unpack_request(Unpacker&);

void pack_verdict(Packer&, const Verdict&);
Verdict unpack_verdict(Unpacker&);

// A job at its end; its output and what is said of it to people follow as texts.
struct DoneFrame {
  uint64_t ordinal = 0;
  Status status = Status::pending;
  bool is_bad_input = false;
  bool is_unfinished = false;  // it was cancelled, as the run was stopped
  bool is_printed = false;
  bool select_failed = false;
  std::string_view critical;  // why no more jobs are to be admitted; empty: they may be
  std::string_view output;
  std::string_view failures;
};
// With its head; done.output is to follow.
void pack_done(std::string& to, const DoneFrame& done);
std::optional<DoneFrame> unpack_done(std::string_view body);

}  // namespace runnel::core
