// Differences as text for people, or as a JSON line for each job.
#pragma once

#include <string>
#include <vector>

#include "diff/record_compare.hpp"

namespace runnel::core {

// One file of the two.
struct RunFile {
  std::string name;
  std::string shown;  // printable
};

// A record and where it stands; none: `record` is missing.
struct PlacedRecord {
  Value record{};
  uint64_t line = 0;
};

class DiffReport {
 public:
  DiffReport(const RunFile& a, const RunFile& b, bool as_json) : a_(a), b_(b), as_json_(as_json) {}

  // A job of both, or of one file only.
  std::string text(const PlacedRecord& a, const PlacedRecord& b, const std::vector<Difference>&) const;

 private:
  std::string as_text(const PlacedRecord& a, const PlacedRecord& b, const std::vector<Difference>&) const;
  static std::string as_json(const PlacedRecord& a, const PlacedRecord& b, const std::vector<Difference>&);

  const RunFile& a_;
  const RunFile& b_;
  const bool as_json_;
};

}  // namespace runnel::core
