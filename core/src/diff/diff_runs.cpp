// diff_runs: reads both files once, and again what differs.
#include <cerrno>
#include <cstring>
#include <runnel/diff.hpp>

#include "base/diagnostic.hpp"
#include "diff/diff_report.hpp"
#include "diff/pairing.hpp"

namespace runnel {

namespace {

using core::Difference;
using core::Value;

constexpr size_t kWriteBytes = 64 * 1024;
constexpr size_t kMostNotes = 5;

struct Side {
  core::RunFile run;
  core::RecordFile file;
  core::RecordIndex index;
  // Of the record that is looked at.
  std::string line;
  core::Reader reader{core::kRecordDepth};
  core::Arena memory;

  explicit Side(const std::string& name) : run{name, core::printable(name)} {}

  // False: the file is no longer what it was.
  bool read(size_t record, core::PlacedRecord& out) {
    memory.reset();
    out.line = index.line_of(record);
    return file.line_at(index.offsets[record], line) && reader.read(line, memory, out.record);
  }
};

class Comparison {
 public:
  Comparison(const std::string& a, const std::string& b, const DiffOptions& options)
      : options_(options), a_(a), b_(b), report_(a_.run, b_.run, options.as_json) {}

  DiffResult run() {
    for (const std::string& path : options_.ignore) {
      if (const std::string mistake = compare_.ignore(path); !mistake.empty()) {
        return {2, "--ignore " + core::printable(path) + ": is not a path such as data.items[*].price: " + mistake};
      }
    }
    for (Side* side : {&a_, &b_}) {
      if (std::string mistake = open(*side); !mistake.empty()) return {2, std::move(mistake)};
    }
    pairing_ = core::pair_records(a_.index, b_.index);
    for (const auto& [side, twice] : {std::pair(&a_, &pairing_.twice_a), std::pair(&b_, &pairing_.twice_b)})
      note_twice(*side, *twice);
    const bool done = compare_all() && (options_.quiet || options_.as_json || put(summary())) && flush();
    if (!done) return {74, std::move(problem_)};
    const bool same = differing_ == 0 && pairing_.only_a.empty() && pairing_.only_b.empty();
    return {same ? 0 : 1, ""};
  }

 private:
  std::string open(Side& side) {
    std::string problem;
    if (const int error = side.file.open(side.run.name, problem))
      return side.run.shown + ": " +
             (problem.empty() ? std::string("cannot be read: ") + std::strerror(error) : problem);
    problem = side.index.read(side.file, compare_);
    if (!problem.empty()) return side.run.shown + problem;
    if (!side.index.note.empty()) note(side.run.shown + side.index.note);
    return "";
  }

  void note(const std::string& text) {
    if (options_.note) options_.note(text);
  }

  void note_twice(const Side& side, const std::vector<std::pair<uint32_t, uint32_t>>& twice) {
    for (size_t i = 0; i < twice.size() && i < kMostNotes; ++i) {
      note(side.run.shown + ":" + std::to_string(side.index.line_of(twice[i].second)) + ": has the same " +
           std::string(pairing_.by) + " as line " + std::to_string(side.index.line_of(twice[i].first)));
    }
    if (twice.size() > kMostNotes)
      note(side.run.shown + ": ... and " + std::to_string(twice.size() - kMostNotes) + " more such lines");
  }

  bool compare_all() {
    const auto status_changes = [&](const auto& pair) {
      return a_.index.statuses[pair.first] != b_.index.statuses[pair.second];
    };
    for (const bool changed : {true, false}) {
      for (const auto& pair : pairing_.both) {
        if (status_changes(pair) != changed || digests_agree(pair)) continue;
        if (!compare_pair(pair)) return false;
        if (options_.quiet && differing_) return true;
      }
    }
    if (options_.quiet) return true;
    core::PlacedRecord placed;
    for (const uint32_t record : pairing_.only_a) {
      if (!read(a_, record, placed) || !put(report_.text(placed, {}, {}))) return false;
    }
    for (const uint32_t record : pairing_.only_b) {
      if (!read(b_, record, placed) || !put(report_.text({}, placed, {}))) return false;
    }
    return true;
  }

  bool digests_agree(const std::pair<uint32_t, uint32_t>& pair) const {
    const uint64_t post_a = a_.index.posts[pair.first];
    const uint64_t post_b = b_.index.posts[pair.second];
    return a_.index.digests[pair.first] == b_.index.digests[pair.second] &&
           (post_a == post_b || post_a == 0 || post_b == 0);
  }

  bool compare_pair(const std::pair<uint32_t, uint32_t>& pair) {
    core::PlacedRecord before;
    core::PlacedRecord after;
    if (!read(a_, pair.first, before) || !read(b_, pair.second, after)) return false;
    const std::vector<Difference> differences = compare_.differences(before.record, after.record);
    if (differences.empty()) return true;  // what differs is ignored
    ++differing_;
    return options_.quiet || put(report_.text(before, after, differences));
  }

  bool read(Side& side, size_t record, core::PlacedRecord& out) {
    if (side.read(record, out)) return true;
    problem_ = side.run.shown + ":" + std::to_string(side.index.line_of(record)) + ": changed while it was read";
    return false;
  }

  std::string summary() const {
    const size_t both = pairing_.both.size();
    const std::string jobs = std::to_string(both) + (both == 1 ? " job" : " jobs");
    std::string text = differing_ == 0
                           ? jobs + " in both, none differs"
                           : std::to_string(differing_) + " of " + jobs + (differing_ == 1 ? " differs" : " differ");
    if (!pairing_.only_a.empty()) text += ", " + std::to_string(pairing_.only_a.size()) + " only in " + a_.run.shown;
    if (!pairing_.only_b.empty()) text += ", " + std::to_string(pairing_.only_b.size()) + " only in " + b_.run.shown;
    return text + "; matched by " + std::string(pairing_.by) + "\n";
  }

  bool put(std::string_view text) {
    out_ += text;
    return out_.size() < kWriteBytes || flush();
  }

  bool flush() {
    const bool done = out_.empty() || options_.write(out_);
    out_.clear();
    return done;
  }

  const DiffOptions& options_;
  core::RecordCompare compare_;
  Side a_;
  Side b_;
  core::DiffReport report_;
  core::Pairing pairing_;
  uint64_t differing_ = 0;
  std::string out_;
  std::string problem_;  // why it stopped; "": writing did
};

}  // namespace

DiffResult diff_runs(const std::string& a, const std::string& b, const DiffOptions& options) {
  if (a == "-" && b == "-") return {2, "both runs cannot come from standard input"};
  return Comparison(a, b, options).run();
}

}  // namespace runnel
