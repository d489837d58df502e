#include "job/job_data.hpp"

#include "value/hash.hpp"

namespace runnel::core {
namespace {

constexpr size_t kMostKept = 4096;  // members; more memory than that is not carried on to the next job

}  // namespace

size_t JobData::KeyHash::operator()(std::string_view key) const { return table_hash(key); }

const Member* JobData::find(std::string_view key) const {
  if (members_.size() < kIndexFrom) {
    for (const Member& member : members_) {
      if (raw_text(member.key) == key) return &member;
    }
    return nullptr;
  }
  const auto found = index_.find(key);
  return found == index_.end() ? nullptr : &members_[found->second];
}

Value JobData::get(std::string_view key) const {
  const Member* member = find(key);
  return member ? member->value : missing();
}

void JobData::set(Value key, Value value) {
  weight_ += weight_of(value);
  if (const Member* member = find(raw_text(key))) {
    weight_ -= weight_of(member->value);
    store(members_[static_cast<size_t>(member - members_.data())].value, value);
    return;
  }
  weight_ += weight_of(key);
  Member& member = members_.emplace_back();  // filled in place, see store()
  store(member.key, key);
  store(member.value, value);
  if (members_.size() < kIndexFrom) return;
  for (size_t i = index_.size(); i < members_.size(); ++i) index_.emplace(raw_text(members_[i].key), i);
}

void JobData::rebase_keys() {
  if (index_.empty()) return;
  index_.clear();
  for (size_t i = 0; i < members_.size(); ++i) index_.emplace(raw_text(members_[i].key), i);
}

void JobData::clear() {
  weight_ = 0;
  if (members_.capacity() > kMostKept) {
    members_ = {};
    index_ = {};
  } else {
    members_.clear();
    if (!index_.empty()) index_.clear();
  }
}

}  // namespace runnel::core
