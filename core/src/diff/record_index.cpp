#include "diff/record_index.hpp"

#include <algorithm>
#include <cstring>

#include "base/diagnostic.hpp"
#include "sink/record_writer.hpp"
#include "value/hash.hpp"

namespace runnel::core {
namespace {

constexpr uint8_t kNoStatus = 0xff;

uint64_t hash_of(Value text, Arena& memory) {
  return text.kind == RUNNEL_STRING ? content_hash(string_of(text, memory)) | 1 : 0;
}

// A record holds nothing but what a record may hold.
std::string no_record(Value record) {
  if (record.kind != RUNNEL_OBJECT || record.size == 0) return "this is no record of a run";
  const std::vector<std::string>& known = RecordWriter::field_names();
  for (uint32_t i = 0; i < record.size; ++i) {
    const std::string_view key = raw_text(members_of(record)[i].key);
    if (std::find(known.begin(), known.end(), key) == known.end())
      return "this is no record of a run: it has the key \"" + printable(key) + "\"";
  }
  return "";
}

}  // namespace

uint64_t RecordIndex::line_of(size_t record) const {
  const auto behind = std::upper_bound(lines_.begin(), lines_.end(), record,
                                       [](size_t wanted, const auto& one) { return wanted < one.first; });
  if (behind == lines_.begin()) return record + 1;
  return std::prev(behind)->second + (record - std::prev(behind)->first);
}

std::string RecordIndex::read(RecordFile& file, const RecordCompare& compare) {
  Reader reader(kRecordDepth);
  Arena memory;
  uint64_t line = 0;
  uint64_t expected = 1;  // line of the next record if no blank one comes
  while (file.next()) {
    ++line;
    if (file.line().find_first_not_of(" \t\r") == std::string_view::npos) continue;
    memory.reset();
    Value record{};
    const std::string place = ":" + std::to_string(line) + ": ";
    if (!reader.read(file.line(), memory, record)) {
      if (!file.is_ended()) {
        note = place + "left out the last record, which is not whole: its run was stopped";
        break;
      }
      std::string problem = place + "this is no record of a run: " + reader.problem().message;
      if (file.line() == "{") problem += "; a record stands on one line, not as --pretty writes it";
      return problem;
    }
    if (line != expected) lines_.emplace_back(size(), line);
    expected = line + 1;
    if (std::string problem = add(record, file.offset(), memory, compare); !problem.empty()) return place + problem;
  }
  if (file.error()) return std::string(": cannot be read on: ") + std::strerror(file.error());
  if (!has_ordinals_) ordinals = {};
  return "";
}

std::string RecordIndex::add(Value record, uint64_t offset, Arena& memory, const RecordCompare& compare) {
  if (std::string problem = no_record(record); !problem.empty()) return problem;
  const Value status = get(record, "status");
  const auto known = status.kind == RUNNEL_STRING ? final_status(string_of(status, memory)) : std::nullopt;
  const uint64_t replay_of = hash_of(get(record, "replay_of"), memory);
  const auto ordinal = to_int(get(get(record, "input"), "ordinal"));
  if (replay_of && replays.empty()) replays.resize(size());
  if (replay_of || !replays.empty()) replays.push_back(replay_of);
  if (has_ordinals_ && ordinal && *ordinal > 0) {
    ordinals.push_back(static_cast<uint64_t>(*ordinal));
  } else if (has_ordinals_) {
    has_ordinals_ = false;
    ordinals = {};
  }
  offsets.push_back(offset);
  digests.push_back(compare.digest(record));
  posts.push_back(compare.post_digest(record));
  ids.push_back(hash_of(get(record, "job_id"), memory));
  statuses.push_back(known ? static_cast<uint8_t>(*known) : kNoStatus);
  return "";
}

}  // namespace runnel::core
