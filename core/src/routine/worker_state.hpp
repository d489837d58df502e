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
  template <class Visit>
  void for_each(const Visit& visit) const {
    for (const auto& [key, value] : values_) visit(std::string_view(key), value.value());
  }

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
  size_t routines() const { return routines_.size(); }
  StateObject& routine(size_t index) { return routines_[index]; }
  StateObject& shared() { return shared_; }

 private:
  std::vector<StateObject> routines_;
  StateObject shared_;
};

// Is told what is written to the state, to keep it elsewhere, too.
class StateJournal {
 public:
  virtual ~StateJournal() = default;
  virtual void wrote(uint32_t routine, bool shared, std::string_view key, Value value) = 0;
  virtual void committed() = 0;  // all that was written belongs together
};

// The writes of one activation, held back until it returns without failing. Reads see them. Values live in the job's
// arena.
class StateWrites {
 public:
  void attach(StateObject* own, StateObject* shared, uint32_t routine = 0) {
    own_ = own, shared_ = shared, routine_ = routine;
  }
  void tell(StateJournal* journal) { journal_ = journal; }
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
  uint32_t routine_ = 0;
  StateJournal* journal_ = nullptr;
  std::vector<Write> writes_;
  std::unordered_map<std::string_view, size_t> index_[2];  // own, shared: only used with many writes
};

}  // namespace runnel::core
