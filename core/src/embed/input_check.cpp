#include "embed/input_check.hpp"

#include <sys/stat.h>

#include <algorithm>

#include "base/diagnostic.hpp"
#include "value/hash.hpp"

namespace runnel::core {
namespace {

constexpr uint32_t kLinesAtOnce = 65536;

bool is_regular(const std::string& name) {
  struct stat info {};
  return name != "-" && ::stat(name.c_str(), &info) == 0 && S_ISREG(info.st_mode);
}

}  // namespace

bool InputCheck::look_at(const Block& block) {
  if (block.first_ordinal > done_.last()) return true;
  for (size_t i = 0; i < block.lines.size(); ++i) {
    const uint64_t ordinal = block.first_ordinal + i;
    const auto expected = done_.hash(ordinal);
    if (!expected) continue;
    const Line& line = block.lines[i];
    if (*expected == (line.too_long ? block.long_line_hash : content_hash(block.text(line)))) continue;
    mistake_ = printable(block.source) + ":" + std::to_string(block.first_line + line.line) +
               ": this is not what job " + std::to_string(ordinal) + " of " + output_ +
               " was made from: the input was edited, or lines came in between, went or moved; resume with the input "
               "as it was (lines may be added at its end), or start anew with --force";
    return false;
  }
  return true;
}

bool InputCheck::look_at_end(uint64_t next_ordinal) {
  if (next_ordinal > done_.last()) return true;
  mistake_ = "the input ends after record " + std::to_string(next_ordinal - 1) + ", but " + output_ + " holds job " +
             std::to_string(done_.last()) + "; resume with the input as it was, or start anew with --force";
  return false;
}

bool InputCheck::look_ahead(const std::vector<std::string>& names, InputFormat format, const LineFilter& filter) {
  if (done_.count() == 0 || !std::all_of(names.begin(), names.end(), is_regular)) return true;
  BlockReader reader(names, -1, format, filter);
  Block block;
  while (reader.next_ordinal() <= done_.last()) {
    const BlockReader::Taken taken = reader.take(block, kLinesAtOnce);
    if (taken == BlockReader::Taken::end) return look_at_end(reader.next_ordinal());
    if (taken != BlockReader::Taken::block) return true;  // the run itself will say it
    if (!look_at(block)) return false;
  }
  return true;
}

}  // namespace runnel::core
