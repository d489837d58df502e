// Uninitialised bytes. Large ones come straight from the system and go back there, so that one huge line leaves nothing
// behind in the heap; their pages cost nothing until they are written to.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <new>
#include <utility>

namespace runnel::core {

class ByteMemory {
 public:
  static constexpr size_t kMappedFrom = 1024 * 1024;

  ByteMemory() = default;
  explicit ByteMemory(size_t size) : size_(size) {
    if (size < kMappedFrom) {
      data_ = static_cast<char*>(::operator new(size));
    } else {
      void* mapped = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
      if (mapped == MAP_FAILED) throw std::bad_alloc();
      data_ = static_cast<char*>(mapped);
    }
  }
  ByteMemory(ByteMemory&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  ByteMemory& operator=(ByteMemory&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    return *this;
  }
  ~ByteMemory() {
    if (size_ < kMappedFrom) {
      ::operator delete(data_);
    } else {
      ::munmap(data_, size_);
    }
  }

  char* get() const { return data_; }
  size_t size() const { return size_; }

 private:
  char* data_ = nullptr;
  size_t size_ = 0;
};

}  // namespace runnel::core
