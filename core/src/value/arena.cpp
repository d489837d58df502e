#include "value/arena.hpp"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace runnel::core {

Arena::Arena(Arena&& other) noexcept : limit_(other.limit_) { *this = std::move(other); }

Arena& Arena::operator=(Arena&& other) noexcept {
  if (this == &other) return *this;
  free_from(0);
  next_ = std::exchange(other.next_, nullptr);
  end_ = std::exchange(other.end_, nullptr);
  used_before_ = std::exchange(other.used_before_, 0);
  limit_ = other.limit_;
  exhausted_ = std::exchange(other.exhausted_, false);
  chunks_ = std::exchange(other.chunks_, {});
  current_ = std::exchange(other.current_, 0);
  return *this;
}

Arena::~Arena() { free_from(0); }

void Arena::free_from(size_t chunk) {
  for (size_t i = chunk; i < chunks_.size(); ++i) std::free(chunks_[i].start);
  chunks_.resize(std::min(chunk, chunks_.size()));
}

// What the limit leaves of the current chunk.
void Arena::set_end() {
  if (chunks_.empty() || exhausted_) return;
  const size_t left = limit_ > used() ? limit_ - used() : 0;
  const Chunk& chunk = chunks_[current_];
  const size_t free = chunk.size - static_cast<size_t>(next_ - chunk.start);
  end_ = next_ + (std::min(left, free) & ~size_t{7});
}

void Arena::enter(size_t chunk) {
  current_ = chunk;
  next_ = chunks_[chunk].start;
  set_end();
}

void Arena::set_limit(size_t limit) {
  limit_ = limit;
  set_end();
}

// From now on nothing fits, however small: a value half made must not look whole.
void* Arena::refuse() {
  exhausted_ = true;
  end_ = next_;
  return nullptr;
}

void* Arena::allocate_chunk(size_t size) {
  const size_t used_now = used();
  if (exhausted_ || size > limit_ || used_now > limit_ - size) return refuse();
  const size_t next_chunk = chunks_.empty() ? 0 : current_ + 1;
  if (next_chunk >= chunks_.size() || chunks_[next_chunk].size < size) {
    const size_t grown = chunks_.empty() ? first_chunk_ : std::min(kMostKept, chunks_[current_].size * 2);
    const size_t wanted = std::max(size, grown);
    auto* start = static_cast<char*>(std::malloc(wanted));
    if (!start) return refuse();
    chunks_.insert(chunks_.begin() + static_cast<std::ptrdiff_t>(next_chunk), Chunk{start, wanted});
  }
  used_before_ = used_now;
  enter(next_chunk);
  char* result = next_;
  next_ += size;
  return result;
}

void Arena::shrink_last(const void* start, size_t from, size_t to) {
  const auto aligned = [](size_t size) { return (size + 7) & ~size_t{7}; };
  if (start && static_cast<const char*>(start) + aligned(from) == next_) next_ -= aligned(from) - aligned(to);
}

void Arena::rewind(const Mark& mark) {
  if (!mark.next) return reset();  // it was empty
  exhausted_ = false;
  current_ = mark.chunk;
  next_ = mark.next;
  used_before_ = mark.used_before;
  set_end();
}

void Arena::reset() {
  exhausted_ = false;
  used_before_ = 0;
  if (chunks_.empty()) return;
  size_t kept = 1;
  size_t total = chunks_[0].size;
  while (kept < chunks_.size() && total + chunks_[kept].size <= kMostKept) total += chunks_[kept++].size;
  free_from(chunks_[0].size > kMostKept ? 0 : kept);
  if (chunks_.empty()) {
    next_ = end_ = nullptr;
    current_ = 0;
  } else {
    enter(0);
  }
}

}  // namespace runnel::core
