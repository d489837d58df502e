// What a JobContext of the public API refers to: a posted job as its poster sees it.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "job/input_decoder.hpp"
#include "job/job_context.hpp"
#include "runnel/runtime.hpp"

namespace runnel {

struct JobContext::State {
  State(std::string flow, std::string posted_data, std::string posted_metadata, std::string id)
      : flow_id(std::move(flow)),
        data_text(std::move(posted_data)),
        metadata_text(std::move(posted_metadata)),
        given_id(std::move(id)) {}

  void begin();                                             // [worker]
  void finish(core::JobContext&, std::string_view record);  // [worker]

  void give_up(std::string why);  // [worker] failed without a record

  // Constant after post(): read without the lock.
  const std::string flow_id;
  const std::string data_text;
  const std::string metadata_text;
  const std::string given_id;
  std::optional<core::InputProblem> problem{};  // found by post(): the job fails with it

  mutable std::mutex mutex;
  mutable std::condition_variable finished;
  JobStatus status = JobStatus::pending;
  std::string job_id;
  std::string worker_id;
  std::optional<std::string> error;
  int64_t created_at = 0;
  int64_t completed_at = 0;
  std::string metadata;
  std::string data;
  std::string trace_log;
  std::string record;
};

}  // namespace runnel
