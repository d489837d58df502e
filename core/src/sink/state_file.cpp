#include "sink/state_file.hpp"

#include <fcntl.h>
#include <sys/file.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/diagnostic.hpp"
#include "sink/file_lines.hpp"

namespace runnel::core {

StateFile::StateFile(std::string path) : path_(std::move(path)) {}

FileProblem StateFile::open(bool create) {
  const std::string name = printable(path_);
  const int error = file_.open(path_, create ? O_CREAT : 0);
  if (error == ENOENT && !create) return {};
  if (error == ELOOP) return {73, name + " is a symbolic link, which is not followed"};
  if (error == EBADFD) return {73, name + " is not a regular file"};
  if (error) return {73, "cannot open the state file " + name + ": " + std::strerror(error)};
  while (::flock(file_.fd(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EINTR) continue;
    if (errno == EWOULDBLOCK) return {75, name + " is in use: another run writes this output"};
    return {73, "cannot lock " + name + ": " + std::strerror(errno)};
  }
  return {};
}

FileProblem StateFile::read() {
  FileLines lines(file_);
  std::vector<std::string> header;
  uint64_t bad_line = 0;
  while (lines.next()) {
    const auto text = lines.is_ended() ? unsealed(lines.line()) : std::nullopt;
    const auto line = text && header_ ? state_line_of(*text) : std::nullopt;
    const bool is_whole = text && (!header_ || line);
    if (!is_whole) {
      if (bad_line == 0) bad_line = lines.number();
      continue;
    }
    if (bad_line) {
      return {65, printable(path_) + ":" + std::to_string(bad_line) +
                      ": is damaged, and whole lines stand behind it; the file was left as it is"};
    }
    whole_ = lines.end();
    if (line && line->event == StateEvent::died) ++deaths_[line->first];
    if (header_) continue;
    header.emplace_back(*text);
    if (!StateHeader::is_last_line(*text)) continue;
    header_ = StateHeader::of_lines(header);
    if (header.front() != kStateFormat)
      return {2, printable(path_) + " is of another version of runnel, which has to finish this run"};
    if (!header_) return {65, printable(path_) + ": its first lines are damaged; the file was left as it is"};
  }
  if (lines.error()) return {74, "cannot read " + printable(path_) + ": " + std::strerror(lines.error())};
  return {};
}

FileProblem StateFile::begin(const StateHeader& header) {
  char start[kStateFormat.size()];
  size_t count = 0;
  if (const int error = file_.read_at(0, start, sizeof start, count)) return write_problem(error);
  const size_t compared = std::min(count, kStateFormat.find(' '));
  if (std::string_view(start, compared) != kStateFormat.substr(0, compared)) {
    return {73, printable(path_) + " is there and is no state file of runnel; it was left as it is"};
  }
  std::string text;
  for (const std::string& line : header.lines()) text += sealed(line);
  int error = file_.truncate(0);
  if (error == 0) error = write_all(file_.fd(), text);
  if (error == 0) error = sync_file(file_.fd());
  if (error == 0) error = sync_folder_of(path_);
  return error ? write_problem(error) : FileProblem{};
}

FileProblem StateFile::go_on() {
  uint64_t size = 0;
  int error = file_.size(size);
  if (error == 0 && size > whole_) error = file_.truncate(whole_);
  return error ? write_problem(error) : FileProblem{};
}

FileProblem StateFile::write_problem(int error) const {
  return {74, "cannot write " + printable(path_) + ": " + std::strerror(error)};
}

int StateFile::append(const StateLine& line) {
  const std::string text = sealed(text_of(line));
  const std::lock_guard lock(mutex_);
  if (error() == 0) error_ = write_all(file_.fd(), text);
  return error();
}

int StateFile::finish(uint64_t records) {
  StateLine line;
  line.event = StateEvent::ended;
  line.first = records;
  int error = append(line);
  if (error == 0) error = sync_file(file_.fd());
  const int closing = close();
  return error ? error : closing;
}

int StateFile::close() { return file_.close(); }

}  // namespace runnel::core
