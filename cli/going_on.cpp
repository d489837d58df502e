#include "going_on.hpp"

#include <algorithm>

#include "base/diagnostic.hpp"

namespace runnel::cli {

namespace {

bool needs_no_quotes(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("%+,-./:=@_").find(c) != std::string_view::npos;
}

// As one word of a shell.
std::string quoted(const std::string& word) {
  if (!word.empty() && std::all_of(word.begin(), word.end(), needs_no_quotes)) return word;
  std::string text = "'";
  for (const char c : word) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text + "'";
}

}  // namespace

std::string how_to_go_on(const RunArguments& arguments, const BatchOptions& options, const uint64_t* posted) {
  const bool reads_stdin =
      !options.data && std::find(options.inputs.begin(), options.inputs.end(), "-") != options.inputs.end();
  if (options.file) {
    std::string text = reads_stdin ? "; go on with the same input and: " : "; go on with: ";
    for (const std::string& word : arguments.command) {
      if (word != "--force") text += quoted(word) + " ";
    }
    if (!arguments.resume && !arguments.retry_failed) return core::printable(text + "--resume");
    text.pop_back();
    return core::printable(text);
  }
  if (posted && !reads_stdin && !options.data && !options.head)
    return "; --skip " + std::to_string(options.skip + *posted) +
           " runs what was not admitted; a run with --output FILE could be resumed";
  return "; a run with --output FILE could be resumed";
}

}  // namespace runnel::cli
