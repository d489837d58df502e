#include "sink/merge_outputs.hpp"

#include <cerrno>
#include <string>

#include "sink/output_scan.hpp"

namespace runnel::core {
namespace {

constexpr size_t kWriteBytes = 256 * 1024;

// The records of one of the files, one at a time.
class Side {
 public:
  Side(const CheckedFile& file, bool stable_ids, bool without_failed)
      : scan_(file, stable_ids), without_failed_(without_failed) {}

  bool has_record() const { return has_; }
  uint64_t ordinal() const { return scan_.record().ordinal; }
  std::string_view line() const { return scan_.line(); }

  int step() {  // errno
    for (;;) {
      const OutputScan::Got got = scan_.next();
      has_ = got == OutputScan::Got::record;
      if (got == OutputScan::Got::failed) return scan_.error();
      if (got == OutputScan::Got::damaged) return EBADMSG;
      if (!has_ || !without_failed_ || scan_.record().status != Status::failed) return 0;
    }
  }

 private:
  OutputScan scan_;
  const bool without_failed_;
  bool has_ = false;
};

}  // namespace

int merge_outputs(const CheckedFile& before, const CheckedFile& again, bool in_order, bool stable_ids,
                  const CheckedFile& to) {
  Side kept(before, stable_ids, true);
  Side made(again, stable_ids, false);
  std::string text;
  int error = kept.step();
  if (error == 0) error = made.step();
  while (error == 0 && (kept.has_record() || made.has_record())) {
    const bool takes_kept = kept.has_record() && (!made.has_record() || !in_order || kept.ordinal() <= made.ordinal());
    Side& next = takes_kept ? kept : made;
    text.append(next.line());
    text += '\n';
    if (text.size() >= kWriteBytes) {
      error = write_all(to.fd(), text);
      text.clear();
    }
    if (error == 0) error = next.step();
  }
  return error ? error : write_all(to.fd(), text);
}

}  // namespace runnel::core
