// A plain line as a job's data: a string.
#pragma once

#include "job/input_decoder.hpp"

namespace runnel::core {

const InputDecoder& line_decoder();

// False where the text is not UTF-8: `problem` says where.
bool check_utf8(std::string_view text, ReadProblem& problem);

}  // namespace runnel::core
