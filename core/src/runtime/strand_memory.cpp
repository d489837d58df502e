// A job's memory: what an arena hands out it never takes back, so a long job is copied to a fresh one now and then.
#include <unordered_map>
#include <utility>

#include "runtime/strand.hpp"
#include "value/compactor.hpp"

namespace runnel::core {

Problem Strand::memory_problem(uint32_t number) const {
  const Routine& routine = flow_.routines[number];
  return {"limit.memory",
          "the values of one job need more than its memory limit of " + std::to_string(flow_.limits.memory) + " bytes",
          routine.id,
          1,
          routine.place.text(),
          ""};
}

void Strand::keep_memory_bounded(uint32_t number) {
  compact();
  const size_t live = job_.arena.used();
  if (!is_shared_ && (live > flow_.limits.memory || job_.arena.exhausted())) {
    return fail_job(memory_problem(number));
  }
  compact_above_ =
      live + std::max(kCompactionPays, live / 2);  // so that the copies cost no more than what was made since
}

// Copies everything the job can still reach; shared values stay shared.
void Strand::compact() {
  // A waiting job holds what it needs and little more: there may be 100,000 of them.
  constexpr size_t kWaitingChunk = 1024;
  Arena fresh(job_.arena.limit(), line_in_arena_ ? kWaitingChunk : Arena::kFirstChunk);
  Compactor move(job_.arena, fresh);
  if (line_in_arena_) {
    const char* line = fresh.copy(job_.input_text);
    if (!line) fresh.refuse();
    if (line) move.rebase(job_.input_text, line);
    job_.input_text = {line, line ? job_.input_text.size() : 0};
  }
  move(job_.job_id);
  move(job_.replay_of);
  move(job_.error);
  move(job_.metadata);
  move(job_.post_data);
  for (Member& member : job_.data.members()) {
    move(member.key);
    move(member.value);
  }
  job_.data.rebase_keys();
  for (size_t i = 0; i < job_.trace_log.size(); ++i) {
    move(job_.trace_log.at(i).action);
    move(job_.trace_log.at(i).details);
  }
  for (QueuedItem& queued : queue_.items()) move(queued.item);
  for (SlotQueues& queues : slots_) {
    for (size_t i = 0; i < queues.slots(); ++i) {
      for (Value& item : queues[i].values()) move(item);
    }
  }
  for (Value& item : collected_) move(item);
  for (auto& [id, suspension] : suspensions_) {
    move(suspension.first);
    move(suspension.message);
    for (Value& item : suspension.items) move(item);
    for (Emission& emission : suspension.emissions) move(emission.item);
    if (suspension.complete) move(suspension.complete->error);
    for (auto& [job, request] : suspension.served.complete) move(request.error);
    for (StateWrites::Write& write : suspension.writes) {
      move(write.key);
      move(write.value);
    }
  }
  job_.arena = std::move(fresh);
}

}  // namespace runnel::core
