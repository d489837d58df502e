// Which records of an earlier run are posted again: by status, id and --where.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "flow/flow.hpp"
#include "runnel/batch.hpp"
#include "source/block_reader.hpp"
#include "value/reader.hpp"

namespace runnel::core {

class RecordChoice {
 public:
  // The flow outlives it.
  RecordChoice(const Flow&, const ReplayOptions&);

  // As LineFilter: adds what is posted to block.replays. A record that should be posted again and cannot be is taken,
  // too: its replay has a problem.
  bool take(Block&, const Line&);
  LineFilter filter() {
    return [this](Block& block, const Line& line) { return take(block, line); };
  }

  // Reads the files among the inputs, which can be read twice, as far as jobs would be run: the first record that
  // cannot be posted again with its place, or an id that none of them has. "": there is neither.
  std::string check(const std::vector<std::string>& names, uint64_t skip, const std::optional<uint64_t>& head);

 private:
  bool is_chosen(Value record, std::string& problem);
  bool holds_where(Value record, std::string& problem);
  void note_other_flow(Value record);
  void note(const std::string& text);

  const Flow& flow_;
  const ReplayOptions options_;
  std::map<std::string, bool, std::less<>> wanted_;  // job_id -> was there
  std::unique_ptr<ScriptEngine> scripts_;
  Reader reader_{kRecordDepth};
  Arena memory_;
  uint64_t evaluations_ = 0;
  bool has_noted_flow_ = false;
  std::string noted_cut_;  // source whose last record is not whole
};

}  // namespace runnel::core
