#include "embed/record_choice.hpp"

#include <sys/stat.h>

#include <algorithm>

#include "base/diagnostic.hpp"
#include "embed/replayed_record.hpp"
#include "flow/evaluation.hpp"
#include "script/lua.hpp"

namespace runnel::core {
namespace {

constexpr uint32_t kLinesAtOnce = 4096;

bool is_regular(const std::string& name) {
  struct stat info {};
  return name != "-" && ::stat(name.c_str(), &info) == 0 && S_ISREG(info.st_mode);
}

std::string place_of(const Block& block, const Line& line) {
  return printable(block.source) + ":" + std::to_string(block.first_line + line.line) + ": ";
}

}  // namespace

RecordChoice::RecordChoice(const Flow& flow, const ReplayOptions& options)
    : flow_(flow),
      options_(options),
      scripts_(flow.where ? make_lua_engine(flow.expressions, ScriptLimits{}) : nullptr) {
  for (const std::string& id : options.job_ids) wanted_.emplace(id, false);
}

bool RecordChoice::take(Block& block, const Line& line) {
  const std::string_view text = block.text(line);
  Replay replay;
  std::string problem;
  Value record{};
  memory_.reset();
  if (line.too_long) {
    problem = "the record is longer than 16 MiB";
  } else if (!reader_.read(text, memory_, record)) {
    if (block.is_cut && &line == &block.lines.back()) {
      if (noted_cut_ != block.source) {
        note(place_of(block, line) + "left out the last record, which is not whole: its run was stopped");
      }
      noted_cut_ = block.source;
      return false;
    }
    problem = "this is no record of a run: " + reader_.problem().message;
    if (text == "{") problem += "; a record stands on one line, not as --pretty writes it";
  } else {
    if (!is_chosen(record, problem) || !holds_where(record, problem)) {
      if (problem.empty()) return false;
    } else {
      note_other_flow(record);
      problem = read_replay(text, record, block, replay);
    }
  }
  if (!problem.empty()) refuse_replay(block, text, std::move(problem), replay);
  block.replays.push_back(replay);
  return true;
}

bool RecordChoice::is_chosen(Value record, std::string& problem) {
  if (!wanted_.empty()) {
    const auto wanted = wanted_.find(to_std_string(get(record, "job_id")));
    if (wanted == wanted_.end()) return false;
    wanted->second = true;
  }
  if (options_.status.empty()) return true;
  const Value status = get(record, "status");
  if (is_missing(status)) {
    problem = record.kind == RUNNEL_OBJECT ? "the record has no status, by which --status chooses"
                                           : "this is no record of a run";
    return false;
  }
  return to_std_string(status) == options_.status;
}

bool RecordChoice::holds_where(Value record, std::string& problem) {
  if (!flow_.where) return true;
  runnel_context context = evaluation_context(flow_, scripts_.get(), ++evaluations_, memory_, nullptr);
  context.data = record;
  Value result{};
  if (evaluate(context, expression_value(*flow_.where), result))
    return !is_nothing(result) && (result.kind != RUNNEL_BOOL || result.as.integer);
  problem = context.failure.location + ": " + context.failure.message;
  return false;
}

void RecordChoice::note_other_flow(Value record) {
  const Value flow_id = get(record, "flow_id");
  if (has_noted_flow_ || flow_id.kind != RUNNEL_STRING) return;
  const std::string name = to_std_string(flow_id);
  if (name == flow_.id) return;
  has_noted_flow_ = true;
  note("records of flow \"" + printable(name) + "\" are posted to flow \"" + flow_.id + "\"");
}

void RecordChoice::note(const std::string& text) {
  if (options_.note) options_.note(text);
}

std::string RecordChoice::check(const std::vector<std::string>& names, uint64_t skip,
                                const std::optional<uint64_t>& head) {
  std::vector<std::string> files;
  std::copy_if(names.begin(), names.end(), std::back_inserter(files), is_regular);
  const uint64_t last = head && *head < UINT64_MAX - skip ? skip + *head : UINT64_MAX;
  BlockReader reader(files, -1, InputFormat::records, filter());
  Block block;
  while (reader.next_ordinal() <= last) {
    const BlockReader::Taken taken = reader.take(block, kLinesAtOnce);
    if (taken == BlockReader::Taken::end && files.size() == names.size()) {
      for (const auto& [id, was_there] : wanted_) {
        if (!was_there) return "no record has the job_id \"" + printable(id) + "\"";
      }
    }
    if (taken != BlockReader::Taken::block) return "";  // what cannot be read on is said by the run itself
    for (size_t i = 0; i < block.lines.size(); ++i) {
      const uint64_t ordinal = block.first_ordinal + i;
      const InputProblem* const problem = block.replays[i].problem;
      const bool is_recorded = problem && problem->code != "input.record";  // it fails as it did before
      if (ordinal > skip && ordinal <= last && problem && !is_recorded)
        return place_of(block, block.lines[i]) + problem->message;
    }
  }
  return "";
}

}  // namespace runnel::core
