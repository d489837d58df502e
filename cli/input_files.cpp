#include "input_files.hpp"

#include <fcntl.h>
#include <glob.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <stdexcept>

#include "base/diagnostic.hpp"

namespace runnel::cli {

namespace {

bool exists(const std::string& name) {
  struct stat info {};
  return ::lstat(name.c_str(), &info) == 0;
}

std::vector<std::string> matches(const std::string& pattern) {
  glob_t found{};
  const int result = ::glob(pattern.c_str(), GLOB_NOSORT, nullptr, &found);  // its order would be the locale's
  std::vector<std::string> names(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  ::globfree(&found);
  if (result == GLOB_NOSPACE) throw std::bad_alloc();
  if (names.empty()) throw std::invalid_argument(core::printable(pattern) + ": no file matches");
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

std::string file_text(const std::string& option, const std::string& name) {
  const int fd = name == "-" ? STDIN_FILENO : ::open(name.c_str(), O_RDONLY | O_CLOEXEC);
  std::string text;
  ssize_t size = fd < 0 ? -1 : 1;
  while (size > 0) {
    char buffer[65536];
    size = ::read(fd, buffer, sizeof buffer);
    if (size < 0 && errno == EINTR)
      size = 1;
    else if (size > 0)
      text.append(buffer, static_cast<size_t>(size));
  }
  const int error = errno;
  if (fd > STDERR_FILENO) ::close(fd);
  if (size < 0)
    throw std::invalid_argument(option + " " + core::printable(name) + ": cannot be read: " + std::strerror(error));
  return text;
}

std::vector<std::string> input_files(const std::vector<std::string>& names, const std::vector<std::string>& lists) {
  std::vector<std::string> files;
  for (const std::string& name : names) {
    if (name == "-" || name.find_first_of("*?[") == std::string::npos || exists(name)) {
      files.push_back(name);
    } else {
      for (std::string& match : matches(name)) files.push_back(std::move(match));
    }
  }
  for (const std::string& list : lists) {
    const std::string text = file_text("--files-from", list);
    const char separator = text.find('\0') == std::string::npos ? '\n' : '\0';
    for (size_t at = 0; at < text.size();) {
      const size_t end = std::min(text.find(separator, at), text.size());
      std::string name = text.substr(at, end - at);
      if (separator == '\n' && name.ends_with('\r')) name.pop_back();
      if (!name.empty()) files.push_back(std::move(name));
      at = end + 1;
    }
  }
  return files;
}

}  // namespace runnel::cli
