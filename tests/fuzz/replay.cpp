// The main of a fuzz target where libFuzzer is not: runs each file of a folder, in a child process. A file it dies of
// is named, and the next child goes on behind it. With files instead of a folder they run here, for a debugger.
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

void run(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::vector<char> bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (!file) {
    std::fprintf(stderr, "%s: cannot be read\n", path.c_str());
    std::exit(2);
  }
  // As many bytes as there are, so that a sanitizer sees a look behind them.
  auto* exact = static_cast<uint8_t*>(std::malloc(bytes.size()));
  if (!bytes.empty()) std::memcpy(exact, bytes.data(), bytes.size());
  LLVMFuzzerTestOneInput(exact, bytes.size());
  std::free(exact);
}

std::string how(int status) {
  if (WIFSIGNALED(status)) return std::string("signal ") + strsignal(WTERMSIG(status));
  return "exit code " + std::to_string(WEXITSTATUS(status));
}

// The number of deaths. `at`, shared with the child, is the file that runs.
size_t replay(const std::vector<std::string>& files, size_t& at) {
  size_t deaths = 0;
  for (size_t first = 0; first < files.size(); first = at + 1) {
    std::fflush(nullptr);
    const pid_t child = fork();
    if (child < 0) std::exit(2);
    if (child == 0) {
      for (at = first; at < files.size(); ++at) run(files[at]);
      std::exit(0);
    }
    int status = 0;
    if (waitpid(child, &status, 0) != child) std::exit(2);
    if (status == 0) break;
    ++deaths;
    const char* const file = at < files.size() ? files[at].c_str() : "after the last file";
    std::fprintf(stderr, "%s: died by %s\n", file, how(status).c_str());
  }
  return deaths;
}

}  // namespace

int main(int count, char** arguments) {
  std::vector<std::string> files;
  bool is_folder = false;
  for (const std::string& path : std::vector<std::string>(arguments + 1, arguments + count)) {
    if (!std::filesystem::is_directory(path)) {
      files.push_back(path);
      continue;
    }
    is_folder = true;
    for (const auto& entry : std::filesystem::directory_iterator(path)) files.push_back(entry.path());
  }
  if (files.empty()) {
    std::fprintf(stderr, "nothing to run: name a folder with inputs, or inputs\n");
    return 2;
  }
  std::sort(files.begin(), files.end());
  if (!is_folder) {
    for (const std::string& file : files) run(file);
    std::printf("%zu inputs\n", files.size());
    return 0;
  }
  void* shared = mmap(nullptr, sizeof(size_t), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (shared == MAP_FAILED) return 2;
  const size_t deaths = replay(files, *static_cast<size_t*>(shared));
  std::printf("%zu inputs, %zu deaths\n", files.size(), deaths);
  return deaths == 0 ? 0 : 1;
}
