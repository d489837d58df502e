// What the command line says in texts of its own small forms.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace runnel::cli {

// {"K": V, ...} of a file with a JSON object ("": none) and, over it, of K=V texts: V as JSON if it is JSON, else as a
// string; of equal keys the last. Throws std::invalid_argument.
std::string metadata_json(const std::string& file, const std::vector<std::string>& pairs);

// NAME, EXPR of NAME=EXPR texts. Throws std::invalid_argument.
std::vector<std::pair<std::string, std::string>> named_expressions(const std::string& option,
                                                                   const std::vector<std::string>& texts);

// The process's environment, under the NAME=VALUE lines of a file if one is given. Throws std::invalid_argument.
std::vector<std::pair<std::string, std::string>> environment(const std::string& file);

}  // namespace runnel::cli
