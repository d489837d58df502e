#include "inputs.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <stdexcept>

#include "base/diagnostic.hpp"
#include "base/utf8.hpp"
#include "input_files.hpp"
#include "value/builder.hpp"
#include "value/reader.hpp"
#include "value/writer.hpp"

extern "C" char** environ;  // NOLINT

namespace runnel::cli {

namespace {

// What is not UTF-8 cannot stand in a record as it is.
std::string utf8_text(std::string_view text) { return core::is_utf8(text) ? std::string(text) : core::printable(text); }

core::Value read_json(const std::string& where, const std::string& text, core::Arena& memory) {
  core::Reader reader;
  core::Value value{};
  if (reader.read({memory.copy(text), text.size()}, memory, value)) return value;
  const core::ReadProblem& problem = reader.problem();
  const std::string_view before = std::string_view(text).substr(0, problem.offset);
  const auto lines = std::count(before.begin(), before.end(), '\n');
  const size_t column = before.size() - (lines ? before.rfind('\n') + 1 : 0) + 1;
  throw std::invalid_argument(where + ":" + std::to_string(lines + 1) + ":" + std::to_string(column) + ": " +
                              problem.message);
}

std::string unquoted(std::string value) {
  if (value.size() >= 2 && (value.front() == '"' || value.front() == '\'') && value.front() == value.back()) {
    return value.substr(1, value.size() - 2);
  }
  return value;
}

}  // namespace

std::string metadata_json(const std::string& file, const std::vector<std::string>& pairs) {
  core::Arena memory;
  std::vector<core::Member> members;  // values by their text, so that 1.10 stays 1.10
  const std::string text = file.empty() ? "{}" : file_text("--metadata-file", file);
  const core::Value base = read_json("--metadata-file " + core::printable(file), text, memory);
  if (base.kind != RUNNEL_OBJECT)
    throw std::invalid_argument("--metadata-file " + core::printable(file) + ": is not a JSON object");
  members.assign(core::members_of(base), core::members_of(base) + base.size);
  for (const std::string& pair : pairs) {
    const size_t equals = pair.find('=');
    if (equals == std::string::npos || equals == 0)
      throw std::invalid_argument("--metadata " + pair + ": is not of the form KEY=VALUE");
    const std::string_view value = std::string_view(pair).substr(equals + 1);
    core::Reader reader;
    core::Value made{};
    if (!reader.read(value, memory, made)) made = core::make_string(memory, utf8_text(value));
    members.push_back({core::make_string(memory, utf8_text(pair.substr(0, equals))), made});
  }
  return core::to_json(core::make_object(memory, members));
}

std::vector<std::pair<std::string, std::string>> named_expressions(const std::string& option,
                                                                   const std::vector<std::string>& texts) {
  std::vector<std::pair<std::string, std::string>> result;
  for (const std::string& text : texts) {
    const size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == text.size())
      throw std::invalid_argument(option + " " + core::printable(text) + ": is not of the form KEY=EXPR");
    result.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
  return result;
}

std::vector<std::pair<std::string, std::string>> environment(const std::string& file) {
  std::vector<std::pair<std::string, std::string>> variables;
  for (char** variable = environ; *variable; ++variable) {
    const std::string text = *variable;
    if (const size_t equals = text.find('='); equals != std::string::npos)
      variables.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
  if (file.empty()) return variables;
  std::ifstream lines(file);
  if (!lines) throw std::invalid_argument("--env-file " + file + ": cannot be read: " + std::strerror(errno));
  std::string line;
  for (size_t number = 1; std::getline(lines, line); ++number) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    const size_t start = line.find_first_not_of(" \t");
    if (start == std::string::npos || line[start] == '#') continue;
    const size_t equals = line.find('=', start);
    if (equals == std::string::npos || equals == start) {
      throw std::invalid_argument("--env-file " + file + ":" + std::to_string(number) +
                                  ": is not of the form NAME=VALUE");
    }
    const std::string name = line.substr(start, equals - start);
    std::erase_if(variables, [&](const auto& variable) { return variable.first == name; });
    variables.emplace_back(name, unquoted(line.substr(equals + 1)));
  }
  return variables;
}

}  // namespace runnel::cli
