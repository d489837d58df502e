#include "config/environment.hpp"

#include <algorithm>

#include "base/diagnostic.hpp"
#include "config/mistakes.hpp"

namespace runnel::core {

bool is_variable_name(std::string_view name) {
  if (name.empty() || (name[0] >= '0' && name[0] <= '9')) return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return c == '_' || (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
  });
}

void Environment::declare(const std::string& name, std::optional<std::string> default_value) {
  const auto of_process =
      std::find_if(process_.rbegin(), process_.rend(), [&](const auto& one) { return one.first == name; });
  declared_.emplace_back(name, of_process == process_.rend() ? std::move(default_value) : of_process->second);
}

std::optional<std::string> Environment::find(std::string_view name) const {
  for (const auto& [declared, value] : declared_) {
    if (declared == name) return value;
  }
  const auto found =
      std::find_if(process_.rbegin(), process_.rend(), [&](const auto& one) { return one.first == name; });
  return found == process_.rend() ? std::nullopt : std::optional(found->second);
}

Interpolated Environment::interpolate(std::string_view text) const {
  Interpolated result;
  for (size_t i = 0; i < text.size();) {
    const size_t next = std::min(text.find('$', i), text.size());
    result.text.append(text.substr(i, next - i));
    i = next;
    if (text.substr(i, 3) == "$${") {
      result.text += "${";
      result.changed = true;
      i += 3;
    } else if (text.substr(i, 2) == "${") {
      const size_t end = text.find('}', i);
      result.changed = true;
      result.offset = i;
      if (end == std::string_view::npos) {
        result.length = text.size() - i;
        result.message = "\"${\" is never closed";
        result.hint = "write $${ for a literal ${";
        return result;
      }
      result.length = end + 1 - i;
      if (!put_variable(text.substr(i + 2, end - i - 2), result)) return result;
      i = end + 1;
    } else if (i < text.size()) {
      result.text += text[i++];
    }
  }
  return result;
}

bool Environment::put_variable(std::string_view body, Interpolated& result) const {
  const size_t colon = std::min(body.find(':'), body.size());
  const std::string_view name = body.substr(0, colon);
  const std::string_view rest = body.substr(colon);
  const bool has_default = rest.starts_with(":-"), has_message = rest.starts_with(":?");
  if (!is_variable_name(name) || (!rest.empty() && !has_default && !has_message)) {
    result.message = quoted("${" + std::string(body) + "}") + " is not a variable";
    result.hint = "write ${NAME}, ${NAME:-default} or ${NAME:?message}; $${ is a literal ${";
    return false;
  }
  if (forbidden_) {
    result.is_forbidden = true;
    result.message = "the environment: " + quoted("${" + std::string(body) + "}");
    result.hint = "write the value itself, or $${ for a literal ${";
    return false;
  }
  const auto value = find(name);
  if (value && (!value->empty() || rest.empty())) {
    result.text += *value;
  } else if (has_default) {
    result.text.append(rest.substr(2));
  } else {
    result.message = "variable " + quoted(name) + " is not set";
    if (has_message && rest.size() > 2) result.message += ": " + std::string(rest.substr(2));
    std::vector<std::string> names;
    for (const auto& one : declared_) names.push_back(one.first);
    result.hint = suggest(name, names);
    if (!result.hint.starts_with("did")) {
      result.hint = "set it in the environment, or write ${" + std::string(name) + ":-default}";
    }
    return false;
  }
  return true;
}

}  // namespace runnel::core
