#include "sink/written_record.hpp"

#include <charconv>

#include "base/job_id.hpp"

namespace runnel::core {
namespace {

std::optional<uint64_t> hash_of(std::string_view hex) {
  uint64_t hash = 0;
  if (hex.size() != 16 || std::from_chars(hex.data(), hex.data() + 16, hash, 16).ptr != hex.data() + 16) {
    return std::nullopt;
  }
  return hex == hex16(hash) ? std::optional(hash) : std::nullopt;
}

}  // namespace

std::optional<WrittenRecord> WrittenRecordReader::read(std::string_view line) {
  memory_.reset();
  Value record{};
  if (!reader_.read(line, memory_, record)) return std::nullopt;
  const Value job_id = get(record, "job_id");
  const Value status = get(record, "status");
  const Value input = get(record, "input");
  WrittenRecord result;
  const auto final = status.kind == RUNNEL_STRING ? final_status(string_of(status, memory_)) : std::nullopt;
  const auto ordinal = to_int(get(input, "ordinal"));
  const Value sha = get(input, "sha");
  const auto hash = sha.kind == RUNNEL_STRING ? hash_of(string_of(sha, memory_)) : std::nullopt;
  if (!final || !ordinal || *ordinal < 1 || !hash) return std::nullopt;
  result.status = *final;
  result.ordinal = static_cast<uint64_t>(*ordinal);
  result.hash = *hash;
  if (stable_ids_ && to_std_string(job_id) != stable_job_id(result.ordinal, result.hash)) {
    return std::nullopt;
  }
  const Value code = get(get(record, "error_detail"), "code");
  result.bad_input =
      result.status == Status::failed && code.kind == RUNNEL_STRING && string_of(code, memory_).starts_with("input.");
  return result;
}

}  // namespace runnel::core
