// The options of the verbs, by subject.
#pragma once

#include <string>
#include <vector>

#include "options.hpp"

namespace CLI {
class App;
}

namespace runnel::cli {

void add_plugin_option(CLI::App&, std::vector<std::string>& plugins);
void add_flow_options(CLI::App&, FlowArguments&);
void add_file_options(CLI::App&, RunArguments&);
void add_stop_options(CLI::App&, RunArguments&);
void add_run_options(CLI::App&, RunArguments&);
void add_replay_options(CLI::App&, RunArguments&);
void add_diff_options(CLI::App&, DiffArguments&);

}  // namespace runnel::cli
