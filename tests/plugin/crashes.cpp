// A class that ends its process in the way its item names; any other item it passes on.
#include <sys/mman.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <runnel/routine.hpp>
#include <string>
#include <thread>
#include <vector>

namespace {

// Never returns, and the compiler cannot tell.
int use_up_stack(volatile char* before) {
  volatile char here[4096];
  here[0] = before ? before[0] : '\0';
  return use_up_stack(here) + here[0];
}

// As a C program that does not look at what malloc() gives.
void use_up_memory() {
  for (;;) {
    constexpr size_t kPiece = size_t{64} << 20;
    auto* const piece = static_cast<char*>(std::malloc(kPiece));
    for (size_t at = 0; at < kPiece; at += 4096) static_cast<volatile char*>(piece)[at] = 1;
  }
}

// What is mapped, shared by processes, and not a file's.
void write_over_shared_memory() {
  std::FILE* const maps = std::fopen("/proc/self/maps", "r");
  char line[512];
  while (maps && std::fgets(line, sizeof line, maps)) {
    unsigned long from = 0;
    unsigned long to = 0;
    char mode[8];
    if (std::sscanf(line, "%lx-%lx %7s", &from, &to, mode) != 3 || std::strcmp(mode, "rw-s") != 0) continue;
    std::memset(reinterpret_cast<void*>(from), 0xee, to - from);  // NOLINT
  }
}

class Crashes {
 public:
  explicit Crashes(runnel::Config config) : looks_at_all_(config.boolean("looks_at_all")) {
    end_by(std::string(config.string("in_create")));
  }

  void activate(runnel::Activation& in) {
    const auto items = in.slot("input");
    if (!looks_at_all_ && items.front().string_or("") == "later") return end_later(in);
    for (uint32_t i = 0; i < items.size(); ++i) {
      end_by(std::string(items[i].string_or("")));
      if (!looks_at_all_) in.emit("output", items[i]);
    }
  }

  static constexpr auto spec() {
    return runnel::routine("crashes", "Ends its process in the way its item names")
        .slot("input", "a way, or anything")
        .event("output", "the item itself")
        .param("looks_at_all", runnel::kind::boolean, "false", "look at all items of a batch, and emit nothing")
        .param("in_create", runnel::kind::string, "\"\"", "a way to end it when it is made");
  }

 private:
  // On a thread of its own, while the job waits for it.
  static void end_later(runnel::Activation& in) {
    std::thread([later = in.suspend()]() mutable {
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
      std::abort();
    }).detach();
  }

  static void end_by(const std::string& way) {
    if (way == "abort") std::abort();
    if (way == "segv") {
      void* const closed = ::mmap(nullptr, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
      *static_cast<volatile char*>(closed) = 1;  // NOLINT
    }
    if (way == "raise") std::raise(SIGSEGV);
    if (way == "fpe") std::raise(SIGFPE);
    if (way == "stack") use_up_stack(nullptr);
    if (way == "exit") std::exit(0);
    if (way == "_exit") ::_exit(0);
    if (way == "_exit3") ::_exit(3);
    if (way == "loop") {
      for (;;) ::pause();
    }
    if (way == "spin") {
      volatile int turns = 0;
      while (turns >= 0) turns = turns ^ 1;
    }
    if (way == "memory") use_up_memory();
    if (way == "new") {
      std::vector<std::string> all;
      for (;;) all.emplace_back(size_t{64} << 20, 'x');
    }
    if (way == "thread") std::thread([] { std::abort(); }).join();
    if (way == "kill") ::kill(::getpid(), SIGKILL);
    if (way == "close" || way == "close_and_wait") {
      for (int fd = 3; fd < 1024; ++fd) ::close(fd);
      while (way == "close_and_wait") ::pause();
    }
    if (way == "scribble") write_over_shared_memory();
    if (way == "printf") {
      std::printf("printed once\n");
      std::fputs("said once\n", stderr);
    }
  }

  bool looks_at_all_;
};

}  // namespace

RUNNEL_PLUGIN("crashes", "1.0.0", Crashes)
