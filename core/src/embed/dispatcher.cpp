#include "embed/dispatcher.hpp"

#include <algorithm>

#include "base/diagnostic.hpp"
#include "base/utf8.hpp"
#include "flow/evaluation.hpp"
#include "script/lua.hpp"
#include "value/writer.hpp"

namespace runnel::core {
namespace {

constexpr size_t kMostIdBytes = 256;

const std::vector<std::string>& post_keys() {
  static const std::vector<std::string> keys{"data", "routine", "slot", "metadata", "job_id"};
  return keys;
}

std::string quoted_start(std::string_view text) {
  constexpr size_t kShown = 100;
  const std::string_view shown = text.substr(0, utf8_prefix(text, kShown));
  return "\"" + printable(shown) + (shown.size() < text.size() ? "...\"" : "\"");
}

// Where a scalar stands in the text it was read from; the start for what points elsewhere.
size_t offset_of(std::string_view text, Value value) {
  if (value.kind != RUNNEL_STRING && value.kind != RUNNEL_NUMBER) return 0;
  const auto distance = reinterpret_cast<uintptr_t>(value.as.text) - reinterpret_cast<uintptr_t>(text.data());
  if (distance == 0 || distance >= text.size()) return 0;
  return distance - (text[distance - 1] == '"' ? 1 : 0);
}

// Where the value of a key begins.
size_t behind_key(std::string_view text, Value key) {
  const size_t start = offset_of(text, key);
  if (start == 0) return 0;
  size_t at = start + 1;
  while (at < text.size() && text[at] != '"') at += text[at] == '\\' ? 2 : 1;
  at = text.find_first_not_of(" \t\r\n:", at + 1);
  return at == std::string_view::npos ? start : at;
}

std::string kind_of(Value value) {
  const std::string name(kind_name(value));
  if (value.kind == RUNNEL_NULL || name.empty()) return name;
  return (std::string_view("aeiou").find(name.front()) == std::string_view::npos ? "a " : "an ") + name;
}

bool is_integer(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

std::unique_ptr<Dispatcher> Dispatcher::for_input(const Flow& flow, const EntryChoice& entry, InputFormat format,
                                                  std::unique_ptr<Partition> partition) {
  const bool names_slots = format == InputFormat::jobs || format == InputFormat::records;
  if (!names_slots && !flow.job_id_from && !partition) return nullptr;
  return std::unique_ptr<Dispatcher>(new Dispatcher(flow, entry, format, std::move(partition)));
}

Dispatcher::Dispatcher(const Flow& flow, const EntryChoice& entry, InputFormat format,
                       std::unique_ptr<Partition> partition)
    : flow_(flow),
      entry_(entry),
      posts_(format == InputFormat::jobs),
      partition_(std::move(partition)),
      scripts_(flow.job_id_from ? make_lua_engine(flow.expressions, ScriptLimits{}) : nullptr) {}

void Dispatcher::look_at(Block& block) {
  block.posts.assign(block.lines.size(), Post{});
  block.are_posts = posts_;
  for (size_t i = 0; i < block.lines.size(); ++i) {
    const bool is_broken = block.problem && i + 1 == block.lines.size();
    block.posts[i].slot = entry_.slot ? *entry_.slot : flow_.entry_candidates.front();
    if (partition_) block.posts[i].worker = static_cast<uint32_t>((block.first_ordinal + i) % partition_->workers());
    if (!block.replays.empty()) {
      look_at_replay(block, block.replays[i], block.posts[i]);
    } else if (!block.lines[i].too_long && !is_broken) {
      look_at_text(block, {block.text(block.lines[i]), block.decoder, posts_, {}}, block.posts[i]);
    }
  }
}

void Dispatcher::look_at_replay(Block& block, Replay& replay, Post& post) {
  post.problem = replay.problem;
  if (replay.problem) return;
  if (!replay.is_post && !entry_.is_for_all) {
    if (std::string mistake = find_slot(flow_, replay.routine, replay.slot, post.slot); !mistake.empty()) {
      replay.is_lost = true;
      block.problems.push_back(
          std::make_unique<InputProblem>(InputProblem{"input.target", std::move(mistake), 0, true}));
      post.problem = block.problems.back().get();
      return;
    }
  }
  if (replay.is_post || flow_.job_id_from || partition_)
    look_at_text(block, {replay.text, replay.decoder, replay.is_post, replay.metadata}, post);
}

// What cannot be read at all is left to the job, which finds the same.
void Dispatcher::look_at_text(Block& block, const Text& job, Post& post) {
  memory_.reset();
  Value data{};
  Value base{};
  ReadProblem unreadable;
  const std::string_view text = job.text;
  if (!read_record(job.decoder, reader_, text, memory_, data, unreadable)) return;
  if (!job.base_metadata.empty() && !reader_.read(job.base_metadata, memory_, base)) return;
  const Value own = job.is_post ? get(data, "metadata") : Value{};
  Problem problem;
  if (job.is_post) problem = read_post(data, block.ids, post, data);
  if (!problem && post.job_id.empty() && flow_.job_id_from) problem = take_id(data, block.ids, post);
  if (!problem && partition_) {
    if (auto no_key = partition_->choose(base, data, own, memory_, post.worker)) {
      block.problems.push_back(std::make_unique<InputProblem>(std::move(*no_key)));
      post.problem = block.problems.back().get();
    }
    return;
  }
  if (!problem) return;
  block.problems.push_back(std::make_unique<InputProblem>(InputProblem{
      problem->code, std::move(problem->message),
      problem->at_key ? behind_key(text, problem->at) : offset_of(text, problem->at), problem->is_readable}));
  post.problem = block.problems.back().get();
}

Dispatcher::Problem Dispatcher::read_post(Value envelope, Arena& ids, Post& post, Value& data) {
  if (envelope.kind != RUNNEL_OBJECT) {
    return Found{"input.syntax", "a post is an object {\"data\": ...}, not " + kind_of(envelope)};
  }
  const std::vector<std::string>& known = post_keys();
  for (uint32_t i = 0; i < envelope.size; ++i) {
    const Value key = members_of(envelope)[i].key;
    const std::string name = to_std_string(key);
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    std::string hint = suggest(name, known);
    return Found{"input.syntax", "unknown key " + quoted_start(name) + " in a post" + (hint.empty() ? "" : "; " + hint),
                 key};
  }
  data = get(envelope, "data");
  if (is_missing(data)) return Found{"input.syntax", "a post needs \"data\""};
  for (const char* name : {"routine", "slot", "job_id"}) {
    const Value value = get(envelope, name);
    if (is_nothing(value) || value.kind == RUNNEL_STRING) continue;
    return wrong_kind(envelope, name, "a string", value);
  }
  if (const Value metadata = get(envelope, "metadata"); !is_nothing(metadata) && metadata.kind != RUNNEL_OBJECT) {
    return wrong_kind(envelope, "metadata", "an object", metadata);
  }
  if (Problem problem = find_target(get(envelope, "routine"), get(envelope, "slot"), post)) return problem;
  const Value id = get(envelope, "job_id");
  if (is_nothing(id)) return std::nullopt;
  const std::string_view text = string_of(id, memory_);
  if (text.empty()) return Found{"input.syntax", "\"job_id\" is empty", id};
  Problem problem = claim(text, ids, post);
  if (problem) problem->at = id;
  return problem;
}

Dispatcher::Problem Dispatcher::wrong_kind(Value envelope, std::string_view name, const char* wanted, Value value) {
  Found found{"input.syntax", "\"" + std::string(name) + "\" must be " + wanted + ", not " + kind_of(value)};
  for (uint32_t i = 0; i < envelope.size; ++i) {
    const Member& member = members_of(envelope)[i];
    if (to_std_string(member.key) == name && member.value.kind == value.kind) found.at = member.key;
  }
  found.at_key = true;
  return found;
}

Dispatcher::Problem Dispatcher::find_target(Value routine, Value slot, Post& post) {
  if (is_nothing(routine) && is_nothing(slot)) {
    if (entry_.slot) return std::nullopt;
    return Found{"input.target", entry_.mistake};
  }
  std::string name;
  if (is_nothing(routine)) {
    if (!entry_.slot) return Found{"input.target", "\"slot\" needs a \"routine\" here: " + entry_.mistake};
    name = flow_.routines[entry_.slot->routine].id;
  } else {
    name = to_std_string(routine);
  }
  std::string mistake;
  if (!is_nothing(slot)) {
    mistake = find_slot(flow_, name, to_std_string(slot), post.slot);
  } else {
    mistake = find_only_slot(flow_, name, post.slot);
  }
  if (mistake.empty()) return std::nullopt;
  return Found{"input.target", std::move(mistake), is_nothing(routine) || flow_.find(name) ? slot : routine};
}

Dispatcher::Problem Dispatcher::take_id(Value data, Arena& ids, Post& post) {
  runnel_context context = evaluation_context(flow_, scripts_.get(), ++evaluations_, memory_, nullptr);
  context.data = data;
  Value id{};
  if (!evaluate(context, expression_value(*flow_.job_id_from), id)) {
    return Found{"input.job_id", context.failure.location + ": " + context.failure.message, {}, true};
  }
  std::string text;
  if (id.kind == RUNNEL_STRING) {
    text = string_of(id, memory_);
  } else if (is_number(id)) {
    text = to_json(id);
    if (!is_integer(text)) text.clear();
  }
  if (!text.empty()) return claim(text, ids, post);
  std::string made = id.kind == RUNNEL_STRING ? "an empty string" : is_nothing(id) ? "nil" : kind_of(id);
  if (is_number(id)) made = to_json(id);
  return Found{"input.job_id", "--job-id-from gives " + made + "; a job_id is a string or an integer", {}, true};
}

Dispatcher::Problem Dispatcher::claim(std::string_view id, Arena& ids, Post& post) {
  if (id.size() > kMostIdBytes) {
    return Found{"input.job_id",
                 "the job_id " + quoted_start(id) + " has " + std::to_string(id.size()) + " bytes; it may have up to " +
                     std::to_string(kMostIdBytes),
                 {},
                 true};
  }
  if (std::any_of(id.begin(), id.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; })) {
    return Found{"input.job_id", "the job_id " + quoted_start(id) + " holds a control character", {}, true};
  }
  if (ids_.insert(id)) {
    post.job_id = {ids.copy(id), id.size()};
    return std::nullopt;
  }
  return Found{"input.job_id", "the job_id " + quoted_start(id) + " was given to an earlier job of this run", {}, true};
}

}  // namespace runnel::core
