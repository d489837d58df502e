// The variables a flow reads: ${NAME}, ${NAME:-default}, ${NAME:?message}; $${ is a literal ${.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace runnel::core {

struct Interpolated {
  std::string text;
  bool changed = false;       // a variable was put in, or $${ unescaped
  bool is_forbidden = false;  // `message` is what --untrusted does not allow
  // A mistake: its bytes in the text before, message and hint.
  size_t offset = 0;
  size_t length = 0;
  std::string message;
  std::string hint;

  bool ok() const { return message.empty(); }
};

class Environment {
 public:
  // NAME, value; of equal names the last counts.
  explicit Environment(const std::vector<std::pair<std::string, std::string>>& process, bool forbidden = false)
      : process_(process), forbidden_(forbidden) {}
  bool is_forbidden() const { return forbidden_; }  // no flow may read it: interpolate() puts in nothing

  // Declares a variable of `env:`; its value is that of the process, else the default.
  void declare(const std::string& name, std::optional<std::string> default_value);
  std::optional<std::string> find(std::string_view name) const;
  const std::vector<std::pair<std::string, std::optional<std::string>>>& declared() const { return declared_; }

  Interpolated interpolate(std::string_view text) const;

 private:
  bool put_variable(std::string_view body, Interpolated&) const;

  const std::vector<std::pair<std::string, std::string>>& process_;
  const bool forbidden_;
  std::vector<std::pair<std::string, std::optional<std::string>>> declared_;
};

bool is_variable_name(std::string_view);

}  // namespace runnel::core
