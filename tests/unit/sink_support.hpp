// Jobs made by hand, for the tests of records.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "sink/record_writer.hpp"
#include "value/builder.hpp"
#include "value/reader.hpp"

inline constexpr int64_t kTenOClock = 1'704'103'200'000'000;  // 2024-01-01T10:00:00Z

inline void fill_completed(runnel::core::JobContext& job) {
  using namespace runnel::core;
  job.job_id = literal("j-1");
  job.worker_id = literal("w0");
  job.flow_id = literal("traced_workflow");
  job.status = Status::completed;
  job.created_at = kTenOClock;
  job.completed_at = kTenOClock + 412;
  Reader().read(R"({"user_id":"alice"})", job.arena, job.metadata);
  job.data.set(literal("user_id"), literal("alice"));
  job.data.set(literal("n"), make_double(1));
  job.trace_log.add({kTenOClock + 101, literal("ingress"), literal("validating_request"), missing()});
  const Member ok{literal("ok"), make_bool(true)};
  job.trace_log.add(
      {kTenOClock + 102, literal("egress"), string_view_value("say \"hi\""), make_object(job.arena, {&ok, 1})});
}

inline void fill_bad_line(runnel::core::JobContext& job, std::string_view line) {
  using namespace runnel::core;
  job.reset();
  job.job_id = literal("j-7");
  job.worker_id = literal("w1");
  job.flow_id = literal("f");
  job.status = Status::failed;
  job.error = literal("expected a value");
  job.error_detail = Problem{"input.syntax", "expected a value", "", 1, "in.jsonl:9:6", ""};
  job.created_at = kTenOClock;
  job.completed_at = kTenOClock + 1;
  job.place = {"in.jsonl", 9, 7};
  job.input_text = line;
  job.post_routine = literal("ingress");
  job.post_slot = literal("input");
}

inline std::string record(runnel::core::JobContext& job, runnel::core::RecordOptions options = {}) {
  runnel::core::RecordWriter writer(std::move(options));
  runnel::core::OutBuffer out;
  writer.write(out, job);
  return std::string(out.view());
}

// The text of `post` alone.
inline std::string post(runnel::core::JobContext& job, runnel::core::RecordOptions options = {}) {
  options.fields = {"post"};
  const std::string text = record(job, std::move(options));
  const std::string start = "{\"post\":";
  return text.substr(start.size(), text.size() - start.size() - 2);
}
