// CRC-32C (Castagnoli; RFC 3720, B.4), for the lines of a state file.
#pragma once

#include <cstdint>
#include <string_view>

namespace runnel::core {

uint32_t crc32c(std::string_view bytes);

}  // namespace runnel::core
