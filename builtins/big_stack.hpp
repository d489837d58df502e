// Runs something that recurses deeply on a stack of its own, however small the caller's is.
#pragma once

#include <pthread.h>

#include <exception>
#include <stdexcept>

namespace runnel::builtin {

// What `work` throws comes out here.
template <class Work>
void on_big_stack(size_t bytes, Work&& work) {
  struct Call {
    Work& work;
    std::exception_ptr thrown;
  } call{work, {}};
  const auto run = [](void* data) -> void* {
    auto& self = *static_cast<Call*>(data);
    try {
      self.work();
    } catch (...) {
      self.thrown = std::current_exception();
    }
    return nullptr;
  };
  pthread_attr_t attributes;
  pthread_t thread{};
  pthread_attr_init(&attributes);
  const bool started =
      pthread_attr_setstacksize(&attributes, bytes) == 0 && pthread_create(&thread, &attributes, run, &call) == 0;
  pthread_attr_destroy(&attributes);
  if (!started) throw std::runtime_error("cannot start a thread");
  pthread_join(thread, nullptr);
  if (call.thrown) std::rethrow_exception(call.thrown);
}

}  // namespace runnel::builtin
