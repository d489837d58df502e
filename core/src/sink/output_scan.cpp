#include "sink/output_scan.hpp"

namespace runnel::core {

OutputScan::Got OutputScan::next() {
  while (lines_.next()) {
    const auto record = lines_.is_ended() ? reader_.read(lines_.line()) : std::nullopt;
    if (!record) {
      if (bad_line_ == 0) bad_line_ = lines_.number();
      continue;
    }
    if (bad_line_) return Got::damaged;
    record_ = *record;
    whole_ = lines_.end();
    return Got::record;
  }
  return lines_.error() ? Got::failed : Got::end;
}

}  // namespace runnel::core
