// From the arguments of `run` to what run_batch takes.
#pragma once

#include <optional>
#include <runnel/batch.hpp>
#include <string>

#include "options.hpp"
#include "stop_signals.hpp"

namespace runnel::cli {

// Options that do not go together, or "".
std::string usage_mistake(const RunArguments&);

// The same for those of --output.
std::string file_mistake(const RunArguments&);
std::optional<FileOutput> file_output(const RunArguments&);

// Of the options that end a run early. They throw std::invalid_argument.
StopTimes stop_times(const RunArguments&);
StopLimits stop_limits(const RunArguments&);
int64_t job_timeout_us(const RunArguments&);  // 0: none

// Throws std::invalid_argument.
BatchOptions batch_options(const RunArguments&);

// --dry-run; returns the exit code.
int print_plan(const Flow&, const RuntimeOptions&, const BatchOptions&);

}  // namespace runnel::cli
