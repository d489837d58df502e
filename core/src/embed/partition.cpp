#include "embed/partition.hpp"

#include <bit>
#include <cmath>

#include "flow/evaluation.hpp"
#include "script/lua.hpp"
#include "value/hash.hpp"

namespace runnel::core {
namespace {

uint64_t mixed(uint64_t hash, uint64_t more) {
  const uint64_t both[2] = {hash, more};
  return content_hash({reinterpret_cast<const char*>(both), sizeof both});
}

uint64_t hash_of_text(Value text, bool has_escapes) {
  return has_escapes ? content_hash(to_std_string(text)) : content_hash(raw_text(text));
}

// `data.a.b`: the names behind `data`; none for any other expression.
std::vector<std::string> path_of(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n";
  while (!text.empty() && kBlank.find(text.back()) != std::string_view::npos) text.remove_suffix(1);
  std::vector<std::string> names;
  if (!text.starts_with("data.")) return names;
  for (size_t at = 4; at < text.size();) {
    if (text[at] != '.') return {};
    size_t end = ++at;
    const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
    while (end < text.size() && (is_letter(text[end]) || (end > at && text[end] >= '0' && text[end] <= '9'))) ++end;
    if (end == at) return {};
    names.emplace_back(text.substr(at, end - at));
    at = end;
  }
  return names;
}

}  // namespace

uint64_t key_hash(Value key) {
  const auto kind = static_cast<uint64_t>(key.kind);
  switch (key.kind) {
    case RUNNEL_MISSING:
    case RUNNEL_NULL:
      return mixed(RUNNEL_NULL, 0);
    case RUNNEL_STRING:
      return hash_of_text(key, key.flags & RUNNEL_ESCAPED);
    case RUNNEL_INT:
    case RUNNEL_DOUBLE:
    case RUNNEL_NUMBER:  // equal numbers are the same double; those beyond it are all one key
      return mixed(RUNNEL_NUMBER, std::bit_cast<uint64_t>(to_double(key).value_or(HUGE_VAL) + 0.0));
    case RUNNEL_ARRAY: {
      uint64_t hash = mixed(kind, key.size);
      for (uint32_t i = 0; i < key.size; ++i) hash = mixed(hash, key_hash(items_of(key)[i]));
      return hash;
    }
    case RUNNEL_OBJECT: {
      uint64_t sum = 0;
      for (uint32_t i = 0; i < key.size; ++i) {
        const Member& member = members_of(key)[i];
        sum += mixed(key_hash(member.key), key_hash(member.value));
      }
      return mixed(kind, sum);
    }
    default:
      return mixed(kind, static_cast<uint64_t>(key.as.integer));
  }
}

std::unique_ptr<Partition> Partition::for_flow(const Flow& flow, uint32_t workers, Value metadata) {
  if (!flow.partition_by) return nullptr;
  return std::unique_ptr<Partition>(new Partition(flow, workers, metadata));
}

Partition::Partition(const Flow& flow, uint32_t workers, Value metadata)
    : flow_(flow), workers_(workers), metadata_(metadata), scripts_(make_lua_engine(flow.expressions, ScriptLimits{})) {
  const std::string& text = flow.expressions[*flow.partition_by].source.text;
  path_ = path_of(text);
  names_metadata_ = text.find("metadata") != std::string::npos;
}

std::optional<InputProblem> Partition::choose(Value base, Value data, Value own, Arena& memory, uint32_t& worker) {
  return choose_with(is_missing(base) ? metadata_ : metadata_over(base, metadata_, memory), data, own, memory, worker);
}

std::optional<InputProblem> Partition::choose_with(Value metadata, Value data, Value own, Arena& memory,
                                                   uint32_t& worker) {
  Value key{};
  if (path_.empty() || !follow(data, key)) {
    job_.reset();
    if (names_metadata_) {
      const auto value_of = [&](size_t expression, Value& value) {
        return evaluate_in_job(expression, data, memory, value);
      };
      job_.metadata = metadata;
      // What fails in here fails the job on any worker.
      if (!compose_metadata(flow_, own, memory, job_.metadata, value_of)) return std::nullopt;
    }
    if (!evaluate_in_job(*flow_.partition_by, data, memory, key)) {
      return InputProblem{"input.partition", "partition_by: " + failure_, 0, true};
    }
  }
  worker = static_cast<uint32_t>(key_hash(key) % workers_);
  return std::nullopt;
}

bool Partition::evaluate_in_job(size_t expression, Value data, Arena& memory, Value& out) {
  runnel_context context = evaluation_context(flow_, scripts_.get(), ++evaluations_, memory, &job_);
  context.data = data;
  if (evaluate(context, expression_value(expression), out)) return true;
  failure_ = context.failure.location + ": " + context.failure.message;
  return false;
}

// False: Lua must say what a field of something that is no object is.
bool Partition::follow(Value data, Value& key) const {
  key = data;
  for (const std::string& name : path_) {
    if (key.kind != RUNNEL_OBJECT) return false;
    key = get(key, name);
  }
  return true;
}

}  // namespace runnel::core
