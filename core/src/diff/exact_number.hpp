// Numbers by value, exactly, however they are written: 1.0 is 1, 1e400 is not 1e401.
#pragma once

#include "value/value.hpp"

namespace runnel::core {

bool same_number(Value a, Value b);
// The same for numbers that are the same.
uint64_t number_hash(Value number);

}  // namespace runnel::core
