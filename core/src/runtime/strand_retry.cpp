// Activations that failed and are tried again: kept like suspended ones, with a timer for the back-off.
#include <utility>

#include "base/utf8.hpp"
#include "policy/retry.hpp"
#include "runtime/strand.hpp"
#include "value/builder.hpp"
#include "value/hash.hpp"

namespace runnel::core {

namespace {

constexpr size_t kMostFailure = 400;  // bytes of a failure kept for a chain of causes
constexpr size_t kMostCauses = 1200;

std::string cut(std::string text, size_t most) {
  if (text.size() <= most) return text;
  text.resize(utf8_prefix(text, most));
  return text + "...";
}

std::string failure_text(const Problem& problem) {
  return cut(problem.message + (problem.code.empty() ? "" : " [" + problem.code + "]"), kMostFailure);
}

// The same for the same job in each run: SplitMix64 (https://prng.di.unimi.it/splitmix64.c).
double chance(std::string_view job_id, uint64_t number) {
  uint64_t bits = content_hash(job_id) + number * 0x9e3779b97f4a7c15;
  bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9;
  bits = (bits ^ (bits >> 27)) * 0x94d049bb133111eb;
  bits ^= bits >> 31;
  return static_cast<double>(bits >> 11) * 0x1p-53;
}

}  // namespace

// The failures of earlier attempts, the latest first, without those that only repeat the next one.
std::string Strand::causes_of(const Attempt& attempt, const std::string& failure) {
  if (attempt.number == 1 || attempt.failure == failure) return attempt.causes;
  std::string text = "attempt " + std::to_string(attempt.number - 1) + ": " + attempt.failure;
  if (!attempt.causes.empty()) text += "; " + attempt.causes;
  return cut(std::move(text), kMostCauses);
}

void Strand::trace_error(uint32_t number, const Problem& problem) {
  const Member details[] = {{literal("code"), make_string(job_.arena, problem.code)},
                            {literal("message"), make_string(job_.arena, problem.message)},
                            {literal("attempt"), make_int(problem.attempt)}};
  trace(number, literal("error"), make_object(job_.arena, details));
}

// The activation in context_ has failed: nothing of it happened.
void Strand::fail_activation(uint32_t number, std::span<const SlotItems> items, Value first, uint32_t hops,
                             Value message) {
  emissions_.clear();
  routines_.writes().drop();
  if (context_.suspend.id) cancel_request();
  Problem problem = std::exchange(context_.failure, {});
  if (std::exchange(context_.is_out_of_time, false)) {
    if (is_shared_ && options_.cancelled && options_.cancelled->load(std::memory_order_relaxed))
      return release_served();  // its jobs are cancelled when they go on
    if (!has_time_left(number)) return;
    problem.message = routine_timeout_text(number);
  }
  problem.attempt = attempt_.number;
  problem.cause = causes_of(attempt_, failure_text(problem));
  if (retry_later(number, problem, items, first, hops, message)) return;
  handle_failure(number, std::move(problem), items, hops);
  if (is_shared_) release_served();
}

bool Strand::retry_later(uint32_t number, const Problem& problem, std::span<const SlotItems> items, Value first,
                         uint32_t hops, Value message) {
  const auto& spec = flow_.routines[number].error_handler.retry;
  if (!spec || !may_retry(*spec, problem, attempt_.number)) return false;
  trace_error(number, problem);
  double random = 0;
  if (spec->jitter != Jitter::none) random = chance(to_std_string(job_.job_id), ++jitters_);
  const int64_t delay = delay_after(*spec, attempt_.number, random);
  if (options_.trace_level >= TraceLevel::flow) {
    const Member details[] = {{literal("attempt"), make_int(attempt_.number + 1)},
                              {literal("delay"), make_double(static_cast<double>(delay) / 1e6)}};
    trace(number, literal("retry"), make_object(job_.arena, details));
  }
  const uint64_t id = ++table_->suspender.latest;
  Suspension& kept = add_suspension(id, number, items, first, hops, message);
  kept.next = NextStep::retry;
  kept.attempt.number = attempt_.number + 1;
  kept.attempt.failure = failure_text(problem);
  kept.attempt.causes = problem.cause;
  arm(id, kept, delay, Continuation(), false);
  return true;
}

}  // namespace runnel::core
