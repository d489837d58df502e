// What was posted: the data of one job for one slot, and where it came from.
#pragma once

#include <cstdint>
#include <string_view>

#include "value/value.hpp"

namespace runnel::core {

constexpr uint64_t kNoOrdinal = 0;

class InputDecoder;
struct InputProblem;
struct Verdict;

// Where a job's line stands. Ordinals and lines count from 1; ordinal 0: posted by a program, not read from input.
struct InputPlace {
  std::string_view source;  // file name or "-"; outlives the run
  uint64_t line = 0;
  uint64_t ordinal = kNoOrdinal;
};

// A slot by numbers: of the routine in the flow, of the slot in the routine.
struct SlotRef {
  uint32_t routine = 0;
  uint32_t slot = 0;
};

struct JobRequest {
  std::string_view text;  // the raw line or posted JSON; lives until the job's record is written
  InputPlace place;
  uint64_t number = 0;        // of the job in its run, from 1; the ordinal of one that was read from input
  std::string_view job_id;    // empty: the runtime makes one
  std::string_view metadata;  // JSON object of this job alone; empty: the run's metadata
  SlotRef slot;               // where the data goes
  bool duplicate_id = false;  // the id it was given is an earlier job's: it fails under one the runtime makes
  bool too_long = false;      // text is only the beginning of a line over the limit
  bool has_hash = false;      // text_hash is known: that of a line the text is not, or not all of
  uint64_t text_hash = 0;     // content_hash of the whole line
  uint32_t column = 1;        // where the text begins on its line; 0: it does not stand there as it is
  bool is_post = false;       // the text is {"data": ..., "metadata": {...}, ...}, checked by a dispatcher
  const InputDecoder* decoder = nullptr;  // of a text that is not JSON; outlives the run
  const InputProblem* problem = nullptr;  // found before: the job fails with it
  std::string_view format;                // of a text that is no JSON line: csv, lines, ...; static
  const Verdict* verdict = nullptr;       // the job fails with it if it can be read

  // Of a job that is posted again.
  std::string_view replay_of;      // the id it had; "": it is a new one
  std::string_view base_metadata;  // JSON object, under the run's metadata; empty: none
  std::string_view post_routine;   // what its post named that the flow does not have; else empty
  std::string_view post_slot;
};

}  // namespace runnel::core
