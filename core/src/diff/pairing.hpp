// Which record of the one file is of the same job as which of the other.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "diff/record_index.hpp"

namespace runnel::core {

struct Pairing {
  std::string_view by;                              // what matched them, for people
  std::vector<std::pair<uint32_t, uint32_t>> both;  // in the order of the first file
  std::vector<uint32_t> only_a;
  std::vector<uint32_t> only_b;
  std::vector<std::pair<uint32_t, uint32_t>> twice_a;  // records of one file with the same key
  std::vector<std::pair<uint32_t, uint32_t>> twice_b;
};

// By replay_of if one run is the other's replay or both are of one run, else by input.ordinal if all records have it,
// else by job_id if one stands in both, else one after the other.
Pairing pair_records(const RecordIndex& a, const RecordIndex& b);

}  // namespace runnel::core
