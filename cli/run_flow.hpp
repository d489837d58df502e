// The flow of run and replay, and with --isolate the processes that load it, too.
#pragma once

#include <memory>
#include <optional>
#include <runnel/isolation.hpp>

#include "options.hpp"

namespace runnel::cli {

struct RunFlow {
  Flow flow;
  std::unique_ptr<Isolation> isolation;
  int exit_code = 0;  // not 0: there is no flow, and why has been said
};

RunFlow load_run_flow(const Classes&, const RunArguments&, const FlowOptions&, const RuntimeOptions&,
                      const BatchOptions&);

}  // namespace runnel::cli
