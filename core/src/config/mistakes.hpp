// Gathers the mistakes of a flow file.
#pragma once

#include <string>

#include "base/diagnostic.hpp"

namespace runnel::core {

class Mistakes {
 public:
  // The reference is good until the next one; it takes notes.
  Diagnostic& error(Place place, std::string message, std::string hint = {}) {
    ++errors_;
    return all_.emplace_back(Diagnostic{Severity::error, std::move(place), std::move(message), std::move(hint), {}});
  }
  Diagnostic& warning(Place place, std::string message, std::string hint = {}) {
    return all_.emplace_back(Diagnostic{Severity::warning, std::move(place), std::move(message), std::move(hint), {}});
  }
  void add(Diagnostic one) {
    if (one.severity == Severity::error) ++errors_;
    all_.push_back(std::move(one));
  }
  // What the flow wants and --untrusted does not allow.
  void forbid(Place place, const std::string& what, std::string hint = {}) {
    ++forbidden_;
    error(std::move(place), "--untrusted forbids " + what, std::move(hint));
  }
  size_t errors() const { return errors_; }
  size_t forbidden() const { return forbidden_; }
  Diagnostics take() { return std::move(all_); }

 private:
  Diagnostics all_;
  size_t errors_ = 0;
  size_t forbidden_ = 0;
};

// User text as messages show it: in quotes, cut when it is long.
inline std::string quoted(std::string_view text) {
  constexpr size_t kMost = 60;
  if (text.size() <= kMost) return '"' + std::string(text) + '"';
  size_t end = kMost;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return '"' + std::string(text.substr(0, end)) + "...\"";
}

}  // namespace runnel::core
