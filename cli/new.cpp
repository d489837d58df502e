// new: a folder to start from.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "base/diagnostic.hpp"
#include "new_files.hpp"
#include "routine/registry.hpp"
#include "verbs.hpp"

namespace runnel::cli {

namespace {

// my_step, my-step -> MyStep
std::string class_name(std::string_view name) {
  std::string result;
  bool starts = true;
  for (const char c : name) {
    if (c == '_' || c == '-') {
      starts = true;
    } else {
      result += starts ? static_cast<char>(std::toupper(static_cast<unsigned char>(c))) : c;
      starts = false;
    }
  }
  return result;
}

std::string filled(std::string text, std::string_view name) {
  for (const auto& [mark, value] :
       {std::pair{std::string("@NAME@"), std::string(name)}, {"@CLASS@", class_name(name)}}) {
    for (size_t at = 0; (at = text.find(mark, at)) != std::string::npos; at += value.size()) {
      text.replace(at, mark.size(), value);
    }
  }
  return text;
}

// It becomes a routine class, a CMake target, a folder and a word of C++.
std::string name_mistake(const core::Registry& classes, const NewArguments& arguments) {
  const std::string& name = arguments.name;
  const std::string shown = "\"" + core::printable(name) + "\"";
  if (!core::is_id(name) || !std::isalpha(static_cast<unsigned char>(name[0])) || name.size() > 60) {
    return shown + " is no good name; take a letter, then letters, digits, _ and -, up to 60 of them";
  }
  if (arguments.what != "plugin") return "";
  for (const char* target : {"all", "clean", "depend", "edit_cache", "flow", "help", "install", "package",
                             "rebuild_cache", "store", "test"}) {
    if (name == target) return shown + " means something else to CMake or in its flow; take another name";
  }
  if (classes.find(name)) return "there is a class " + shown + " already; take another name";
  return "";
}

bool write_file(const std::filesystem::path& path, std::string_view text) {
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
  if (fd < 0) return false;
  const bool written = write_all(fd, text);
  return close(fd) == 0 && written;
}

}  // namespace

int create(const Classes& classes, const NewArguments& arguments) {
  if (const std::string mistake = name_mistake(classes.registry(), arguments); !mistake.empty()) return say(mistake), 2;
  const std::filesystem::path folder = std::filesystem::path(arguments.folder) / arguments.name;
  const std::string shown = (arguments.folder == "." ? std::filesystem::path(arguments.name) : folder).string();
  std::error_code error;
  if (std::filesystem::exists(std::filesystem::symlink_status(folder, error))) {
    return say(core::printable(shown) + ": is there already; take another name, or --dir"), 2;
  }
  if (!std::filesystem::create_directory(folder, error)) {
    return say(core::printable(shown) + ": cannot be created: " + error.message()), 73;
  }
  std::string report;
  for (const NewFile& file : arguments.what == "plugin" ? plugin_files() : flow_files()) {
    const std::string name = filled(file.name, arguments.name);
    if (!write_file(folder / name, filled(file.text, arguments.name))) {
      return say(core::printable(shown + "/" + name) + ": cannot be written: " + std::strerror(errno)), 74;
    }
    report += shown + "/" + name + "\n";
  }
  report += arguments.what == "plugin"
                ? "next: cd " + shown + " && cmake -B build && cmake --build build && ctest --test-dir build\n"
                : "next: runnel run " + shown + "/flow.yaml " + shown + "/jobs.jsonl\n";
  return write_all(take_stdout(), report) ? 0 : errno == EPIPE ? 141 : 74;
}

}  // namespace runnel::cli
