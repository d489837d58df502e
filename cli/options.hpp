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
  bool strict = false;
};

struct RunArguments {
  FlowArguments flow_arguments;
  std::string flow;
  std::vector<std::string> inputs;
  std::optional<std::string> data;
  bool no_data = false;
  std::string post;
  std::vector<std::string> metadata;  // K=V
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

struct CheckArguments {
  FlowArguments flow_arguments;
  std::vector<std::string> flows;
  std::string format = "text";
};

struct ListArguments {
  std::string class_name;  // of `describe`; "" for `list`
  std::string format = "text";
};

enum class Verb : uint8_t { none, run, check, list, describe };

struct Options {
  Verb verb = Verb::none;
  RunArguments run;
  CheckArguments check;
  ListArguments list;
  int exit_code = 0;  // of verb none: 0 after --help and --version, 2 after a mistake
};

Options parse(int argc, char** argv);

}  // namespace runnel::cli
