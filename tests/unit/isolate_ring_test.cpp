#include <poll.h>
#include <rapidcheck.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "catch.hpp"
#include "isolate/channel.hpp"
#include "isolate/ring.hpp"

using namespace runnel::core;

namespace {

struct Memory {
  RingHead head;
  std::vector<char> bytes = std::vector<char>(16);
};

}  // namespace

TEST_CASE("A ring gives what was put, in order, however it is cut into pieces") {
  CHECK(rc::check("pieces", [](const std::vector<std::pair<std::string, uint8_t>>& steps) {
    Memory memory;
    Ring writer(memory.head, memory.bytes.data(), memory.bytes.size());
    Ring reader(memory.head, memory.bytes.data(), memory.bytes.size());
    std::string put;
    std::string got;
    for (const auto& [text, most] : steps) {
      const size_t size = writer.put(text);
      RC_ASSERT(size == std::min(text.size(), 16 - (put.size() - got.size())));
      put += text.substr(0, size);
      RC_ASSERT(writer.has_room() == (put.size() - got.size() < 16));
      char piece[256];
      got.append(piece, reader.get(piece, most));
      RC_ASSERT(put.starts_with(got));
      RC_ASSERT(reader.has_bytes() == (got.size() < put.size()));
      RC_ASSERT(reader.is_sound());
    }
  }));
}

TEST_CASE("A ring whose counters were written over is not sound, or gives no more than it holds") {
  Memory memory;
  Ring writer(memory.head, memory.bytes.data(), memory.bytes.size());
  Ring reader(memory.head, memory.bytes.data(), memory.bytes.size());
  writer.put("abc");
  for (const uint64_t nonsense : {~uint64_t{0}, uint64_t{0xeeeeeeeeeeeeeeee}, uint64_t{17}, uint64_t{1} << 40}) {
    memory.head.written.store(nonsense);
    CHECK_FALSE(reader.is_sound());
    char piece[64];
    Ring other = reader;
    CHECK(other.get(piece, sizeof piece) <= 16);
    memory.head.taken.store(nonsense);
    Ring again = writer;
    CHECK(again.put(std::string(100, 'x')) <= 16);
  }
}

TEST_CASE("Both ends of a channel wait for each other, and nothing is lost") {
  SupervisorEnd supervisor;
  const int memory = ::dup(supervisor.memory());
  WorkerEnd worker(::dup(supervisor.worker_socket()), memory);
  const std::string text(3'000'000, 'x');  // more than fits at once
  std::string echoed;
  std::thread process([&] {
    size_t left = text.size();
    std::vector<char> piece(10'000);
    while (left) {
      const size_t size = worker.get(piece.data(), piece.size());
      worker.put({piece.data(), size});
      left -= size;
    }
    worker.tell();
  });
  size_t sent = 0;
  OutBuffer got;
  while (got.size() < text.size()) {
    sent += supervisor.put(std::string_view(text).substr(sent));
    if (supervisor.may_sleep()) {
      pollfd bell{supervisor.socket(), POLLIN, 0};
      ::poll(&bell, 1, sent < text.size() ? 1 : -1);
      supervisor.hear();
    }
    REQUIRE(supervisor.get(got));
  }
  process.join();
  CHECK(got.view() == text);
}

TEST_CASE("A flag of the channel is seen by a worker that does not look at the moment it is set") {
  SupervisorEnd supervisor;
  WorkerEnd worker(::dup(supervisor.worker_socket()), ::dup(supervisor.memory()));
  supervisor.page().is_full.set();
  supervisor.ring();
  char piece[8];
  CHECK(worker.get(piece, sizeof piece) == 0);
  CHECK(worker.page().is_full.is_set());
  supervisor.put("ab");
  CHECK(worker.get(piece, sizeof piece) == 2);
}
