#include "isolate/death_note.hpp"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdio>

namespace runnel::core {
namespace {

constexpr size_t kHandlerStack = size_t{64} * 1024;
constexpr uintptr_t kNearStack = size_t{64} * 1024;  // a frame may be larger than the guard page

DeathNote* note = nullptr;
pid_t worker_thread = 0;
uintptr_t stack_low = 0;
uintptr_t stack_high = 0;

void write_note() {
  const bool is_worker = ::syscall(SYS_gettid) == worker_thread;
  (is_worker ? note->on_worker : note->on_other).set();
}

// Async-signal-safe. The signal comes again, now by its default, when the handler returns.
void on_signal(int signal, siginfo_t* info, void*) {
  if (info->si_code == SI_USER && info->si_pid != ::getpid()) note->from_outside.set();
  write_note();
  if (signal == SIGSEGV && info->si_code > 0 && ::syscall(SYS_gettid) == worker_thread) {
    const auto address = reinterpret_cast<uintptr_t>(info->si_addr);
    if (address + kNearStack >= stack_low && address < stack_low + kNearStack && address < stack_high)
      note->out_of_stack.set();
  }
  ::raise(signal);
}

void on_exit_called(int status, void*) {
  write_note();
  std::fflush(nullptr);
  ::_exit(status);
}

void find_stack() {
  pthread_attr_t attributes;
  if (::pthread_getattr_np(::pthread_self(), &attributes) != 0) return;
  void* low = nullptr;
  size_t size = 0;
  if (::pthread_attr_getstack(&attributes, &low, &size) == 0) {
    stack_low = reinterpret_cast<uintptr_t>(low);
    stack_high = stack_low + size;
  }
  ::pthread_attr_destroy(&attributes);
}

}  // namespace

void write_death_note_to(DeathNote& where) {
  note = &where;
  worker_thread = static_cast<pid_t>(::syscall(SYS_gettid));
  find_stack();
  void* const memory =
      ::mmap(nullptr, kHandlerStack, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
  if (memory != MAP_FAILED) {  // where the stack is used up, the handler needs another
    stack_t stack{};
    stack.ss_sp = memory;
    stack.ss_size = kHandlerStack;
    ::sigaltstack(&stack, nullptr);
  }
  struct sigaction action {};
  action.sa_sigaction = on_signal;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | static_cast<int>(SA_RESETHAND);
  sigemptyset(&action.sa_mask);
  for (const int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS})
    ::sigaction(signal, &action, nullptr);
  ::on_exit(on_exit_called, nullptr);
}

}  // namespace runnel::core
