// batcher: gathers items into lists, limited by count, by bytes and by the time they have waited.
#include <algorithm>
#include <cmath>
#include <runnel/routine.hpp>
#include <string>
#include <vector>

#include "serving.hpp"

namespace {

class Batcher {
 public:
  explicit Batcher(runnel::Config config)
      : size_(positive(config, "size")),
        bytes_(positive(config, "bytes")),
        time_us_(std::llround(std::min(config.number("time"), 1e9) * 1e6)),
        to_first_job_(config.string("to") == "first_job") {
    const bool has_time = !config["time"].is_null();
    if (has_time && time_us_ <= 0) throw runnel::ConfigError("time", "a batch waits longer than 0 s");
    if (!size_ && !bytes_ && !has_time) {
      throw runnel::ConfigError("", "a batch needs a limit: size, bytes or time, or several of them");
    }
  }

  bool ready(runnel::Lying& in) {
    const uint32_t count = in.slot(0u).size();
    if (count == 0) return false;
    const uint32_t full = full_batch(in, count);
    if (full) {
      for (uint32_t i = 0; i < full && full < count; ++i) in.take(0, i);
      return true;
    }
    if (!time_us_) return false;
    const int64_t left = in.since_us(0, 0) + time_us_ - in.now_us();
    if (left > 0) {
      in.judge_after(left);
      return false;
    }
    reason_ = "time";
    return true;
  }

  void activate(runnel::Activation& in) {
    const std::string reason = runnel::builtin::reason_of(in, reason_);
    const runnel::Items items = in.slot(0u);
    std::vector<runnel_value> list;
    list.reserve(items.size());
    for (uint32_t i = 0; i < items.size(); ++i) list.push_back(items[i].raw());
    const runnel::Value batch = in.object(
        {{"items", in.array(list.data(), list.size())}, {"count", runnel::Value(items.size())}, {"reason", reason}});
    if (in.has_failed()) return;
    if (to_first_job_) return in.emit("output", batch, in.job_of(0, 0));
    in.emit("output", batch);
  }

  static constexpr auto spec() {
    return runnel::routine("batcher", "Gathers items into lists, limited by count, bytes and time")
        .slot("input", "anything")
        .event("output",
               "object with items (a list, oldest first), count and reason (size, bytes, time; flush at the end of the "
               "job or, with scope: worker, of the input; window when all jobs that may be under way wait)")
        .param("size", runnel::kind::integer, "", "at most so many items; one of size, bytes and time is needed")
        .param("bytes", runnel::kind::integer, "",
               "the list, written as JSON, has at most so many bytes; an item too large for that is a batch of its own")
        .param("time", runnel::kind::duration, "", "no item waits longer")
        .param("to", runnel::kind::string, "\"every_job\"",
               "with scope: worker: every job that has an item in the batch goes on with a copy of it, or only the job "
               "of its first item goes on")
        .choices("every_job|first_job");
  }

 private:
  static uint64_t positive(const runnel::Config& config, const char* name) {
    if (config[name].is_null()) return 0;
    if (config.integer(name) < 1) throw runnel::ConfigError(name, "must be 1 or more");
    return static_cast<uint64_t>(config.integer(name));
  }

  // How many of the oldest make a batch that is full by size or bytes; 0: none yet.
  uint32_t full_batch(runnel::Lying& in, uint32_t count) {
    const uint32_t most = size_ && count >= size_ ? static_cast<uint32_t>(size_) : 0;
    if (const uint32_t full = bytes_ ? full_by_bytes(in, most ? most : count) : 0) {
      reason_ = full == most ? "size" : "bytes";
      return full;
    }
    if (most) reason_ = "size";
    return most;
  }

  uint32_t full_by_bytes(runnel::Lying& in, uint32_t count) {
    const runnel::Items items = in.slot(0u);
    uint64_t bytes = 1;  // the brackets, less one comma
    for (uint32_t i = 0; i < count; ++i) {
      int64_t& weight = in.note(0, i);
      if (!weight) weight = static_cast<int64_t>(items[i].json().size());
      bytes += static_cast<uint64_t>(weight) + 1;
      if (bytes > bytes_ && i > 0) return i;
      if (bytes >= bytes_) return i + 1;
    }
    return 0;
  }

  uint64_t size_, bytes_;  // 0: no such limit
  int64_t time_us_;
  bool to_first_job_;
  std::string reason_;  // for the activation that follows
};

}  // namespace

RUNNEL_PLUGIN("batcher", "0.1.0", Batcher)
