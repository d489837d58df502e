// WorkerState: what outlives jobs. One object per routine id and one that all routines of the worker share. One thread.
// Values own their memory; replacing a value frees the old one.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "value/value.hpp"

namespace runnel::core {

// A value and the memory it stands in.
class OwnedValue {
 public:
  OwnedValue() = default;
  explicit OwnedValue(Value);  // deep copy; scalars take no memory
  OwnedValue(OwnedValue&&) noexcept = default;
  OwnedValue& operator=(OwnedValue&&) noexcept = default;
  Value value() const { return value_; }

 private:
  Value value_{};
  std::unique_ptr<Arena> memory_;
};

class StateObject {
 public:
  Value get(std::string_view key) const;
  void set(std::string_view key, Value value);  // missing removes the key

 private:
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  std::unordered_map<std::string, OwnedValue, Hash, std::equal_to<>> values_;
};

class WorkerState {
 public:
  explicit WorkerState(size_t routines) : routines_(routines) {}
  StateObject& routine(size_t index) { return routines_[index]; }
  StateObject& shared() { return shared_; }

 private:
  std::vector<StateObject> routines_;
  StateObject shared_;
};

// The writes of one activation, held back until it returns without failing. Reads see them. Values live in the job's
// arena.
class StateWrites {
 public:
  void attach(StateObject* own, StateObject* shared) { own_ = own, shared_ = shared; }
  Value get(bool shared, std::string_view key) const;
  void set(bool shared, Value key, Value value);
  void commit();
  void drop();

  struct Write {
    bool shared;
    Value key;
    Value value;
  };
  // Of an activation that is suspended, and back again.
  std::vector<Write> take();
  void restore(const std::vector<Write>&);

 private:
  size_t find(bool shared, std::string_view key) const;

  StateObject* own_ = nullptr;
  StateObject* shared_ = nullptr;
  std::vector<Write> writes_;
  std::unordered_map<std::string_view, size_t> index_[2];  // own, shared: only used with many writes
};

}  // namespace runnel::core
