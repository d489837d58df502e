#include "routine/worker_state.hpp"

#include "value/builder.hpp"

namespace runnel::core {

OwnedValue::OwnedValue(Value value) : value_(value) {
  if (value.kind == RUNNEL_NUMBER || value.kind == RUNNEL_STRING || is_container(value)) {
    memory_ = std::make_unique<Arena>();
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
    if (at != values_.end()) values_.erase(at);
  } else if (at != values_.end()) {
    at->second = OwnedValue(value);
  } else {
    values_.emplace(std::string(key), OwnedValue(value));
  }
}

Value StateWrites::get(bool shared, std::string_view key) const {
  for (auto write = writes_.rbegin(); write != writes_.rend(); ++write) {
    if (write->shared == shared && raw_text(write->key) == key) return write->value;
  }
  return (shared ? shared_ : own_)->get(key);
}

void StateWrites::set(bool shared, Value key, Value value) {
  for (Write& write : writes_) {
    if (write.shared == shared && raw_text(write.key) == raw_text(key)) {
      write.value = value;
      return;
    }
  }
  writes_.push_back({shared, key, value});
}

void StateWrites::commit() {
  for (const Write& write : writes_) (write.shared ? shared_ : own_)->set(raw_text(write.key), write.value);
  writes_.clear();
}

}  // namespace runnel::core
