#include "isolate/state_log.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "isolate/wire.hpp"

namespace runnel::core {
namespace {

// The file: where the log begins, then from there on commits, each its size and its entries.
constexpr uint64_t kHead = sizeof(uint64_t);

[[noreturn]] void fail(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

void write_at(int fd, uint64_t offset, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t size = ::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) fail("cannot keep the worker's state");
    bytes.remove_prefix(static_cast<size_t>(size));
    offset += static_cast<uint64_t>(size);
  }
}

// As much as there is.
std::string read_at(int fd, uint64_t offset, uint64_t size) {
  std::string bytes(size, '\0');
  size_t got = 0;
  while (got < size) {
    const ssize_t more = ::pread(fd, bytes.data() + got, size - got, static_cast<off_t>(offset + got));
    if (more < 0 && errno == EINTR) continue;
    if (more < 0) fail("cannot read the worker's state");
    if (more == 0) break;
    got += static_cast<size_t>(more);
  }
  bytes.resize(got);
  return bytes;
}

std::string text_of(uint64_t number) {
  std::string text;
  Packer(text).add(number);
  return text;
}

}  // namespace

int StateLog::make_file() { return ::memfd_create("runnel-state", MFD_CLOEXEC); }

void StateLog::read(const std::function<void(const StateEntry&)>& take) {
  const std::string head = read_at(fd_, 0, kHead);
  Unpacker from(head);
  start_ = std::max(kHead, from.take<uint64_t>());
  end_ = start_;
  for (;;) {
    const std::string size_text = read_at(fd_, end_, sizeof(uint32_t));
    Unpacker size_from(size_text);
    const auto size = size_from.take<uint32_t>();
    if (!size_from.is_sound() || size == 0) break;
    const std::string bytes = read_at(fd_, end_ + sizeof size, size);
    if (bytes.size() < size) break;
    Unpacker entries(bytes);
    while (!entries.is_at_end()) {
      StateEntry entry;
      entry.routine = entries.take<uint32_t>();
      entry.is_shared = entries.take<bool>();
      const bool is_set = entries.take<bool>();
      entry.key = entries.take_text();
      const std::string_view json = entries.take_text();
      if (is_set) entry.json = json;
      if (!entries.is_sound()) break;
      take(entry);
    }
    end_ += sizeof size + size;
  }
  if (::ftruncate(fd_, static_cast<off_t>(end_)) != 0) fail("cannot keep the worker's state");
}

void StateLog::add(const StateEntry& entry) {
  Packer packer(bytes_);
  packer.add(entry.routine);
  packer.add(entry.is_shared);
  packer.add(entry.json.has_value());
  packer.add_text(entry.key);
  packer.add_text(entry.json.value_or(std::string_view()));
}

// A process that dies in the middle of it leaves a commit that is too short.
void StateLog::commit() {
  const auto size = static_cast<uint32_t>(bytes_.size() - sizeof(uint32_t));
  if (size == 0) return;
  std::string head;
  Packer(head).add(size);
  bytes_.replace(0, head.size(), head);
  write_at(fd_, std::max(end_, kHead), bytes_);
  end_ = std::max(end_, kHead) + bytes_.size();
  bytes_.resize(sizeof(uint32_t));
}

void StateLog::commit_anew() {
  const uint64_t before = std::max(end_, kHead);
  commit();
  write_at(fd_, 0, text_of(before));  // from now on
  start_ = before;
  end_ = std::max(end_, kHead);
  written_anew_ = end_ - start_;
  ::fallocate(fd_, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, kHead, static_cast<off_t>(before - kHead));
}

}  // namespace runnel::core
