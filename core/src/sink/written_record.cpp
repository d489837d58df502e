#include "sink/written_record.hpp"

#include <charconv>

#include "base/job_id.hpp"

namespace runnel::core {
namespace {

constexpr uint32_t kRecordDepth = kMaxDepth + 16;  // a record wraps values that are as deep as they may be

// The text of a member of an object that is known to be valid JSON; "": there is none.
std::string_view member_text(std::string_view object, std::string_view name) {
  size_t depth = 0;
  size_t key_start = 0;
  size_t value_start = 0;
  std::string_view key;
  for (size_t at = 0; at < object.size(); ++at) {
    switch (object[at]) {
      case '"': {
        const size_t start = at;
        while (object[++at] != '"') at += object[at] == '\\' ? 1 : 0;
        if (depth == 1 && value_start == 0) {
          key_start = start + 1;
          key = object.substr(key_start, at - key_start);
        }
        break;
      }
      case ':':
        if (depth == 1) value_start = at + 1;
        break;
      case '{':
      case '[':
        ++depth;
        break;
      case '}':
      case ']':
      case ',':
        if (depth == 1 && value_start != 0 && key == name) return object.substr(value_start, at - value_start);
        if (depth == 1 && object[at] == ',') value_start = 0;
        if (object[at] != ',') --depth;
        break;
      default:
        break;
    }
  }
  return {};
}

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
  Value job_id{};
  Value status{};
  Value input{};
  Value detail{};
  if (reader_.read(line, memory_, record)) {
    job_id = get(record, "job_id");
    status = get(record, "status");
    input = get(record, "input");
    detail = get(record, "error_detail");
  } else if (reader_.problem().error == ReadError::too_deep && line.starts_with('{') &&
             find_problem(line, kRecordDepth).error == ReadError::none) {
    Reader members;
    for (const auto& [name, to] : {std::pair<std::string_view, Value*>{"job_id", &job_id},
                                   {"status", &status},
                                   {"input", &input},
                                   {"error_detail", &detail}}) {
      if (const std::string_view text = member_text(line, name); !text.empty()) members.read(text, memory_, *to);
    }
  }
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
  const Value code = get(detail, "code");
  result.bad_input =
      result.status == Status::failed && code.kind == RUNNEL_STRING && string_of(code, memory_).starts_with("input.");
  return result;
}

}  // namespace runnel::core
