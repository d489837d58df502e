// The files a resumed run reads. First byte: even, a state file, whose lines get their checksums here unless they begin
// with '!'; odd, an output file, from 128 on without stable ids. Second byte: where it is cut. Then its bytes.
#include "sink/state_file.hpp"

#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "base/diagnostic.hpp"
#include "fuzz.hpp"
#include "sink/output_scan.hpp"

using namespace runnel::core;
using runnel::fuzz::require;

namespace {

// One file for all inputs: it is opened by its name, as those of a run are.
class NamedFile {
 public:
  NamedFile() {
    char name[] = "/tmp/runnel_fuzz_XXXXXX";
    const int fd = mkstemp(name);
    require(fd >= 0, "mkstemp");
    close(fd);
    name_ = name;
  }
  NamedFile(const NamedFile&) = delete;
  NamedFile& operator=(const NamedFile&) = delete;
  ~NamedFile() { unlink(name_.c_str()); }

  const std::string& holding(std::string_view bytes) const {
    std::ofstream(name_, std::ios::binary | std::ios::trunc) << bytes;
    return name_;
  }
  std::string bytes() const {
    std::ifstream file(name_, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }

 private:
  std::string name_;
};

const NamedFile& file() {
  static const NamedFile one;
  return one;
}

std::string with_checksums(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.starts_with('!')) {
      result.append(line.substr(1)).append(end == std::string_view::npos ? "" : "\n");
      continue;
    }
    const std::string whole = sealed(line);
    require(unsealed(std::string_view(whole).substr(0, whole.size() - 1)) == line, "a sealed line is whole");
    result += whole;
    if (const auto event = state_line_of(line)) {
      const auto again = state_line_of(text_of(*event));
      require(again && again->event == event->event && again->first == event->first && again->last == event->last &&
                  again->signal == event->signal,
              "an event is read as it was written");
    }
  }
  return result;
}

void require_clear(const FileProblem& problem) {
  require(printable(problem.message) == problem.message, "nothing in a message can drive a terminal");
  require((problem.exit_code == 0) == problem.message.empty(), "a problem has a message");
}

void check_header(const StateHeader& header) {
  require(header.difference(header).empty(), "a run is the same as itself");
  const auto again = StateHeader::of_lines(header.lines());
  require(again.has_value(), "a header is read as it was written");
  require(again->lines() == header.lines(), "and is written the same again");
  for (const std::string& text : {header.difference({}), StateHeader{}.difference(header)})
    require(printable(text) == text, "no difference can drive a terminal");
}

void check_state(std::string_view text, size_t cut) {
  const std::string bytes = with_checksums(text);
  StateFile state(file().holding(bytes));
  require_clear(state.open(false));
  const FileProblem problem = state.read();
  require_clear(problem);
  if (problem.exit_code != 0) {
    require(file().bytes() == bytes, "a damaged file is left as it is");
    return;
  }
  if (state.header()) {
    check_header(*state.header());
    require(state.go_on().exit_code == 0, "a run goes on");
    const std::string whole = file().bytes();
    require(bytes.starts_with(whole) && whole.ends_with('\n'), "only what is torn goes");
    require(state.append({StateEvent::started, 3, 7, ""}) == 0 && state.finish(9) == 0, "it can be written");
    const std::string added = sealed("S 3 7") + sealed("E 9");
    require(file().bytes() == whole + added, "lines are added behind the whole ones");
    StateFile again(file().holding(whole + added));
    require_clear(again.open(false));
    require(again.read().exit_code == 0 && again.header(), "it can be read again");
    require(again.header()->lines() == state.header()->lines(), "it is the same run");
  } else {
    state.close();
  }
  StateFile torn(file().holding(std::string_view(bytes).substr(0, bytes.size() * cut / 256)));
  require_clear(torn.open(false));
  require(torn.read().exit_code == 0, "a torn end is no damage");
}

struct Scanned {
  OutputScan::Got end;
  std::vector<std::string> lines;
  uint64_t whole;
};

Scanned scan(std::string_view bytes, bool stable_ids) {
  CheckedFile output;
  require(output.open(file().holding(bytes), 0) == 0, "open");
  OutputScan scan(output, stable_ids);
  Scanned result{};
  while ((result.end = scan.next()) == OutputScan::Got::record) {
    const WrittenRecord& record = scan.record();
    require(record.ordinal >= 1, "ordinals begin with 1");
    require(record.status != Status::running, "a record is final");
    require(!record.bad_input || record.status == Status::failed, "bad input is a failure");
    result.lines.emplace_back(scan.line());
  }
  require(result.end != OutputScan::Got::failed, "a file can be read");
  require(result.end == OutputScan::Got::end || scan.line_number() >= 1, "damage has a line");
  result.whole = scan.whole_bytes();
  return result;
}

void check_output(std::string_view bytes, bool stable_ids, size_t cut) {
  const Scanned all = scan(bytes, stable_ids);
  std::string whole;
  for (const std::string& line : all.lines) whole += line + "\n";
  require(bytes.substr(0, all.whole) == whole, "the records are the file up to the last one");
  const Scanned kept = scan(whole, stable_ids);
  require(kept.end == OutputScan::Got::end && kept.lines == all.lines && kept.whole == whole.size(), "they stay so");
  const Scanned torn = scan(std::string_view(whole).substr(0, whole.size() * cut / 256), stable_ids);
  require(torn.end == OutputScan::Got::end, "a torn end is no damage");
  require(torn.lines.size() <= all.lines.size() && std::equal(torn.lines.begin(), torn.lines.end(), all.lines.begin()),
          "what stands before it is found");
  // However deep its data, a record is the same: another way of reading.
  WrittenRecordReader reader(stable_ids);
  for (const std::string& line : all.lines) {
    const auto plain = reader.read(line);
    const auto deep = reader.read(R"({"deep":)" + std::string(kMaxDepth, '[') + std::string(kMaxDepth, ']') + "," +
                                  line.substr(line.find('{') + 1));
    if (line.find('\\') != std::string::npos || !deep) continue;  // names written otherwise, or too deep already
    require(plain && plain->ordinal == deep->ordinal && plain->hash == deep->hash && plain->status == deep->status &&
                plain->bad_input == deep->bad_input,
            "a deep record is read like others");
  }
}

}  // namespace

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  const std::string_view bytes = runnel::fuzz::text_of(data + 2, size - 2);
  if (data[0] % 2 == 0) {
    check_state(bytes, data[1]);
  } else {
    check_output(bytes, data[0] < 128, data[1]);
  }
  return 0;
}
