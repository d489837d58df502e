// What `new` writes: @NAME@ stands for the name, @CLASS@ for it as the name of a C++ class.
#pragma once

#include <string>
#include <vector>

namespace runnel::cli {

struct NewFile {
  std::string name;
  std::string text;
};

const std::vector<NewFile>& plugin_files();
const std::vector<NewFile>& flow_files();

}  // namespace runnel::cli
