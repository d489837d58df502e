// An InputDecoder made again from its description, in another process.
#pragma once

#include <memory>
#include <string_view>

#include "job/input_decoder.hpp"

namespace runnel::core {

// Null: it describes none.
std::shared_ptr<const InputDecoder> described_decoder(std::string_view description);

}  // namespace runnel::core
