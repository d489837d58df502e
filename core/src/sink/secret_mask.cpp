#include "sink/secret_mask.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/diagnostic.hpp"
#include "value/escape.hpp"

namespace runnel::core {
namespace {

// Behind the quote that ends the string whose text starts at `at`.
size_t string_end(std::string_view json, size_t at) {
  while (at < json.size() && json[at] != '"') at += json[at] == '\\' ? 2 : 1;
  return at + 1;
}

void append_string(std::string& to, std::string_view text, const WriteOptions& options) {
  OutBuffer quoted(text.size() + 2);
  quoted.set_end(write_string(quoted, quoted.begin(), text, 0, options));
  to += quoted.view();
}

bool is_in_number(char c) { return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E'; }

std::optional<double> to_number(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

// How many bytes of a JSON escape begin the text; 0: it is none.
size_t escape_size(std::string_view text) {
  if (text.size() < 2 || text[0] != '\\') return 0;
  if (text[1] != 'u') return std::string_view("\"\\/bfnrt").find(text[1]) == std::string_view::npos ? 0 : 2;
  const int unit = text.size() < 6 ? -1 : hex4(text.data() + 2);
  if (unit < 0 || (unit >= 0xdc00 && unit < 0xe000)) return 0;
  if (unit < 0xd800 || unit >= 0xe000) return 6;
  const int low = text.size() < 12 || text[6] != '\\' || text[7] != 'u' ? -1 : hex4(text.data() + 8);
  return low >= 0xdc00 && low < 0xe000 ? 12 : 0;
}

std::string unescaped(std::string_view text) {
  std::string result;
  char decoded[12];
  for (size_t at = 0; at < text.size();) {
    const size_t size = escape_size(text.substr(at));
    if (size > 0) {
      result.append(decoded, decode_escapes(decoded, text.substr(at, size)));
    } else {
      result += text[at];
    }
    at += std::max<size_t>(1, size);
  }
  return result;
}

}  // namespace

SecretMask::SecretMask(std::vector<std::string> secrets) : secrets_(std::move(secrets)) {
  std::erase(secrets_, "");
  // A line that could not be parsed is shown as text and may hold the secret as JSON writes it.
  for (size_t i = 0, given = secrets_.size(); i < given; ++i) {
    std::string quoted;
    append_string(quoted, secrets_[i], {});
    const std::string escaped = quoted.substr(1, quoted.size() - 2);
    if (const auto number = to_number(secrets_[i])) numbers_.push_back(*number);
    for (const std::string& form : {escaped, printable(secrets_[i])}) {  // the latter: as messages show it
      if (std::find(secrets_.begin(), secrets_.end(), form) == secrets_.end()) secrets_.push_back(form);
    }
  }
  std::stable_sort(secrets_.begin(), secrets_.end(),
                   [](const std::string& a, const std::string& b) { return a.size() > b.size(); });
}

std::string SecretMask::masked(std::string_view text) const {
  std::string result(text);
  for (const std::string& secret : secrets_) {
    for (size_t at = 0; (at = result.find(secret, at)) != std::string::npos; at += 3) {
      result.replace(at, secret.size(), "***");
    }
  }
  return result;
}

std::string SecretMask::masked_cut(std::string_view text) const {
  constexpr size_t kLeast = 4;  // bytes of a secret that tell something
  std::string result = masked(text);
  const auto hide_before = [&](size_t end) {
    for (const std::string& secret : secrets_) {
      for (size_t size = std::min(end, secret.size() - 1); size >= kLeast; --size) {
        if (result.compare(end - size, size, secret, 0, size) != 0) continue;
        result.replace(end - size, size, "***");
        return;
      }
    }
  };
  hide_before(result.size());
  for (size_t at = 0; (at = result.find("...", at)) != std::string::npos; ++at) {
    const size_t before = result.size();
    hide_before(at);
    at = at + result.size() - before;
  }
  return result;
}

std::string SecretMask::masked_line(std::string_view line) const {
  std::string result = masked(line);
  if (result.find('\\') == std::string::npos) return result;
  const std::string plain = unescaped(result);
  return masked(plain) == plain ? result : "***";
}

bool SecretMask::is_secret_number(std::string_view text) const {
  for (const std::string& secret : secrets_) {
    if (text.find(secret) != std::string_view::npos) return true;
  }
  const auto value = numbers_.empty() ? std::nullopt : to_number(text);
  return value && std::find(numbers_.begin(), numbers_.end(), *value) != numbers_.end();
}

char* SecretMask::mask(OutBuffer& out, size_t from, char* cursor, const WriteOptions& options) const {
  const std::string json(out.begin() + from, cursor);
  std::string result;
  size_t copied = 0;  // of json
  for (size_t at = 0; at < json.size(); ++at) {
    const size_t start = at;
    if (json[at] == '-' || (json[at] >= '0' && json[at] <= '9')) {
      while (at + 1 < json.size() && is_in_number(json[at + 1])) ++at;
      if (!is_secret_number(std::string_view(json).substr(start, at + 1 - start))) continue;
      result.append(json, copied, start - copied);
      append_string(result, "***", options);
      copied = at + 1;
      continue;
    }
    if (json[at] != '"') continue;
    const size_t end = string_end(json, start + 1);
    at = end - 1;
    std::string text = json.substr(start + 1, end - start - 2);
    if (text.find('\\') != std::string::npos) {
      const std::string raw = text;
      text.resize(static_cast<size_t>(decode_escapes(text.data(), raw) - text.data()));
    }
    const std::string shown = masked(text);
    if (shown == text) continue;
    result.append(json, copied, start - copied);
    append_string(result, shown, options);
    copied = end;
  }
  if (copied == 0) return cursor;
  result.append(json, copied);
  out.set_end(out.begin() + from);
  out.append(result);
  return out.end();
}

}  // namespace runnel::core
