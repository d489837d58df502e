// What ties a worker process to its supervisor: a byte stream each way through shared memory, flags, and a socket whose
// end tells that the worker is dead.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "isolate/death_note.hpp"
#include "isolate/ring.hpp"
#include "isolate/shared_flag.hpp"
#include "job/beat.hpp"
#include "value/writer.hpp"

namespace runnel::core {

struct SharedPage {
  RingHead to_worker;
  RingHead to_supervisor;
  std::atomic<uint32_t> worker_bell{0};  // a futex: goes up when there is something to see for the worker
  SharedFlag worker_sleeps;
  std::atomic<uint32_t> room_bell{0};  // a futex: goes up when there is room in to_supervisor again
  SharedFlag worker_wants_room;
  SharedFlag supervisor_sleeps;
  SharedFlag supervisor_wants_room;
  std::atomic<bool> cancelled{false};  // the run is: jobs end as soon as they can; only the worker reads it
  SharedFlag is_full;                  // no job can be admitted before one of those under way is done
  Beat beat;
  DeathNote note;
};

// Owned by the supervisor.
class SupervisorEnd {
 public:
  // Throws std::system_error.
  SupervisorEnd();
  ~SupervisorEnd();
  SupervisorEnd(const SupervisorEnd&) = delete;
  SupervisorEnd& operator=(const SupervisorEnd&) = delete;

  SharedPage& page() { return *page_; }
  // What the worker process is given; closed here once it has them.
  int worker_socket() const { return worker_socket_; }
  int memory() const { return memory_; }
  void release_worker_socket();

  int socket() const { return socket_; }  // readable: something may have come; at its end: the worker is dead
  // Takes the bells that were rung. False: the worker has closed its end.
  bool hear();
  // About to wait for the socket: false when there is something to be read already.
  bool may_sleep();
  size_t put(std::string_view text);  // as Ring::put(); where not all of it went the socket tells when to go on
  bool get(OutBuffer& to);            // appends all that is there; false: what is there makes no sense
  bool has_bytes() const { return to_supervisor_.has_bytes(); }
  void ring();  // the worker looks at the flags of the page

 private:
  void give_back();

  int memory_ = -1;
  int socket_ = -1;
  int worker_socket_ = -1;
  SharedPage* page_ = nullptr;
  Ring to_worker_;
  Ring to_supervisor_;
};

// Owned by the worker process. One thread reads, one writes.
class WorkerEnd {
 public:
  // Takes the descriptors. Throws std::system_error.
  WorkerEnd(int socket, int memory);
  WorkerEnd(const WorkerEnd&) = delete;
  WorkerEnd& operator=(const WorkerEnd&) = delete;

  SharedPage& page() { return *page_; }
  // [reader] Some of what the supervisor wrote; 0: it wants the page's flags to be looked at. Waits for either.
  size_t get(char* to, size_t most);
  // [reader's place] Until the flags are to be looked at.
  void wait_for_bell();
  void ring_own_bell();  // [any thread] ends that wait
  // [writer] Waits for room.
  void put(std::string_view text);
  void tell();  // [writer] the supervisor reads what was put

 private:
  void ring_supervisor();

  void* map_ = nullptr;
  int socket_ = -1;
  SharedPage* page_ = nullptr;
  Ring to_worker_;
  Ring to_supervisor_;
  uint32_t heard_ = 0;  // of worker_bell
};

}  // namespace runnel::core
