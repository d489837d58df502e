// Reads typed values out of scalars, after interpolation; what does not fit is reported and gives nothing.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/environment.hpp"
#include "config/mistakes.hpp"
#include "config/scalar.hpp"
#include "config/yaml_tree.hpp"

namespace runnel::core {

// "a map", "nothing", "12", "\"text\"": what messages say was found.
std::string description_of(const YamlNode&);

class Fields {
 public:
  Fields(const Environment& environment, Mistakes& mistakes) : environment_(environment), mistakes_(mistakes) {}

  // `name`: as messages show it, with its quotes.
  std::optional<std::string> text(const YamlNode&, std::string_view name);      // a string
  std::optional<std::string> any_text(const YamlNode&, std::string_view name);  // any scalar, as it is written
  std::optional<std::string> choice(const YamlNode&, std::string_view name, const std::vector<std::string>& choices);
  std::optional<bool> boolean(const YamlNode&, std::string_view name);
  std::optional<int64_t> integer(const YamlNode&, std::string_view name, int64_t least = INT64_MIN,
                                 int64_t most = INT64_MAX);
  std::optional<Scalar> number(const YamlNode&, std::string_view name);  // finite
  std::optional<double> duration(const YamlNode&, std::string_view name);
  std::optional<uint64_t> size(const YamlNode&, std::string_view name);
  std::optional<std::vector<std::string>> text_list(const YamlNode&, std::string_view name);
  // The scalar's text with its variables put in.
  std::optional<Interpolated> interpolate(const YamlNode& scalar);

  // `name` must be `what`, not ...
  std::nullopt_t refuse(const YamlNode&, std::string_view name, std::string_view what, std::string hint = {});

 private:
  // A scalar as the schema sees it: text in quotes is text, unless a variable was put in.
  std::optional<Scalar> typed(const YamlNode&, std::string_view name, std::string_view what);

  const Environment& environment_;
  Mistakes& mistakes_;
};

}  // namespace runnel::core
