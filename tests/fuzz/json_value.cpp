// JSON text by the reader, and what can be done with a value.
#include <cmath>
#include <memory>
#include <string>

#include "fuzz.hpp"
#include "value/builder.hpp"
#include "value/reader.hpp"
#include "value/writer.hpp"

using namespace runnel::core;
using runnel::fuzz::require;

namespace {

void visit(Value value, Arena& arena) {
  to_int(value);
  if (const auto number = to_double(value)) require(std::isfinite(*number), "numbers are finite");
  string_of(value, arena);
  require(!kind_name(value).empty(), "each kind has a name");
  if (value.kind == RUNNEL_ARRAY) {
    for (uint32_t i = 0; i < value.size; ++i) visit(items_of(value)[i], arena);
  }
  if (value.kind == RUNNEL_OBJECT) {
    for (uint32_t i = 0; i < value.size; ++i) {
      const Member& member = members_of(value)[i];
      require(equal(get(value, string_of(member.key, arena)), member.value), "get finds each member");
      visit(member.value, arena);
    }
  }
}

// As text and back: the same value and the same text.
void write_and_read(Value value, const WriteOptions& how) {
  const std::string text = to_json(value, how);
  Reader reader;
  Arena arena;
  Value again{};
  require(reader.read(text, arena, again), "what is written can be read");
  require(equal(value, again), "it is the same value");
  require(to_json(again, how) == text, "it is written the same");
}

}  // namespace

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text = runnel::fuzz::text_of(data, size);
  static Reader reader;  // it keeps buffers from one text to the next
  Arena arena;
  Value value{};
  const bool is_read = reader.read(text, arena, value);
  require(is_read == (find_problem(text).error == ReadError::none), "both readers agree");
  {
    Arena small(64);
    Value cut{};
    Reader other;
    const bool fits = other.read(text, small, cut);
    require(is_read || !fits, "a limit makes nothing readable");
    require(fits == is_read || other.problem().error != ReadError::none, "what does not fit is refused");
    require(small.used() <= 64, "the limit is kept");
  }
  if (!is_read) {
    const ReadProblem& problem = reader.problem();
    require(!problem.message.empty() && problem.offset <= size && is_missing(value), "a refusal says what and where");
    require(!code_of(problem.error).empty(), "and has a code");
    return 0;
  }
  visit(value, arena);
  write_and_read(value, {});
  write_and_read(value, {.splice = false});
  write_and_read(value, {.splice = false, .ascii = true});
  Arena other;
  Value copy = deep_copy(other, value);
  const std::string plain = to_json(value);
  require(to_json(copy) == plain, "a copy is the same");
  const std::string pretty = to_pretty_json(plain);
  Value indented{};
  require(reader.read(pretty, other, indented) && equal(copy, indented), "indented it is the same");
  return 0;
}
