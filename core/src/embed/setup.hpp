// What a posted job and a batch prepare alike: where jobs go, how they run, how their records look.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "flow/flow.hpp"
#include "runnel/runtime.hpp"
#include "runtime/job_runner.hpp"

namespace runnel::core {

// "ROUTINE.NAME" or its mistake with the nearest names.
std::string find_slot(const Flow&, std::string_view text, SlotRef& out);
std::string find_event(const Flow&, std::string_view text, SlotRef& out);  // out.slot: the event's number
// The slot jobs go to when none is named.
std::string find_entry(const Flow&, SlotRef& out);
std::string find_slot(const Flow&, std::string_view routine, std::string_view slot, SlotRef& out);
// The slot of a routine that has one.
std::string find_only_slot(const Flow&, std::string_view routine, SlotRef& out);

// The options of a job, or the mistake in them. `memory` keeps the metadata.
std::string job_options(const Flow&, const RuntimeOptions&, Arena& memory, JobOptions& out);

// A runner of its own for one worker.
std::unique_ptr<JobRunner> make_runner(const Flow&, uint32_t worker, const JobOptions&);

}  // namespace runnel::core
