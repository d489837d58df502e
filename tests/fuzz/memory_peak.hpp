// How much more memory was in use than at the start, at most. Counted only with AddressSanitizer, which tells of each
// block; otherwise 0.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define RUNNEL_COUNTS_MEMORY
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define RUNNEL_COUNTS_MEMORY
#endif

#ifdef RUNNEL_COUNTS_MEMORY
// Of sanitizer/allocator_interface.h, which comes with Clang and not with GCC, though its runtime has them.
extern "C" {
int __sanitizer_install_malloc_and_free_hooks(void (*took)(const volatile void*, size_t),
                                              void (*gave_back)(const volatile void*));
size_t __sanitizer_get_allocated_size(const volatile void*);
}
#endif

namespace runnel::fuzz {

class MemoryPeak {
 public:
  MemoryPeak() {
#ifdef RUNNEL_COUNTS_MEMORY
    [[maybe_unused]] static const int hooked = __sanitizer_install_malloc_and_free_hooks(took, gave_back);
#endif
    now_ = most_ = 0;
  }
  size_t bytes() const { return static_cast<size_t>(most_); }

 private:
#ifdef RUNNEL_COUNTS_MEMORY
  static void took(const volatile void*, size_t size) {
    now_ += static_cast<int64_t>(size);
    most_ = std::max(most_, now_);
  }
  static void gave_back(const volatile void* block) {
    now_ -= static_cast<int64_t>(__sanitizer_get_allocated_size(block));
  }
#endif
  static inline int64_t now_ = 0;
  static inline int64_t most_ = 0;
};

}  // namespace runnel::fuzz
