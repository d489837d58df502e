// One worker of a batch as its supervisor sees it: gives its process jobs, hands in what comes back, and when the
// process dies finds the job that killed it and starts another for the rest.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "embed/batch_worker.hpp"
#include "embed/block_taker.hpp"
#include "embed/job_culprit.hpp"
#include "embed/worker_totals.hpp"
#include "embed/workplace.hpp"
#include "isolate/wire.hpp"

namespace runnel::core {

// Where a relay takes jobs from and hands output in.
struct RelayDesk {
  const BatchPlan* plan = nullptr;
  LineFeed* feed = nullptr;
  WorkerInboxes* inboxes = nullptr;  // null: blocks come straight from the feed
  OrderedWriter* output = nullptr;
  OrderedWriter* errors = nullptr;
  FileRun* file = nullptr;  // null: records do not go to a file
  bool runs_done = false;   // jobs that are done run again, without a record
  std::function<void()> stop_all;
};

class Relay {
 public:
  Relay(Workplace&, const Flow&, uint32_t number);
  ~Relay();
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;

  std::string begin();      // starts the process. The problem, or ""
  std::string get_ready();  // waits until it has all it needs to run jobs. The problem, or ""
  void work_at(const RelayDesk& desk) { desk_ = desk; }  // before work()
  // Until there is no more input and no job waits, or the run was stopped. Why it cannot go on, or "".
  std::string work();
  void wake();  // [any thread] it looks whether the run was stopped, or no more jobs are admitted for now
  const WorkerTotals& totals() const { return totals_; }

 private:
  struct Posted {  // as it is sent
    uint64_t ordinal;
    size_t at;  // of its frame in the batch's bytes
    size_t size;
  };
  struct Batch {
    std::string bytes;
    std::vector<Posted> jobs;
    size_t next = 0;                      // of jobs: the first that has not been finished or suspended
    std::shared_ptr<SharedBlock> shared;  // with inboxes: until the batch has run
    bool is_alone = false;
    std::string_view frame(const Posted& job) const { return std::string_view(bytes).substr(job.at, job.size); }
  };

  struct SentJob {
    uint64_t ordinal;
    std::string frame;
  };
  struct Unfinished {
    std::vector<SentJob> jobs;  // in the order in which they are to run again
    Unresolved left;            // of them, those that had begun, and the one that was next
    size_t begun = 0;           // of these, how many are known to have begun
  };

  // relay_input.cpp
  bool take_block(uint32_t most_lines);
  void send_what_is_due();
  void send_block(const Block&, const std::shared_ptr<SharedBlock>&);
  void add_job(Batch&, const Block&, size_t line);
  void send_again();
  void send(Batch&&, FrameKind ending);
  void write_out();
  bool is_passed(uint64_t ordinal) const { return !desk_.runs_done && is_done(ordinal); }
  bool is_done(uint64_t ordinal) const { return desk_.file && desk_.file->done().has(ordinal); }

  // relay_answers.cpp
  bool read_answers();
  bool on_frame(const Frame&);
  bool on_done(const DoneFrame&);
  bool on_waits(uint64_t ordinal);
  bool on_idle(std::string_view body);
  void give_back(std::shared_ptr<SharedBlock>, int64_t took_us);
  void count(const DoneFrame&);
  void print(uint64_t ordinal, std::string_view output, std::string_view failures);
  void hand_in();

  // relay_death.cpp
  void look_at_time();
  void kill_what_is_late();
  void kill_for(Killing::Reason);
  void on_death();
  Unfinished take_unfinished();
  void settle(Unfinished, const Culprit&, const std::string& how);
  static bool has_verdict(std::string_view frame);
  void condemn(SentJob&, const Culprit&, const std::string& how);
  void run_again(std::vector<SentJob>, const std::vector<uint64_t>& suspects);
  Verdict verdict_on(uint64_t ordinal, const Culprit&, const std::string& how);
  void cancel_unwritten(const Unfinished&);
  void cancel_unsent();
  void cancel(uint64_t ordinal);
  std::string place_of(std::string_view frame) const;

  void look_at_stop();
  void sleep();
  void hear_wake();
  bool is_over() const { return said_goodbye_ || !problem_.empty(); }
  bool has_unfinished() const { return !batches_.empty() || !waiting_.empty(); }
  bool begin_process();
  bool is_dead();
  void give_up(std::string problem);

  Workplace& workplace_;
  const Flow& flow_;
  const uint32_t number_;
  RelayDesk desk_;
  std::unique_ptr<WorkerProcess> process_;
  int wake_fd_ = -1;
  std::unique_ptr<BlockTaker> taker_;
  Block block_;                          // the taker's, until it is taken
  std::shared_ptr<SharedBlock> shared_;  // likewise

  bool is_cancelled_ = false;  // the process was told so
  bool is_ready_ = false;      // the process can run jobs
  bool has_ended_ = false;     // it was told that no job comes any more
  bool said_goodbye_ = false;
  std::deque<Batch> batches_;                // sent, the first one runs
  std::map<uint64_t, std::string> waiting_;  // frames of suspended jobs
  std::deque<SentJob> again_;                // to be sent again, before any input
  size_t suspects_ = 0;                      // so many of them run alone first
  std::string outgoing_;                     // what the process had no room for yet
  size_t written_ = 0;                       // bytes of it that are gone
  OutBuffer incoming_;
  OutBuffer out_;
  OutBuffer failures_{1024};
  uint64_t first_ = 0;  // the ordinals in out_: from here
  uint64_t next_ = 0;   // to before here
  BlockSizer sizer_{1};

  std::optional<Killing> killing_;                        // the process was killed for it
  std::unordered_map<uint64_t, uint32_t> ended_outside_;  // how often a job ran while the process was ended by others
  uint32_t barren_deaths_ = 0;                            // since a job was finished or found to be the one
  uint32_t outside_deaths_ = 0;  // likewise, of processes that could run jobs and were ended by others
  int64_t kill_at_us_ = 0;       // monotonic: what is cancelled is over by then; 0: no time is set
  std::unordered_map<const InputDecoder*, std::string> decoders_;
  WorkerTotals totals_;
  std::string problem_;
};

}  // namespace runnel::core
