// Of a resumed run: the lines of jobs that are done must be those they were done for.
#pragma once

#include <string>
#include <vector>

#include "sink/done_records.hpp"
#include "source/block_reader.hpp"

namespace runnel::core {

class InputCheck {
 public:
  // output: the file's name, for messages.
  InputCheck(const DoneRecords& done, std::string output) : done_(done), output_(std::move(output)) {}

  const DoneRecords& done() const { return done_; }
  // Blocks come in input order. False: a line is another one, see mistake().
  bool look_at(const Block&);
  // The input is over before this ordinal.
  bool look_at_end(uint64_t next_ordinal);
  // The whole of files that can be read twice, as far as jobs are done.
  bool look_ahead(const std::vector<std::string>& names, InputFormat, const LineFilter&);

  const std::string& mistake() const { return mistake_; }  // "": none yet

 private:
  const DoneRecords& done_;
  const std::string output_;
  std::string mistake_;
};

}  // namespace runnel::core
