// The suspended activations of one worker: which job each belongs to, and how they are woken.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "routine/context.hpp"
#include "runtime/event_loop.hpp"
#include "runtime/pulse.hpp"

namespace runnel::core {

class Strand;

// Which attempt at its items an activation is.
struct Attempt {
  uint32_t number = 1;
  int64_t deadline_us = 0;          // monotonic; 0: the routine has no timeout
  int64_t virtual_deadline_us = 0;  // job time, for suspensions under --deterministic
  std::string failure;              // of the attempt before
  std::string causes;               // failures before that one, where they were others
};

// How a suspended activation is taken up again.
enum class NextStep : uint8_t { rest, retry, routine_timeout, job_timeout };

// An activation that is not over: what it took and what it has done so far.
struct Suspension {
  uint32_t routine = 0;
  uint32_t hops = 0;
  Value first{};
  Value message{};
  std::vector<Value> items;      // of all slots, one after the other
  std::vector<uint32_t> counts;  // of each slot
  std::vector<Emission> emissions;
  std::optional<CompleteRequest> complete;
  std::vector<StateWrites::Write> writes;
  std::vector<uint64_t> tickets;  // of the jobs it serves, where its slots are worker-scoped
  ServedJobs served;
  Cancellation cancel;
  std::optional<EventLoop::TimerId> timer;
  int64_t wakes_at = 0;              // job time, when it was finished by virtual time
  std::optional<Continuation> rest;  // finished, and waits for those that were started earlier
  NextStep next = NextStep::rest;
  Attempt attempt;
};

// What the strands of a worker share. `wake` brings an activation back to its strand.
struct SuspensionTable {
  Suspender suspender;
  EventLoop* loop = nullptr;
  std::function<void(uint64_t id, Continuation)> wake;
  std::function<void(uint64_t id)> time_out;  // the job's or the routine's time is over
  std::unordered_map<uint64_t, Strand*> strands;
  Pulse* pulse = nullptr;       // null: nobody watches
  bool in_start_order = false;  // --deterministic: activations go on in the order they were started
  uint64_t late = 0;            // finished twice, or after the job's end

  // Worker-scoped slots and policies that look at the time.
  Strand* shared = nullptr;   // carries the worker's slots; null: the flow has none
  Strand* running = nullptr;  // the strand that goes on by itself now
  uint64_t latest_ticket = 0;
  std::unordered_map<uint64_t, Strand*> holders;  // jobs with items in the worker's slots, by ticket
  std::deque<Strand*> ready;                      // served jobs that can go on
  std::function<void()> schedule;                 // sees to it that they do
  std::function<void(Strand&)> timer_due;
};

}  // namespace runnel::core
