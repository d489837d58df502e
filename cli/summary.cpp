#include "summary.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include "base/diagnostic.hpp"
#include "verbs.hpp"

namespace runnel::cli {

namespace {

std::string counts_json(const JobCounts& counts) {
  return "\"posted\":" + std::to_string(counts.posted) + ",\"completed\":" + std::to_string(counts.completed) +
         ",\"failed\":" + std::to_string(counts.failed) + ",\"cancelled\":" + std::to_string(counts.cancelled) +
         ",\"bad_input\":" + std::to_string(counts.bad_input);
}

std::string decimal(double number) {
  char text[64];
  std::snprintf(text, sizeof text, "%.3f", number);
  return text;
}

bool is_same_file(const struct stat& info, const std::string& path) {
  struct stat other {};
  if (path == "-" ? ::fstat(STDIN_FILENO, &other) : ::stat(path.c_str(), &other)) return false;
  return S_ISREG(info.st_mode) && info.st_dev == other.st_dev && info.st_ino == other.st_ino;
}

}  // namespace

Summary::~Summary() {
  if (fd_ >= 0 && fd_ != STDERR_FILENO) ::close(fd_);
}

std::string Summary::open(const std::string& path, const std::vector<std::string>& others) {
  shown_ = core::printable(path);
  if (path == "-") {
    fd_ = STDERR_FILENO;
    return "";
  }
  // Emptied only when there is something to write.
  do {
    fd_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0644);
  } while (fd_ < 0 && errno == EINTR);
  if (fd_ < 0 && errno == ELOOP)
    return "--summary " + shown_ + " is a symbolic link, which is not followed; name the file itself";
  if (fd_ < 0) return "cannot create --summary " + shown_ + ": " + std::strerror(errno);
  ::fcntl(fd_, F_SETFL, O_WRONLY);
  struct stat info {};
  ::fstat(fd_, &info);
  for (const std::string& other : others) {
    if (is_same_file(info, other))
      return "--summary " + shown_ + " would write over " + (other == "-" ? "standard input" : core::printable(other));
  }
  return "";
}

std::string Summary::write(const BatchResult& result, std::chrono::duration<double> took) {
  const std::string failure = "cannot write --summary " + shown_ + ": ";
  struct stat info {};
  ::fstat(fd_, &info);
  if (S_ISREG(info.st_mode) && fd_ != STDERR_FILENO && ::ftruncate(fd_, 0) != 0) return failure + std::strerror(errno);
  if (!write_all(fd_, summary_json(result, took.count()))) return failure + std::strerror(errno);
  if (fd_ == STDERR_FILENO) return "";
  if (S_ISREG(info.st_mode) && ::fsync(fd_) != 0 && errno != EINVAL && errno != EROFS)
    return failure + std::strerror(errno);
  if (::close(std::exchange(fd_, -1)) != 0 && errno != EINTR) return failure + std::strerror(errno);
  return "";
}

std::string summary_json(const BatchResult& result, double seconds) {
  uint64_t ran = 0;  // in this run; a file may hold more
  std::string workers;
  for (size_t i = 0; i < result.by_worker.size(); ++i) {
    ran += result.by_worker[i].posted;
    workers += (i ? ",\"w" : "\"w") + std::to_string(i) + "\":{" + counts_json(result.by_worker[i]) + "}";
  }
  return "{" + counts_json(result.counts) + ",\"seconds\":" + decimal(seconds) +
         ",\"jobs_per_second\":" + decimal(seconds > 0 ? static_cast<double>(ran) / seconds : 0) + ",\"workers\":{" +
         workers + "}}\n";
}

void print_summary(const BatchResult& result) {
  const JobCounts& counts = result.counts;
  std::string text = std::to_string(counts.posted) + (counts.posted == 1 ? " job: " : " jobs: ") +
                     std::to_string(counts.completed) + " completed";
  if (counts.failed) text += ", " + std::to_string(counts.failed) + " failed";
  if (counts.cancelled) text += ", " + std::to_string(counts.cancelled) + " cancelled";
  if (counts.bad_input) text += " (" + std::to_string(counts.bad_input) + " bad lines)";
  say(text);
}

}  // namespace runnel::cli
