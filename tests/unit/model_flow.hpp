// A flow as the reference model sees it: plain data, and C++ functions for what would be Lua.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

namespace runnel::test {

using Json = nlohmann::json;

struct ModelError {
  std::string code, message;
  size_t attempt = 1;
};

struct ModelActivation {
  size_t routine, hops = 0;      // hops: the most of its items
  Json items = Json::object();   // {slot: [items]}, oldest first; only slots that have some
  Json message{}, completion{};  // completion: [status, error] of the first complete()
  std::vector<std::pair<std::string, Json>> emissions{};
  // What runs next, on the activation and the record. Throws a ModelError to fail; sets `suspends` and itself to go on.
  std::function<void(ModelActivation&, Json&)> logic{};
  bool suspends = false;
  size_t attempt = 1, retries_left = 0;
  std::function<void(ModelActivation&, Json&)> first_logic{};  // of a further attempt
  Json counts() const {
    Json counted = Json::object();
    for (const auto& [slot, list] : items.items()) counted[slot] = list.size();
    return counted;
  }
  size_t count() const {
    size_t sum = 0;
    for (const Json& list : items) sum += list.size();
    return sum;
  }
};

struct ModelRoutine {
  std::string id;
  std::vector<std::string> slots;
  std::string policy = "immediate";
  size_t batch_size = 0;
  std::function<bool(const Json& items)> when{};
  std::string on_flush{};         // "": as the policy has it
  std::string strategy = "stop";  // with retries: what comes after them
  size_t max_retries = 0;
  std::function<void(ModelActivation&, Json& job)> logic{};
};

struct ModelConnection {
  size_t from;
  std::string event;
  size_t to;
  std::string slot;
  std::function<bool(const Json&)> when{};  // may throw a ModelError
};

struct ModelFlow {
  std::vector<ModelRoutine> routines;
  std::vector<ModelConnection> connections;
  size_t hop_limit, emit_limit;
  std::vector<const ModelConnection*> connected(size_t routine, const std::string& event) const {
    std::vector<const ModelConnection*> found;
    for (const auto& one : connections)
      if (one.from == routine && one.event == event) found.push_back(&one);
    return found;
  }
  // Upstream first: next is the first routine with nobody left upstream outside its cycle, and with it its cycle.
  std::vector<size_t> flush_order() const {
    const size_t size = routines.size();
    std::vector<std::vector<bool>> reaches(size, std::vector<bool>(size));
    for (size_t i = 0; i < size; ++i) reaches[i][i] = true;
    for (const auto& one : connections) reaches[one.from][one.to] = true;
    for (size_t i = 0; i < size * size * size; ++i) {
      const size_t via = i / size / size, a = i / size % size, b = i % size;
      if (reaches[a][via] && reaches[via][b]) reaches[a][b] = true;
    }
    std::vector<size_t> order;
    std::vector<bool> placed(size);
    for (size_t a = 0; a < size; ++a) {
      bool waits = placed[a];
      for (size_t b = 0; b < size; ++b) waits |= !placed[b] && reaches[b][a] && !reaches[a][b];
      for (size_t b = 0; b < size && !waits; ++b)
        if (reaches[a][b] && reaches[b][a]) placed[b] = true, order.push_back(b);
      if (!waits) a = SIZE_MAX;  // from the top
    }
    return order;
  }
};

}  // namespace runnel::test
