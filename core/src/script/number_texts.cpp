#include "script/number_texts.hpp"

#include <bit>

namespace runnel::core {

size_t NumberTexts::place_of(uint64_t bits) const {
  const size_t mask = entries_.size() - 1;
  size_t at = static_cast<size_t>((bits * 0x9E3779B97F4A7C15u) >> 32) & mask;
  while (entries_[at].used && entries_[at].bits != bits) at = (at + 1) & mask;
  return at;
}

void NumberTexts::grow() {
  std::vector<Entry> before(entries_.empty() ? 16 : entries_.size() * 2);
  before.swap(entries_);
  for (const Entry& entry : before) {
    if (entry.used) entries_[place_of(entry.bits)] = entry;
  }
}

void NumberTexts::remember(double number, Value text) {
  if (is_missing(text) && empty()) return;
  if (2 * (used_ + 1) > entries_.size()) {
    if (used_ >= kMost) return;
    grow();
  }
  const auto bits = std::bit_cast<uint64_t>(number);
  Entry& entry = entries_[place_of(bits)];
  if (entry.used) {  // read in two spellings: which of them a script passes on nobody can tell
    const bool same = entry.text.kind == text.kind && (is_missing(text) || raw_text(entry.text) == raw_text(text));
    if (!same) entry.text = missing();
    return;
  }
  ++used_;
  entry = {bits, text, true};
}

Value NumberTexts::find(double number) const {
  if (empty()) return missing();
  const Entry& entry = entries_[place_of(std::bit_cast<uint64_t>(number))];
  return entry.used ? entry.text : missing();
}

void NumberTexts::clear() {
  if (empty()) return;
  if (entries_.size() > 1024) {
    entries_ = {};
  } else {
    entries_.assign(entries_.size(), Entry{});
  }
  used_ = 0;
}

}  // namespace runnel::core
