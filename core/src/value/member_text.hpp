// Parts of JSON text as they stand there.
#pragma once

#include <string_view>

namespace runnel::core {

// The text of a member's value in an object that is known to be valid JSON; "": there is none. The name is compared as
// it is written: one with escapes is not found.
std::string_view member_text(std::string_view object, std::string_view name);

}  // namespace runnel::core
