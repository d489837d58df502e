// The command line as plain values; options.cpp alone knows the parser.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace runnel::cli {

struct FlowArguments {
  std::vector<std::string> sets;
  std::string env_file;
  std::vector<std::string> plugins;
  bool strict = false;
  bool untrusted = false;
};

struct RunArguments {
  FlowArguments flow_arguments;
  std::string flow;
  std::optional<std::string> script;  // -e; `flow` is then the first input
  std::vector<std::string> inputs;
  std::vector<std::string> files_from;
  std::string input_format = "jsonl";
  std::optional<uint64_t> head;
  uint64_t skip = 0;
  std::optional<std::string> rate;
  std::optional<std::string> data;
  bool no_data = false;
  std::string post;
  std::vector<std::string> metadata;       // K=V
  std::vector<std::string> metadata_from;  // NAME=EXPR
  std::string metadata_file;
  std::string job_id_from;
  std::string job_id = "uuid";
  bool is_replay = false;                 // the inputs are records
  std::string status;                     // of the records to be replayed; "": all
  std::string where;                      // the same by an expression
  std::vector<std::string> replayed_ids;  // the same by id; empty: all
  bool record_input = false;
  bool dry_run = false;
  std::optional<std::string> output;
  bool resume = false;
  bool retry_failed = false;
  bool resume_stateless = false;
  bool force = false;
  std::string durability;  // "": exit
  bool isolate = false;
  bool fail_fast = false;
  std::optional<std::string> max_failures;
  std::string bad_input = "record";
  std::optional<std::string> timeout;
  std::optional<std::string> job_timeout;
  std::optional<std::string> grace;
  std::string summary;               // "": none
  std::vector<std::string> command;  // as it was given
  std::string emit;
  std::string select;
  std::string trace_level;  // "": the flow's
  std::vector<std::string> fields;
  std::string order = "input";
  uint64_t window = 4096;
  uint32_t workers = 0;
  bool deterministic = false;
  bool pretty = false;
  bool ascii = false;
  bool quiet = false;
};

struct DiffArguments {
  std::string a;
  std::string b;
  std::vector<std::string> ignore;
  std::string format = "text";
  bool quiet = false;
};

struct CheckArguments {
  FlowArguments flow_arguments;
  std::vector<std::string> flows;
  std::string format = "text";
};

struct ListArguments {
  std::vector<std::string> plugins;
  std::string class_name;  // of `describe`; "" for `list`
  std::string format = "text";
};

struct NewArguments {
  std::string what;  // plugin or flow
  std::string name;
  std::string folder = ".";  // in which the new one is made
};

enum class Verb : uint8_t { none, run, replay, diff, check, list, describe, create };

struct Options {
  Verb verb = Verb::none;
  RunArguments run;
  DiffArguments diff;
  CheckArguments check;
  ListArguments list;
  NewArguments create;
  int exit_code = 0;  // of verb none: 0 after --help and --version, 2 after a mistake
};

Options parse(int argc, char** argv);

}  // namespace runnel::cli
