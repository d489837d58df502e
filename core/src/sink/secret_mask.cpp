#include "sink/secret_mask.hpp"

#include <algorithm>

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

}  // namespace

SecretMask::SecretMask(std::vector<std::string> secrets) : secrets_(std::move(secrets)) {
  std::erase(secrets_, "");
  // A line that could not be parsed is shown as text and may hold the secret as JSON writes it.
  for (size_t i = 0, given = secrets_.size(); i < given; ++i) {
    std::string quoted;
    append_string(quoted, secrets_[i], {});
    const std::string escaped = quoted.substr(1, quoted.size() - 2);
    if (escaped != secrets_[i]) secrets_.push_back(escaped);
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

char* SecretMask::mask(OutBuffer& out, size_t from, char* cursor, const WriteOptions& options) const {
  const std::string json(out.begin() + from, cursor);
  std::string result;
  size_t copied = 0;  // of json
  for (size_t at = 0; at < json.size(); ++at) {
    if (json[at] != '"') continue;
    const size_t start = at;
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
