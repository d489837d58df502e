// Worker-scoped slots. They lie in one strand of the worker that has no job: items are copied to it with the ticket of
// the job they belong to, and what its activations do is handed to the jobs they serve. A job that has items there
// waits, and is not over before they are done with.
#include <algorithm>
#include <utility>

#include "policy/policy.hpp"
#include "runtime/strand.hpp"
#include "value/builder.hpp"

namespace runnel::core {

// ---- The shared strand

void Strand::accept(Strand& owner, uint32_t number, uint32_t slot, Value item, uint32_t hops) {
  if (table_->in_start_order) {  // its virtual time is that of the jobs that come
    job_.clock.advance_to(owner.job_.clock.latest());
    fire_due();
  }
  if (owner.is_final()) {
    ++owner.job_.discarded;
    return;
  }
  if (!owner.ticket_) {
    owner.ticket_ = ++table_->latest_ticket;
    table_->holders.emplace(owner.ticket_, &owner);
  }
  ++owner.held_;
  ++owner.outstanding_;
  slots_[number][slot].push(deep_copy(job_.arena, item), hops, owner.ticket_);
  if (flow_.routines[number].policy.kind == PolicyKind::by_class) slots_[number][slot].push_lying(policy_time());
  has_lying_[number] = 1;
  any_lying_ = true;
  judge(number);
  go_on_shared();
}

void Strand::go_on_shared() {
  while (table_->in_start_order && (fire_before_resuming() || resume_first())) {
  }
  arm_timer();
  if (has_idle_memory()) {
    job_.arena.reset();
    compact_above_ = kCompactionPays;
  } else if (job_.arena.used() > compact_above_) {
    keep_memory_bounded(0);
  }
}

// Nothing lies here and nothing is suspended.
bool Strand::has_idle_memory() {
  if (!suspensions_.empty()) return false;
  for (uint32_t number = 0; number < slots_.size(); ++number) {
    if (has_lying_[number] && slots_[number].total()) return false;
  }
  return true;
}

std::span<const uint64_t> Strand::owners_of(uint32_t number, std::span<const SlotItems> lying) {
  owners_.clear();
  for (size_t slot = 0; slot < lying.size(); ++slot) {
    for (uint32_t i = 0; i < lying[slot].count; ++i) owners_.push_back(slots_[number][slot].owner(i));
  }
  return owners_;
}

// The next activation works for the owners of its items, each once, in the order of their items.
void Strand::serve(std::span<const uint64_t> owners) {
  served_tickets_.clear();
  served_.job_of.clear();
  std::unordered_map<uint64_t, uint32_t> numbers;
  for (const uint64_t owner : owners) {
    const auto [at, is_new] = numbers.emplace(owner, static_cast<uint32_t>(served_tickets_.size()));
    if (is_new) served_tickets_.push_back(owner);
    served_.job_of.push_back(at->second);
  }
  find_served();
}

void Strand::find_served() {
  served_.jobs.clear();
  for (const uint64_t ticket : served_tickets_) {
    const auto at = table_->holders.find(ticket);
    JobContext* job = at == table_->holders.end() ? nullptr : &at->second->job_;
    if (job) job->clock.advance_to(job_.clock.latest());
    served_.jobs.push_back(job);
  }
}

void Strand::commit_served(uint32_t number, uint32_t hops) {
  for (uint32_t job = 0; job < served_tickets_.size(); ++job) {
    const auto at = table_->holders.find(served_tickets_[job]);
    if (at == table_->holders.end()) continue;
    Strand& owner = *at->second;
    const auto complete = std::find_if(served_.complete.begin(), served_.complete.end(),
                                       [&](const auto& one) { return one.first == job; });
    for (const Emission& emission : emissions_) {
      if (owner.is_final() || (emission.job != kAllJobs && emission.job != job)) continue;
      if (complete != served_.complete.end()) {
        owner.job_.discarded += flow_.routines[number].connections[emission.event].size();
      } else {
        owner.enqueue(number, emission.event, deep_copy(owner.job_.arena, emission.item), hops + 1);
      }
    }
    if (complete != served_.complete.end() && !owner.is_final()) {
      owner.context_.complete =
          CompleteRequest{complete->second.status, deep_copy(owner.job_.arena, complete->second.error)};
      owner.complete_job(number);
    }
    owner.schedule();
  }
  emissions_.clear();
  routines_.writes().commit();
  release_served();
}

Strand::OwnItems Strand::items_of_job(uint32_t job, std::span<const SlotItems> items, Strand& owner) const {
  OwnItems own;
  own.items.resize(items.size());
  size_t next = 0;
  for (size_t slot = 0; slot < items.size(); ++slot) {
    for (uint32_t i = 0; i < items[slot].count; ++i, ++next) {
      if (served_.job_of[next] == job) own.items[slot].push_back(deep_copy(owner.job_.arena, items[slot].items[i]));
    }
    own.view.push_back({own.items[slot].data(), static_cast<uint32_t>(own.items[slot].size())});
  }
  return own;
}

// Each job by its own lights, with its own items.
void Strand::fail_served(uint32_t number, const Problem& problem, std::span<const SlotItems> items, uint32_t hops) {
  for (uint32_t job = 0; job < served_tickets_.size(); ++job) {
    const auto at = table_->holders.find(served_tickets_[job]);
    if (at == table_->holders.end()) continue;
    Strand& owner = *at->second;
    const OwnItems own = items_of_job(job, items, owner);
    owner.handle_failure(number, Problem(problem), own.view, hops);
    owner.schedule();
  }
}

// The activation is over: its items no longer keep their jobs from going on.
void Strand::release_served() {
  std::vector<uint64_t> counts(served_tickets_.size());
  for (const uint32_t job : served_.job_of) ++counts[job];
  for (size_t job = 0; job < counts.size(); ++job) {
    const auto at = table_->holders.find(served_tickets_[job]);
    if (at != table_->holders.end()) at->second->release(counts[job]);
  }
  served_tickets_.clear();
  served_.jobs.clear();
  served_.job_of.clear();
}

bool Strand::flush_shared(std::string_view reason) {
  for (const uint32_t number : flow_.flush_order) {
    if (!has_lying_[number] || slots_[number].total() == 0) continue;
    flush(number, reason);
    go_on_shared();
    return true;
  }
  return false;
}

void Strand::discard_served(uint32_t number) {
  SlotQueues& queues = slots_[number];
  const auto lying = queues.view(kEverything);
  serve(owners_of(number, lying));
  for (uint32_t job = 0; job < served_tickets_.size(); ++job) {
    const auto at = table_->holders.find(served_tickets_[job]);
    if (at == table_->holders.end()) continue;
    Strand& owner = *at->second;
    std::vector<Member> counts;
    size_t next = 0;
    for (size_t slot = 0; slot < lying.size(); ++slot) {
      const auto from = served_.job_of.begin() + static_cast<std::ptrdiff_t>(next);
      const int64_t count = std::count(from, from + lying[slot].count, job);
      next += lying[slot].count;
      owner.job_.discarded += static_cast<uint64_t>(count);
      if (count) counts.push_back({string_view_value(flow_.routines[number].names.slots[slot]), make_int(count)});
    }
    owner.trace(number, literal("unconsumed"), make_object(owner.job_.arena, counts));
  }
  queues.clear();
  release_served();
}

// The job of this ticket is over.
void Strand::take_back(uint64_t ticket, uint64_t& discarded) {
  for (uint32_t number = 0; number < slots_.size(); ++number) {
    if (!has_lying_[number]) continue;
    for (size_t slot = 0; slot < slots_[number].slots(); ++slot) discarded += slots_[number][slot].remove_of(ticket);
  }
  for (auto at = suspensions_.begin(); at != suspensions_.end();) {
    const auto& tickets = at->second.tickets;
    const bool serves_others = std::any_of(tickets.begin(), tickets.end(), [&](uint64_t other) {
      return other != ticket && table_->holders.contains(other);
    });
    const auto here = at++;
    if (!serves_others) drop_suspension(here);
  }
}

// ---- A job's strand

void Strand::release(uint64_t items) {
  held_ -= items;
  outstanding_ -= items;
  schedule();
}

// It can go on, or is over: unless it is the one that goes on just now, it is told to.
void Strand::schedule() {
  if (table_->running == this || is_scheduled_) return;
  is_scheduled_ = true;
  table_->ready.push_back(this);
  table_->schedule();
}

void Strand::leave_shared() {
  if (held_) table_->shared->take_back(ticket_, job_.discarded);
  table_->holders.erase(ticket_);
  ticket_ = 0;
  held_ = 0;
}

}  // namespace runnel::core
