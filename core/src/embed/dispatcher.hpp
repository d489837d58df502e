// Looks at every record in input order where a record says more than its data: where it goes, what its job is called,
// whose it is.
#pragma once

#include <memory>
#include <string>

#include "embed/id_set.hpp"
#include "embed/partition.hpp"
#include "embed/setup.hpp"
#include "source/block_reader.hpp"
#include "value/reader.hpp"

namespace runnel::core {

// Where jobs go that name no slot.
struct EntryChoice {
  std::optional<SlotRef> slot;
  std::string mistake;      // why there is none
  bool is_for_all = false;  // also those that name one
};

class Dispatcher {
 public:
  // partition: may be null. Null if there is nothing for it to do.
  static std::unique_ptr<Dispatcher> for_input(const Flow&, const EntryChoice&, InputFormat,
                                               std::unique_ptr<Partition> partition);

  // Fills in block.posts. Blocks come in input order.
  void look_at(Block&);

 private:
  Dispatcher(const Flow&, const EntryChoice&, InputFormat, std::unique_ptr<Partition>);

  struct Found {
    std::string_view code;
    std::string message;
    Value at{};  // a value of the text that is wrong
    bool is_readable = false;
    bool at_key = false;  // `at` is the key of what is wrong
  };
  using Problem = std::optional<Found>;

  // What a job's text is, for those who look at it before its job does.
  struct Text {
    std::string_view text;
    const InputDecoder* decoder;
    bool is_post;
    std::string_view base_metadata;
  };
  void look_at_text(Block&, const Text&, Post&);
  void look_at_replay(Block&, Replay&, Post&);
  Problem read_post(Value envelope, Arena& ids, Post&, Value& data);
  static Problem wrong_kind(Value envelope, std::string_view name, const char* wanted, Value);
  Problem find_target(Value routine, Value slot, Post&);
  Problem take_id(Value id, Arena& ids, Post&);
  Problem claim(std::string_view id, Arena& ids, Post&);

  const Flow& flow_;
  const EntryChoice entry_;
  const bool posts_;
  const std::unique_ptr<Partition> partition_;
  std::unique_ptr<ScriptEngine> scripts_;
  Reader reader_;
  Arena memory_;
  IdSet ids_;
  uint64_t evaluations_ = 0;
};

}  // namespace runnel::core
