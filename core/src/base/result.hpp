// A value or the reason there is none. C++20 has no std::expected.
#pragma once

#include <cassert>
#include <utility>
#include <variant>

namespace runnel::core {

template <class T, class E>
class Result {
 public:
  Result(T value) : either_(std::in_place_index<0>, std::move(value)) {}
  Result(E error) : either_(std::in_place_index<1>, std::move(error)) {}

  bool ok() const { return either_.index() == 0; }
  explicit operator bool() const { return ok(); }
  T& operator*() { return value(); }
  const T& operator*() const { return value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  T& value() {
    assert(ok());
    return *std::get_if<0>(&either_);
  }
  const T& value() const {
    assert(ok());
    return *std::get_if<0>(&either_);
  }
  const E& error() const {
    assert(!ok());
    return *std::get_if<1>(&either_);
  }

 private:
  std::variant<T, E> either_;
};

}  // namespace runnel::core
