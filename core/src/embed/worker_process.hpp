// What runs in a worker process, from its fork to its end.
#pragma once

#include <cstdint>
#include <functional>

#include "isolate/zygote.hpp"
#include "runnel/batch.hpp"

namespace runnel::core {

[[noreturn]] void run_worker_process(uint32_t worker, const Zygote::Descriptors&,
                                     const std::function<runnel::Flow()>& load, const RuntimeOptions&,
                                     const BatchOptions&);

}  // namespace runnel::core
