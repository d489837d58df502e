#include "value/reader.hpp"

#include <simdjson.h>

#include <algorithm>
#include <bit>
#include <new>

#include "value/second_stage.hpp"

namespace runnel::core {
namespace {

constexpr size_t kUsualCapacity = 16 * 1024;
constexpr size_t kMostKept = 1024 * 1024;  // what a longer line needed is given back after it

// The whole text is one string, number or word. Rare, and nothing need follow it in memory: the careful way.
ReadError build_scalar(std::string_view text, Value& out) {
  const ReadProblem problem = find_problem(text);
  if (problem.error != ReadError::none) return problem.error;
  const size_t start = text.find_first_not_of(" \t\r\n");
  text = text.substr(start, text.find_last_not_of(" \t\r\n") + 1 - start);
  switch (text.front()) {
    case '"': {
      const bool escaped = text.find('\\') != std::string_view::npos;
      out = string_view_value(text.substr(1, text.size() - 2), escaped ? uint8_t{RUNNEL_ESCAPED} : kPlainText);
      break;
    }
    case 't':
    case 'f':
      out = make_bool(text.front() == 't');
      break;
    case 'n':
      out = null_value();
      break;
    default:
      out = number_value(text);
  }
  return ReadError::none;
}

ReadError error_of(simdjson::error_code error) {
  switch (error) {
    case simdjson::SUCCESS:
      return ReadError::none;
    case simdjson::UTF8_ERROR:
      return ReadError::utf8;
    case simdjson::MEMALLOC:
    case simdjson::CAPACITY:
      return ReadError::memory;
    default:
      return ReadError::syntax;
  }
}

}  // namespace

std::string_view code_of(ReadError error) {
  switch (error) {
    case ReadError::none:
      return "";
    case ReadError::syntax:
      return "input.syntax";
    case ReadError::utf8:
      return "input.utf8";
    case ReadError::surrogate:
      return "input.surrogate";
    case ReadError::duplicate_key:
      return "input.duplicate_key";
    case ReadError::too_deep:
      return "input.too_deep";
    case ReadError::memory:
      return "limit.memory";
  }
  return "";
}

struct Reader::Impl {
  std::unique_ptr<simdjson::internal::dom_parser_implementation> first_stage;
  std::unique_ptr<Value[]> scratch;
  size_t scratch_size = 0;
  const std::unique_ptr<OpenContainer[]> open;
  const uint32_t max_depth;

  explicit Impl(uint32_t depth) : open(new OpenContainer[depth + 1]), max_depth(depth) {
    if (simdjson::get_active_implementation()->create_dom_parser_implementation(kUsualCapacity, 1, first_stage)) {
      throw std::bad_alloc();
    }
  }

  ReadError read(std::string_view text, Arena& arena, Value& out) {
    if (text.size() > first_stage->capacity()) {
      const ReadError error = error_of(first_stage->set_capacity(std::bit_ceil(text.size())));
      if (error != ReadError::none) return error;
    }
    const auto* bytes = reinterpret_cast<const uint8_t*>(text.data());
    const ReadError error = error_of(first_stage->stage1(bytes, text.size(), simdjson::stage1_mode::regular));
    if (error != ReadError::none) return error;
    const size_t count = first_stage->n_structural_indexes;
    const uint32_t* places = first_stage->structural_indexes.get();
    const auto at = [&](size_t place) { return text[places[place]]; };
    if (at(0) != '{' && at(0) != '[') return build_scalar(text, out);
    if (at(count - 1) != '}' && at(count - 1) != ']') return ReadError::syntax;
    // Each place costs the arena 8 bytes at least (a scalar and its comma 16), so this could not end well.
    if (arena.limit() / 8 < count) return ReadError::memory;
    if (const size_t needed = count / 2 + 2; needed > scratch_size) {
      scratch_size = std::bit_ceil(needed);
      scratch.reset(new (std::nothrow) Value[scratch_size]);
      if (!scratch) {
        scratch_size = 0;
        return ReadError::memory;
      }
    }
    return build_tree({text, places, places + count, scratch.get(), open.get(), open.get() + max_depth}, arena, out);
  }

  void give_back() {
    if (first_stage->capacity() > kMostKept && first_stage->set_capacity(kUsualCapacity)) throw std::bad_alloc();
    if (scratch_size > kMostKept / sizeof(Value)) {
      scratch.reset();
      scratch_size = 0;
    }
  }
};

Reader::Reader(uint32_t max_depth) : impl_(std::make_unique<Impl>(max_depth)) {}
Reader::~Reader() = default;

bool Reader::read(std::string_view text, Arena& arena, Value& out) {
  const ReadError error = impl_->read(text, arena, out);
  if (text.size() > kMostKept) impl_->give_back();
  if (error == ReadError::none) return true;
  out = missing();
  problem_ = find_problem(text, impl_->max_depth);
  if (problem_.error == ReadError::none) {
    problem_ = error == ReadError::memory ? ReadProblem{error, 0, "the line needs more memory than a job may have"}
                                          : ReadProblem{ReadError::syntax, 0, "not readable as JSON"};
  }
  return false;
}

}  // namespace runnel::core
