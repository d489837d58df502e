// Base64 (RFC 4648, with padding).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace runnel::core {

std::string to_base64(std::string_view bytes);
// Nothing: the text is not what to_base64 makes of any bytes.
std::optional<std::string> from_base64(std::string_view text);

}  // namespace runnel::core
