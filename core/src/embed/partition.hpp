// execution.partition_by: which worker a job belongs to. Jobs of equal keys belong to the same one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "flow/flow.hpp"
#include "job/input_decoder.hpp"
#include "job/job_context.hpp"
#include "routine/script_engine.hpp"

namespace runnel::core {

// The same for values that are equal: numbers by value, objects whatever their order; nothing is null. The same in
// every process.
uint64_t key_hash(Value key);

class Partition {
 public:
  // Null: the flow has no partition_by. metadata: every job's; lives as long as this.
  static std::unique_ptr<Partition> for_flow(const Flow&, uint32_t workers, Value metadata);

  // own: metadata of this job alone, or nothing; base: what lies under the run's. What is wrong with the key is given
  // back.
  std::optional<InputProblem> choose(Value base, Value data, Value own, Arena& memory, uint32_t& worker);
  // The same for a job with other metadata than the run's.
  std::optional<InputProblem> choose_with(Value metadata, Value data, Value own, Arena& memory, uint32_t& worker);

  uint32_t workers() const { return workers_; }

 private:
  Partition(const Flow&, uint32_t workers, Value metadata);
  bool evaluate_in_job(size_t expression, Value data, Arena& memory, Value& out);
  bool follow(Value data, Value& key) const;

  const Flow& flow_;
  const uint32_t workers_;
  const Value metadata_;
  std::vector<std::string> path_;  // of a key that is a field of the data, which needs no Lua
  bool names_metadata_ = false;
  std::unique_ptr<ScriptEngine> scripts_;
  JobContext job_;  // what expressions see of it: its metadata
  std::string failure_;
  uint64_t evaluations_ = 0;
};

}  // namespace runnel::core
