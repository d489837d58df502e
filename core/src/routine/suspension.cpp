#include "routine/suspension.hpp"

#include <unordered_map>

namespace runnel::core {

namespace {

// Mailboxes by id. A handle may outlive its worker, so it holds no pointer.
struct Mailboxes {
  std::mutex mutex;
  std::unordered_map<uint64_t, std::shared_ptr<Mailbox>> open;
  uint64_t latest = 0;
};

Mailboxes& mailboxes() {
  static auto* const all = new Mailboxes;  // threads of routines may still finish something while the process ends
  return *all;
}

}  // namespace

std::shared_ptr<Mailbox> Mailbox::open(std::function<void()> notify) {
  auto mailbox = std::make_shared<Mailbox>();
  mailbox->notify_ = std::move(notify);
  Mailboxes& all = mailboxes();
  const std::lock_guard lock(all.mutex);
  mailbox->id_ = ++all.latest;
  all.open.emplace(mailbox->id_, mailbox);
  return mailbox;
}

bool Mailbox::send(uint64_t id, Letter letter) {
  std::shared_ptr<Mailbox> mailbox;
  {
    Mailboxes& all = mailboxes();
    const std::lock_guard lock(all.mutex);
    if (const auto at = all.open.find(id); at != all.open.end()) mailbox = at->second;
  }
  if (!mailbox) return false;
  const std::lock_guard lock(mailbox->mutex_);
  if (!mailbox->open_) return false;
  mailbox->letters_.push_back(std::move(letter));
  if (mailbox->letters_.size() > 1) return true;
  try {
    mailbox->notify_();  // under the lock: close() waits for it
  } catch (...) {
    mailbox->letters_.pop_back();
    throw;
  }
  return true;
}

std::vector<Mailbox::Letter> Mailbox::take() {
  const std::lock_guard lock(mutex_);
  return std::exchange(letters_, {});
}

void Mailbox::close() {
  std::vector<Letter> left;
  {
    const std::lock_guard lock(mutex_);
    open_ = false;
    left.swap(letters_);
  }
  Mailboxes& all = mailboxes();
  const std::lock_guard lock(all.mutex);
  all.open.erase(id_);
}

}  // namespace runnel::core
