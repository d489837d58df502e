#include "inputs.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>

extern "C" char** environ;  // NOLINT

namespace runnel::cli {

namespace {

using nlohmann::json;

std::string json_text(const std::string& text) {
  return json(text).dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string unquoted(std::string value) {
  if (value.size() >= 2 && (value.front() == '"' || value.front() == '\'') && value.front() == value.back()) {
    return value.substr(1, value.size() - 2);
  }
  return value;
}

}  // namespace

std::string metadata_json(const std::vector<std::string>& pairs) {
  std::vector<std::pair<std::string, std::string>> members;  // values as JSON text, so that 1.10 stays 1.10
  for (const std::string& pair : pairs) {
    const size_t equals = pair.find('=');
    if (equals == std::string::npos || equals == 0)
      throw std::invalid_argument("--metadata " + pair + ": is not of the form KEY=VALUE");
    const std::string key = pair.substr(0, equals);
    std::string value = pair.substr(equals + 1);
    if (!json::accept(value)) value = json_text(value);
    bool known = false;
    for (auto& member : members) {
      if (member.first != key) continue;
      member.second = value;
      known = true;
    }
    if (!known) members.emplace_back(key, std::move(value));
  }
  std::string object = "{";
  for (const auto& [key, value] : members) object += (object.size() > 1 ? "," : "") + json_text(key) + ":" + value;
  return object + "}";
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
