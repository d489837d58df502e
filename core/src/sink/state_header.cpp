#include "sink/state_header.hpp"

#include <algorithm>
#include <charconv>

#include "base/diagnostic.hpp"

namespace runnel::core {
namespace {

constexpr std::string_view kLastLine = "begin ";  // and how many lines stand before it
constexpr char kHex[] = "0123456789abcdef";

// No blank, no control byte: a value is one word.
std::string word_of(std::string_view text) {
  std::string word;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte > 0x20 && byte != '%' && byte != 0x7f) {
      word += c;
    } else {
      word += {'%', kHex[byte >> 4], kHex[byte & 15]};
    }
  }
  return word;
}

std::string text_of_word(std::string_view word) {
  std::string text;
  for (size_t i = 0; i < word.size(); ++i) {
    unsigned byte = 0;
    if (word[i] == '%' && i + 2 < word.size() &&
        std::from_chars(word.data() + i + 1, word.data() + i + 3, byte, 16).ptr == word.data() + i + 3) {
      text += static_cast<char>(byte);
      i += 2;
    } else {
      text += word[i];
    }
  }
  return text;
}

// The word at the front, which is taken off.
std::string take_word(std::string_view& rest) {
  const size_t end = std::min(rest.find(' '), rest.size());
  std::string text = text_of_word(rest.substr(0, end));
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return text;
}

template <class Number>
bool take_number(std::string_view& rest, Number& out) {
  const std::string word = take_word(rest);
  return !word.empty() && std::from_chars(word.data(), word.data() + word.size(), out).ptr == word.data() + word.size();
}

std::string quoted(std::string_view text) { return "\"" + printable(text) + "\""; }

std::string names_of(const std::vector<StateInput>& inputs) {
  std::string names;
  for (const StateInput& input : inputs) names += (names.empty() ? "" : ", ") + printable(input.path);
  return names;
}

using Pairs = std::vector<std::pair<std::string, std::string>>;

std::string names_of(const Pairs& plugins) {
  std::string names;
  for (const auto& [path, hash] : plugins) names += (names.empty() ? "" : ", ") + printable(path);
  return names.empty() ? "none" : names;
}

std::string value_of(const Pairs& options, const std::string& name) {
  const auto at = std::find_if(options.begin(), options.end(), [&](const auto& one) { return one.first == name; });
  return at == options.end() ? "" : at->second;
}

std::string differing_option(const Pairs& before, const Pairs& now) {
  Pairs all = before;
  all.insert(all.end(), now.begin(), now.end());
  for (const auto& [name, value] : all) {
    const std::string was = value_of(before, name);
    const std::string is = value_of(now, name);
    if (was == is) continue;
    if (was.starts_with('#') || is.starts_with('#')) return name + " is not what it was";  // known by hash
    const std::string old_text = was.empty() ? "not given" : quoted(was);
    return name + " was " + old_text + " and is " + (is.empty() ? "not given" : quoted(is));
  }
  return "";
}

}  // namespace

std::vector<std::string> StateHeader::lines() const {
  std::vector<std::string> result{std::string(kStateFormat), "runner " + word_of(runner), "flow " + word_of(flow)};
  for (const auto& [path, hash] : plugins) result.push_back("plugin " + word_of(hash) + " " + word_of(path));
  for (const auto& [name, value] : options) {
    if (!value.empty()) result.push_back("option " + word_of(name) + " " + word_of(value));
  }
  for (const StateInput& input : inputs) {
    result.push_back("input " + std::to_string(input.size) + " " + std::to_string(input.changed_ns) + " " +
                     word_of(input.path));
  }
  result.push_back(std::string(kLastLine) + std::to_string(result.size()));
  return result;
}

bool StateHeader::is_last_line(std::string_view text) { return text.starts_with(kLastLine); }

std::optional<StateHeader> StateHeader::of_lines(const std::vector<std::string>& lines) {
  if (lines.empty() || lines.back() != std::string(kLastLine) + std::to_string(lines.size() - 1)) return std::nullopt;
  StateHeader header;
  for (size_t i = 1; i + 1 < lines.size(); ++i) {
    std::string_view rest = lines[i];
    const std::string key = take_word(rest);
    if (key == "runner") {
      header.runner = take_word(rest);
    } else if (key == "flow") {
      header.flow = take_word(rest);
    } else if (key == "plugin") {
      std::string hash = take_word(rest);
      header.plugins.emplace_back(take_word(rest), std::move(hash));
    } else if (key == "option") {
      std::string name = take_word(rest);
      header.options.emplace_back(std::move(name), take_word(rest));
    } else if (key == "input") {
      StateInput input;
      if (!take_number(rest, input.size) || !take_number(rest, input.changed_ns)) return std::nullopt;
      input.path = take_word(rest);
      header.inputs.push_back(std::move(input));
    } else {
      return std::nullopt;
    }
  }
  return header;
}

std::string StateHeader::difference(const StateHeader& now) const {
  if (runner != now.runner) return quoted(runner) + " wrote it and this is " + quoted(now.runner);
  if (flow != now.flow) return "the flow is another one than it was, or its --set, --select or other expressions are";
  if (plugins.size() != now.plugins.size())
    return "the plugins were " + names_of(plugins) + " and are " + names_of(now.plugins);
  for (size_t i = 0; i < plugins.size(); ++i) {
    if (plugins[i].second != now.plugins[i].second)
      return "the plugin " + quoted(now.plugins[i].first) + " is not the library it was";
  }
  if (std::string text = differing_option(options, now.options); !text.empty()) return text;
  const bool begins_alike = inputs.size() <= now.inputs.size() &&
                            std::equal(inputs.begin(), inputs.end(), now.inputs.begin(),
                                       [](const StateInput& a, const StateInput& b) { return a.path == b.path; });
  if (!begins_alike) return "the inputs were " + names_of(inputs) + " and are " + names_of(now.inputs);
  return "";
}

}  // namespace runnel::core
