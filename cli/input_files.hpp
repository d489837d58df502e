// Which files a run reads.
#pragma once

#include <string>
#include <vector>

namespace runnel::cli {

// Names as they are, patterns (*, ?, [...]) as the sorted names that match, then the names that stand in the lists. A
// file of the very name goes before a pattern. Throws std::invalid_argument: a pattern without match, an unreadable
// list.
std::vector<std::string> input_files(const std::vector<std::string>& names, const std::vector<std::string>& lists);

// A whole file, "-" standard input; throws std::invalid_argument, whose text begins with `option`.
std::string file_text(const std::string& option, const std::string& name);

}  // namespace runnel::cli
