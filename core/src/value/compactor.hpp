// Moves what is still wanted out of an arena into a fresh one: what two values share stays shared, what the old arena
// does not own (the input line, constants) stays where it is.
#pragma once

#include <unordered_map>

#include "value/value.hpp"

namespace runnel::core {

class Compactor {
 public:
  Compactor(const Arena& from, Arena& to) : from_(from), to_(to) {}
  // Makes the value independent of the old arena. When the new one is exhausted the value becomes missing.
  void operator()(Value&);

 private:
  bool move_container(Value&);

  const Arena& from_;
  Arena& to_;
  std::unordered_map<const void*, const void*> moved_;  // nodes: old -> new
};

}  // namespace runnel::core
