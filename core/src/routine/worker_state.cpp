#include "routine/worker_state.hpp"

#include "value/builder.hpp"

namespace runnel::core {

namespace {

constexpr size_t kSmallValue = 64;  // bytes: most values of a state are short
constexpr size_t kIndexWritesFrom = 16;
constexpr size_t kMostWritesKept = 4096;  // room for writes that is kept for the next activation
constexpr size_t kFewBuckets = 1024;

}  // namespace

OwnedValue::OwnedValue(Value value) : value_(value) {
  if (value.kind == RUNNEL_NUMBER || value.kind == RUNNEL_STRING || is_container(value)) {
    memory_ = std::make_unique<Arena>(SIZE_MAX, kSmallValue);
    value_ = deep_copy(*memory_, value);
  }
}

Value StateObject::get(std::string_view key) const {
  auto at = values_.find(key);
  return at == values_.end() ? missing() : at->second.value();
}

void StateObject::set(std::string_view key, Value value) {
  auto at = values_.find(key);
  if (is_missing(value)) {
    if (at == values_.end()) return;
    values_.erase(at);
    const size_t buckets = values_.bucket_count();
    if (buckets > kFewBuckets && values_.size() < buckets / 8) values_.rehash(2 * values_.size());
  } else if (at != values_.end()) {
    at->second = OwnedValue(value);
  } else {
    values_.emplace(std::string(key), OwnedValue(value));
  }
}

Value StateWrites::get(bool shared, std::string_view key) const {
  if (const size_t at = find(shared, key); at < writes_.size()) return writes_[at].value;
  return (shared ? shared_ : own_)->get(key);
}

void StateWrites::set(bool shared, Value key, Value value) {
  if (const size_t at = find(shared, raw_text(key)); at < writes_.size()) {
    writes_[at].value = value;
    return;
  }
  writes_.push_back({shared, key, value});
  if (writes_.size() < kIndexWritesFrom) return;
  for (size_t i = index_[0].size() + index_[1].size(); i < writes_.size(); ++i) {
    index_[writes_[i].shared].emplace(raw_text(writes_[i].key), i);
  }
}

// Its place in the writes, or their number.
size_t StateWrites::find(bool shared, std::string_view key) const {
  if (writes_.size() >= kIndexWritesFrom) {
    const auto at = index_[shared].find(key);
    return at == index_[shared].end() ? writes_.size() : at->second;
  }
  size_t at = 0;
  while (at < writes_.size() && (writes_[at].shared != shared || raw_text(writes_[at].key) != key)) ++at;
  return at;
}

void StateWrites::drop() {
  if (writes_.size() >= kIndexWritesFrom) {
    const bool were_many = writes_.size() > kMostWritesKept;
    for (auto& index : index_) {
      if (were_many) index = {};  // clearing it costs its size each time
      index.clear();
    }
    if (were_many) writes_ = {};
  }
  writes_.clear();
}

std::vector<StateWrites::Write> StateWrites::take() {
  std::vector<Write> taken(writes_.begin(), writes_.end());
  drop();
  return taken;
}

void StateWrites::restore(const std::vector<Write>& writes) {
  for (const Write& write : writes) set(write.shared, write.key, write.value);
}

void StateWrites::commit() {
  for (const Write& write : writes_) (write.shared ? shared_ : own_)->set(raw_text(write.key), write.value);
  if (journal_ && !writes_.empty()) {
    for (const Write& write : writes_) journal_->wrote(routine_, write.shared, raw_text(write.key), write.value);
    journal_->committed();
  }
  drop();
}

}  // namespace runnel::core
