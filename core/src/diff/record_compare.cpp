#include "diff/record_compare.hpp"

#include <algorithm>

#include "diff/exact_number.hpp"
#include "value/hash.hpp"

namespace runnel::core {
namespace {

// Ids and times differ in any two runs; `input` says where a job came from, a location where a mistake stands in a
// file that may have been edited.
constexpr uint32_t kTimestamp = 0;   // number in the list
constexpr uint32_t kRetryDelay = 1;  // begins at a trace entry's details; no record has it at its top
constexpr const char* kAlways[] = {"trace_log[*].timestamp",
                                   "delay",
                                   "job_id",
                                   "worker_id",
                                   "created_at",
                                   "completed_at",
                                   "replay_of",
                                   "input",
                                   "error_detail.location",
                                   "errors[*].location"};

uint64_t mixed(uint64_t a, uint64_t b) {
  const uint64_t both[2] = {a, b};
  return content_hash({reinterpret_cast<const char*>(both), sizeof both});
}

uint64_t string_hash(Value text) {
  return text.flags & RUNNEL_ESCAPED ? content_hash(to_std_string(text)) : content_hash(raw_text(text));
}

bool same_scalar(Value a, Value b) {
  if (is_number(a) && is_number(b)) return same_number(a, b);
  return a.kind == b.kind && !is_container(a) && equal(a, b);
}

}  // namespace

RecordCompare::RecordCompare() {
  for (const char* path : kAlways) ignored_.add(path);
}

// The delay of the runtime's own entry about a retry is a time: its jitter comes from the job's id.
bool RecordCompare::ignores(Value object, std::string_view key, const Steps& at, Steps& below) const {
  if (at.empty()) return false;
  if (ignored_.ignores_member(at, key, below)) return true;
  const auto in_trace_entry = [](const IgnoredPaths::Step& step) { return step.path == kTimestamp && step.next == 2; };
  if (key != "details" || std::none_of(at.begin(), at.end(), in_trace_entry)) return false;
  const Value action = get(object, "action");
  if (action.kind == RUNNEL_STRING && raw_text(action) == "retry") below.push_back({kRetryDelay, 0});
  return false;
}

uint64_t RecordCompare::hash(Value value, const Steps& at) const {
  const uint64_t kind = value.kind;
  Steps below;
  switch (value.kind) {
    case RUNNEL_BOOL:
      return mixed(kind, static_cast<uint64_t>(value.as.integer));
    case RUNNEL_INT:
    case RUNNEL_DOUBLE:
    case RUNNEL_NUMBER:
      return mixed(RUNNEL_NUMBER, number_hash(value));
    case RUNNEL_STRING:
      return mixed(kind, string_hash(value));
    case RUNNEL_ARRAY: {
      uint64_t result = mixed(kind, value.size);
      for (uint32_t i = 0; i < value.size; ++i) {
        if (!at.empty() && ignored_.ignores_element(at, i, below)) continue;
        result = mixed(result, hash(items_of(value)[i], below));
      }
      return result;
    }
    case RUNNEL_OBJECT: {
      uint64_t sum = 0;
      for (uint32_t i = 0; i < value.size; ++i) {
        const Member& member = members_of(value)[i];
        if (ignores(value, raw_text(member.key), at, below)) continue;
        sum += mixed(string_hash(member.key), hash(member.value, below));
      }
      return mixed(kind, sum);
    }
    default:
      return mixed(kind, 0);
  }
}

uint64_t RecordCompare::digest(Value record) const {
  uint64_t sum = 0;
  const Steps start = ignored_.start();
  Steps below;
  for (uint32_t i = 0; i < record.size; ++i) {
    const Member& member = members_of(record)[i];
    const std::string_view key = raw_text(member.key);
    if (key == "post" || ignored_.ignores_member(start, key, below)) continue;
    sum += mixed(string_hash(member.key), hash(member.value, below));
  }
  return sum;
}

uint64_t RecordCompare::post_digest(Value record) const {
  Steps below;
  const Value post = get(record, "post");
  if (is_missing(post) || ignored_.ignores_member(ignored_.start(), "post", below)) return 0;
  return hash(post, below) | 1;
}

std::vector<Difference> RecordCompare::differences(Value before, Value after) const {
  std::vector<Difference> result;
  const bool have_posts = !is_missing(get(before, "post")) && !is_missing(get(after, "post"));
  compare_objects(before, after, "", ignored_.start(), result);
  if (!have_posts) std::erase_if(result, [](const Difference& one) { return one.path == "post"; });
  return result;
}

void RecordCompare::compare(Value before, Value after, const std::string& path, const Steps& at,
                            std::vector<Difference>& out) const {
  if (before.kind == RUNNEL_OBJECT && after.kind == RUNNEL_OBJECT) return compare_objects(before, after, path, at, out);
  if (before.kind == RUNNEL_ARRAY && after.kind == RUNNEL_ARRAY) {
    Steps below;
    for (uint32_t i = 0; i < std::max(before.size, after.size); ++i) {
      if (ignored_.ignores_element(at, i, below)) continue;
      compare(i < before.size ? items_of(before)[i] : missing(), i < after.size ? items_of(after)[i] : missing(),
              path_of_element(path, i), below, out);
    }
    return;
  }
  if (!same_scalar(before, after)) out.push_back({path, before, after});
}

void RecordCompare::compare_objects(Value before, Value after, const std::string& path, const Steps& at,
                                    std::vector<Difference>& out) const {
  Steps below;
  for (uint32_t i = 0; i < before.size; ++i) {
    const Member& member = members_of(before)[i];
    const std::string_view key = raw_text(member.key);
    if (ignores(before, key, at, below)) continue;
    compare(member.value, get(after, key), path_of_member(path, key), below, out);
  }
  for (uint32_t i = 0; i < after.size; ++i) {
    const Member& member = members_of(after)[i];
    const std::string_view key = raw_text(member.key);
    if (!is_missing(get(before, key)) || ignores(after, key, at, below)) continue;
    out.push_back({path_of_member(path, key), missing(), member.value});
  }
}

}  // namespace runnel::core
