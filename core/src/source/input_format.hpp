// What stands in the input, and how it is cut into records: one record, one job.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace runnel::core {

enum class InputFormat : uint8_t {
  jsonl,   // a line: the job's data as JSON
  json,    // the elements of arrays, and values one behind the other
  csv,     // a row under a header, RFC 4180: an object of strings
  tsv,     // the same with tabs, and \t \n \r \\ instead of quotes
  lines,   // a line: the data as a string
  jobs,    // a line: {"data", "routine", "slot", "metadata", "job_id"}
  records  // a line: the record of an earlier run, whose `post` is posted again
};

const std::vector<std::string>& input_format_names();  // in the order above
std::optional<InputFormat> input_format_of(std::string_view name);

constexpr bool has_header(InputFormat format) { return format == InputFormat::csv || format == InputFormat::tsv; }

}  // namespace runnel::core
