#include "isolate/channel.hpp"

#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <new>
#include <system_error>

namespace runnel::core {
namespace {

constexpr size_t kHead = 4096;
constexpr size_t kToWorker = size_t{512} * 1024;  // a block is 256 KiB at the most, mostly
constexpr size_t kToSupervisor = size_t{1024} * 1024;
constexpr size_t kAll = kHead + kToWorker + kToSupervisor;
static_assert(sizeof(SharedPage) <= kHead);
static_assert(std::atomic<uint64_t>::is_always_lock_free && std::atomic<bool>::is_always_lock_free);

[[noreturn]] void fail(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

// Between processes, so without FUTEX_PRIVATE_FLAG.
void wait_on(std::atomic<uint32_t>& word, uint32_t seen) {
  ::syscall(SYS_futex, &word, FUTEX_WAIT, seen, nullptr, nullptr, 0);
}
void ring_on(std::atomic<uint32_t>& word) {
  word.fetch_add(1);
  ::syscall(SYS_futex, &word, FUTEX_WAKE, INT_MAX, nullptr, nullptr, 0);
}

void* map_of(int memory) {
  void* const map = ::mmap(nullptr, kAll, PROT_READ | PROT_WRITE, MAP_SHARED, memory, 0);
  return map == MAP_FAILED ? nullptr : map;
}

char* bytes_at(void* map, size_t offset) { return static_cast<char*>(map) + offset; }

}  // namespace

SupervisorEnd::SupervisorEnd()
    : memory_(::memfd_create("runnel-worker", MFD_CLOEXEC)),
      page_([this] {
        if (memory_ < 0) fail("memfd_create");
        if (::ftruncate(memory_, kAll) != 0) fail("ftruncate");
        void* const map = map_of(memory_);
        if (!map) fail("mmap");
        return new (map) SharedPage;
      }()),
      to_worker_(page_->to_worker, bytes_at(page_, kHead), kToWorker),
      to_supervisor_(page_->to_supervisor, bytes_at(page_, kHead + kToWorker), kToSupervisor) {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
    const int error = errno;
    give_back();
    errno = error;
    fail("socketpair");
  }
  socket_ = ends[0];
  worker_socket_ = ends[1];
}

SupervisorEnd::~SupervisorEnd() { give_back(); }

void SupervisorEnd::give_back() {
  release_worker_socket();
  if (socket_ >= 0) ::close(socket_);
  ::munmap(page_, kAll);
  ::close(memory_);
}

void SupervisorEnd::release_worker_socket() {
  if (worker_socket_ >= 0) ::close(worker_socket_);
  worker_socket_ = -1;
}

bool SupervisorEnd::hear() {
  char bells[64];
  for (;;) {
    const ssize_t size = ::recv(socket_, bells, sizeof bells, MSG_DONTWAIT);
    if (size > 0) continue;
    if (size < 0 && errno == EINTR) continue;
    return size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
  }
}

bool SupervisorEnd::may_sleep() {
  page_->supervisor_sleeps.set();
  return !to_supervisor_.has_bytes();
}

size_t SupervisorEnd::put(std::string_view text) {
  size_t size = to_worker_.put(text);
  if (size < text.size()) {
    page_->supervisor_wants_room.set();
    size += to_worker_.put(text.substr(size));  // it may have taken some meanwhile
  }
  if (size && page_->worker_sleeps.take()) ring_on(page_->worker_bell);
  return size;
}

bool SupervisorEnd::get(OutBuffer& to) {
  constexpr size_t kPiece = size_t{64} * 1024;
  while (to_supervisor_.is_sound() && to_supervisor_.has_bytes()) {
    char* const end = to.ensure(to.end(), kPiece);
    to.set_end(end + to_supervisor_.get(end, kPiece));
    if (page_->worker_wants_room.take()) ring_on(page_->room_bell);
  }
  return to_supervisor_.is_sound();
}

void SupervisorEnd::ring() { ring_on(page_->worker_bell); }

WorkerEnd::WorkerEnd(int socket, int memory)
    : map_(map_of(memory)),
      socket_(socket),
      page_([this] {
        if (!map_) fail("mmap");
        return std::launder(static_cast<SharedPage*>(map_));
      }()),
      to_worker_(page_->to_worker, bytes_at(map_, kHead), kToWorker),
      to_supervisor_(page_->to_supervisor, bytes_at(map_, kHead + kToWorker), kToSupervisor) {
  ::close(memory);
}

size_t WorkerEnd::get(char* to, size_t most) {
  for (;;) {
    if (const size_t size = to_worker_.get(to, most)) {
      if (page_->supervisor_wants_room.take()) ring_supervisor();
      return size;
    }
    const uint32_t bell = page_->worker_bell.load();
    if (bell != heard_) {
      heard_ = bell;
      return 0;
    }
    page_->worker_sleeps.set();
    if (!to_worker_.has_bytes()) wait_on(page_->worker_bell, heard_);
    page_->worker_sleeps.set(false);
  }
}

void WorkerEnd::wait_for_bell() {
  wait_on(page_->worker_bell, heard_);
  heard_ = page_->worker_bell.load();
}

void WorkerEnd::ring_own_bell() { ring_on(page_->worker_bell); }

void WorkerEnd::put(std::string_view text) {
  for (;;) {
    text.remove_prefix(to_supervisor_.put(text));
    if (text.empty()) return;
    const uint32_t seen = page_->room_bell.load();
    page_->worker_wants_room.set();
    tell();
    if (!to_supervisor_.has_room()) wait_on(page_->room_bell, seen);
  }
}

void WorkerEnd::tell() {
  if (page_->supervisor_sleeps.take()) ring_supervisor();
}

void WorkerEnd::ring_supervisor() { ::send(socket_, "!", 1, MSG_DONTWAIT | MSG_NOSIGNAL); }

}  // namespace runnel::core
