#include "embed/relay.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <exception>
#include <system_error>
#include <utility>

#include "base/clock.hpp"

namespace runnel::core {
namespace {

constexpr int kLook = 250;               // ms: how often a job's time is looked at
constexpr int64_t kLastWords = 400'000;  // us that a process has to end what is cancelled

}  // namespace

Relay::Relay(Workplace& workplace, const Flow& flow, uint32_t number)
    : workplace_(workplace), flow_(flow), number_(number), wake_fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (wake_fd_ < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
}

Relay::~Relay() {
  taker_.reset();
  ::close(wake_fd_);
}

void Relay::wake() {
  const uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = ::write(wake_fd_, &one, sizeof one);
}

bool Relay::begin_process() {
  std::string problem;
  is_ready_ = has_ended_ = is_cancelled_ = false;
  killing_.reset();
  outgoing_.clear();
  written_ = 0;
  incoming_.clear();
  process_ = workplace_.start(number_, problem);
  if (process_) return true;
  give_up(problem);
  return false;
}

std::string Relay::begin() {
  begin_process();
  return problem_;
}

std::string Relay::get_ready() {
  while (!is_ready_ && problem_.empty()) {
    sleep();
    kill_what_is_late();
    const bool makes_sense = read_answers();
    if (is_ready_) break;
    if (!makes_sense || (is_dead() && !process_->end().has_bytes()))
      return "worker " + std::to_string(number_) + ": " + process_->end_of_loading();
  }
  return problem_;
}

std::string Relay::work() {
  try {
    sizer_ = BlockSizer(desk_.plan->lines_at_most);
    taker_ = std::make_unique<BlockTaker>([this](uint32_t lines) { return take_block(lines); }, [this] { wake(); });
    while (!is_over()) {
      if (desk_.feed->stopped()) break;
      look_at_stop();
      send_what_is_due();
      write_out();
      sleep();
      const bool makes_sense = read_answers();
      if (is_over()) break;
      look_at_time();
      if (!makes_sense) kill_for(Killing::Reason::nonsense);
      if (!makes_sense || is_dead()) on_death();
    }
    if (said_goodbye_ && process_) process_->bury();  // it has things to flush yet
  } catch (const std::bad_alloc&) {
    give_up("out of memory");
  } catch (const std::exception& error) {
    give_up(error.what());
  }
  if (desk_.feed->stopped() || !problem_.empty()) desk_.stop_all();  // the taker may wait for input
  taker_.reset();
  process_.reset();
  return problem_;
}

// Waits until there is something to do.
void Relay::sleep() {
  SupervisorEnd& end = process_->end();
  pollfd fds[] = {{wake_fd_, POLLIN, 0}, {end.socket(), POLLIN, 0}, {process_->death_fd(), POLLIN, 0}};
  const bool has_time = has_unfinished() || kill_at_us_ || !outgoing_.empty() || !is_ready_;
  const int most = !end.may_sleep() ? 0 : has_time ? kLook : -1;
  ::poll(fds, process_->death_fd() < 0 ? 2 : 3, most);
  hear_wake();
  end.page().supervisor_sleeps.set(false);
}

void Relay::hear_wake() {
  uint64_t count = 0;
  [[maybe_unused]] const ssize_t size = ::read(wake_fd_, &count, sizeof count);
}

void Relay::look_at_stop() {
  SharedPage& page = process_->end().page();
  // As a worker that is a thread would see it: when it has run all it was given.
  const bool is_full = flow_.has_worker_slots() && batches_.empty() && again_.empty() &&
                       taker_->state() == BlockTaker::State::taking && desk_.feed->is_full();
  if (is_full != page.is_full.is_set()) {
    page.is_full.set(is_full);
    if (is_full) process_->end().ring();
  }
  const std::atomic<bool>* const cancelled = desk_.plan->cancelled;
  if (!cancelled || !cancelled->load() || is_cancelled_) return;
  is_cancelled_ = true;
  page.cancelled.store(true);
  process_->end().ring();
  if (kill_at_us_ == 0) kill_at_us_ = monotonic_us() + kLastWords;
}

bool Relay::is_dead() {
  if (process_->is_dead()) return true;
  if (process_->end().hear()) return false;
  if (!process_->dies_soon()) kill_for(Killing::Reason::closed);
  return true;
}

void Relay::give_up(std::string problem) {
  if (problem_.empty()) problem_ = std::move(problem);
}

}  // namespace runnel::core
