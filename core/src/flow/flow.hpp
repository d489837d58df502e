// Flow: an immutable graph of routines and connections, ids resolved to numbers. Made by config, shared by all workers.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.hpp"
#include "flow/policy_spec.hpp"
#include "job/job_request.hpp"
#include "routine/context.hpp"
#include "routine/expression.hpp"
#include "routine/registry.hpp"
#include "routine/spec.hpp"
#include "value/arena.hpp"

namespace runnel::core {

struct ParamMapping {
  std::string target;            // field of the new item
  std::vector<PathStep> source;  // path in the emitted one
};

struct Connection {
  uint32_t from = 0;           // routine
  uint32_t event = 0;          // of that routine; its `error` event is the last
  uint32_t to = 0;             // routine
  uint32_t slot = 0;           // of the routine `to`
  std::optional<size_t> when;  // expression
  std::vector<ParamMapping> mappings;
  Place place;
};

struct Routine {
  std::string id;
  const RoutineSpec* spec = nullptr;
  RoutineNames names;  // with the `error` event last
  Value config{};      // checked, defaults filled in, expressions as RUNNEL_EXPRESSION
  PolicySpec policy;
  OnFlush on_flush = OnFlush::activate;
  ErrorHandlerSpec error_handler;  // the routine's own, else the flow's
  int64_t timeout_us = 0;          // of one activation; 0: none
  bool keeps_state = false;
  bool is_worker_scoped = false;                   // its slots lie at the worker, for all its jobs
  std::vector<std::vector<uint32_t>> connections;  // by event: numbers of connections, in file order
  Place place;

  uint32_t error_event() const { return static_cast<uint32_t>(names.events.size() - 1); }
  bool has_error_connection() const { return !connections[error_event()].empty(); }
};

enum class TraceLevel : uint8_t { off, user, flow, data };

struct FlowLimits {
  uint32_t hops = 10'000;
  uint64_t emits = 1'000'000;
  size_t memory = size_t{64} * 1024 * 1024;
  uint32_t trace_entries = 1'000;
  int64_t time_us = 300'000'000;  // from the job's start
};

// --metadata-from: a key of every job's metadata, from its data.
struct MetadataExpression {
  std::string name;
  size_t expression;
};

struct Flow {
  std::shared_ptr<const Registry> classes;  // what the routines' specs belong to
  std::string id;
  std::string description;
  std::string version;
  std::string file;
  uint64_t source_hash = 0;               // of the file and of what options put into it
  std::optional<SlotRef> entry;           // none: several slots could be meant; a job then must name its own
  std::vector<SlotRef> entry_candidates;  // slots without incoming connection
  std::vector<Routine> routines;
  std::vector<Connection> connections;
  ExpressionTable expressions;
  std::optional<size_t> select;  // expression for finished jobs: --select
  std::optional<size_t> where;   // for records that may be posted again: --where
  std::vector<MetadataExpression> metadata_from;
  std::optional<size_t> job_id_from;  // expression for a job's data: --job-id-from
  FlowLimits limits;
  TraceLevel trace_level = TraceLevel::user;
  std::optional<uint32_t> workers;
  std::optional<size_t> partition_by;  // expression for a job's data and metadata: jobs of one key share a worker
  std::vector<uint32_t> flush_order;   // routines, upstream before downstream, file order within a cycle
  FlowConstants constants;
  std::vector<std::string> secrets;                           // values to be masked
  std::unique_ptr<Arena> memory = std::make_unique<Arena>();  // of every Value above

  const Routine* find(std::string_view routine_id) const;
  std::optional<uint32_t> routine_number(std::string_view routine_id) const;
  bool keeps_state() const;
  bool has_worker_slots() const;
  bool has_critical() const;
  // It has a native routine that is not ours, which nothing in this process can stop.
  bool may_not_return() const;
};

// Upstream before downstream: topological order of the strongly connected components, file order within one.
std::vector<uint32_t> flush_order(const std::vector<Routine>&, const std::vector<Connection>&);

}  // namespace runnel::core
