// What the tests of the source layer share: temporary files, pipes, and the plain way to split lines.
#pragma once

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <ostream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "source/block_reader.hpp"

struct Pipe {
  int in = -1;
  int out = -1;
  Pipe() {
    int fds[2];
    if (::pipe2(fds, O_CLOEXEC) != 0) throw std::runtime_error("pipe2");
    in = fds[0];
    out = fds[1];
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    close_in();
    close_out();
  }
  void close_in() { close_one(in); }
  void close_out() { close_one(out); }

 private:
  static void close_one(int& fd) {
    if (fd >= 0) ::close(std::exchange(fd, -1));
  }
};

inline void write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0) throw std::runtime_error("write");
    bytes.remove_prefix(static_cast<size_t>(written));
  }
}

// Writes the bytes in pieces of the given sizes, what is left in one, and closes the pipe's end.
inline std::thread write_pieces(Pipe& pipe, std::string_view bytes, const std::vector<size_t>& cuts) {
  return std::thread([&pipe, bytes, &cuts] {
    std::string_view rest = bytes;
    for (size_t i = 0; !rest.empty(); ++i) {
      const size_t size = std::min(rest.size(), i < cuts.size() ? cuts[i] : rest.size());
      write_all(pipe.out, rest.substr(0, size));
      rest.remove_prefix(size);
    }
    pipe.close_out();
  });
}

class TempFolder {
 public:
  TempFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "runnel-test-XXXXXX").string();
    if (!::mkdtemp(name.data())) throw std::runtime_error("mkdtemp");
    folder_ = name;
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  ~TempFolder() { std::filesystem::remove_all(folder_); }

  std::string path(const std::string& name) const { return folder_ + "/" + name; }
  std::string file(const std::string& name, std::string_view content) const {
    std::ofstream(path(name), std::ios::binary) << content;
    return path(name);
  }
  std::string fifo(const std::string& name) const {
    if (::mkfifo(path(name).c_str(), 0600) != 0) throw std::runtime_error("mkfifo");
    return path(name);
  }

 private:
  std::string folder_;
};

// One line as a reader gave it.
struct Seen {
  std::string source;
  std::string text;
  uint64_t line;
  uint64_t ordinal;
  bool operator==(const Seen&) const = default;
};
inline std::ostream& operator<<(std::ostream& out, const Seen& seen) {
  return out << seen.source << ':' << seen.line << " #" << seen.ordinal << " (" << seen.text.size() << " bytes)";
}

inline std::vector<Seen> read_all(runnel::core::BlockReader& reader, uint32_t most_lines) {
  std::vector<Seen> result;
  runnel::core::Block block;
  while (reader.take(block, most_lines) == runnel::core::BlockReader::Taken::block) {
    for (size_t i = 0; i < block.lines.size(); ++i) {
      const auto& line = block.lines[i];
      result.push_back({std::string(block.source), std::string(block.text(line)), block.first_line + line.line,
                        block.first_ordinal + i});
    }
  }
  return result;
}

inline std::vector<Seen> split(const std::vector<std::pair<std::string, std::string>>& files) {
  std::vector<Seen> result;
  for (const auto& [name, content] : files) {
    std::string_view rest = content;
    if (rest.starts_with("\xef\xbb\xbf")) rest.remove_prefix(3);
    for (uint64_t line = 1; !rest.empty(); ++line) {
      const size_t end = rest.find('\n');
      std::string_view text = rest.substr(0, end);
      if (end != std::string_view::npos && text.ends_with('\r')) text.remove_suffix(1);
      rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
      if (text.find_first_not_of(" \t\r") == std::string_view::npos) continue;
      result.push_back({name, std::string(text), line, result.size() + 1});
    }
  }
  return result;
}
