#include "config/fields.hpp"

#include <algorithm>
#include <cmath>

#include "base/edit_distance.hpp"
#include "config/yaml_token.hpp"

namespace runnel::core {
namespace {

constexpr std::string_view kDuration = "a duration (5, 250ms, 5s, 2m, 1h)";
constexpr std::string_view kSize = "a size (4096, 64KiB, 16MiB)";

std::string joined(const std::vector<std::string>& choices) {
  std::string result = "one of ";
  for (const std::string& choice : choices) result += (&choice == choices.data() ? "" : ", ") + choice;
  return result;
}

std::string whole_number(int64_t least, int64_t most) {
  if (least == INT64_MIN) return "a whole number";
  if (most == INT64_MAX) return "a whole number of at least " + std::to_string(least);
  return "a whole number from " + std::to_string(least) + " to " + std::to_string(most);
}

}  // namespace

std::string description_of(const YamlNode& node) {
  switch (node.kind) {
    case NodeKind::null:
      return "nothing";
    case NodeKind::list:
      return "a list";
    case NodeKind::map:
      return "a map";
    case NodeKind::scalar:
      break;
  }
  if (!node.is_text && read_scalar(node.text).type != ScalarType::text) return node.text;
  return quoted(node.text);
}

std::nullopt_t Fields::refuse(const YamlNode& node, std::string_view name, std::string_view what, std::string hint) {
  mistakes_.error(node.place(), std::string(name) + " must be " + std::string(what) + ", not " + description_of(node),
                  std::move(hint));
  return std::nullopt;
}

std::optional<Interpolated> Fields::interpolate(const YamlNode& scalar) {
  Interpolated result = environment_.interpolate(scalar.text);
  if (result.ok()) return result;
  const Place place = place_inside(scalar, result.offset, result.length);
  if (result.is_forbidden) {
    mistakes_.forbid(place, result.message, result.hint);
  } else {
    mistakes_.error(place, result.message, result.hint);
  }
  return std::nullopt;
}

std::optional<Scalar> Fields::typed(const YamlNode& node, std::string_view name, std::string_view what) {
  if (node.kind != NodeKind::scalar) return refuse(node, name, what);
  const auto interpolated = interpolate(node);
  if (!interpolated) return std::nullopt;
  if (!node.is_text || interpolated->changed) return read_scalar(interpolated->text);
  Scalar scalar;
  return scalar;
}

std::optional<std::string> Fields::text(const YamlNode& node, std::string_view name) {
  if (node.kind != NodeKind::scalar) return refuse(node, name, "text");
  auto interpolated = interpolate(node);
  if (!interpolated) return std::nullopt;
  if (!node.is_text && !interpolated->changed && read_scalar(node.text).type != ScalarType::text) {
    return refuse(node, name, "text", "put it in quotes");
  }
  return std::move(interpolated->text);
}

std::optional<std::string> Fields::any_text(const YamlNode& node, std::string_view name) {
  if (node.kind != NodeKind::scalar) return refuse(node, name, "text");
  auto interpolated = interpolate(node);
  if (!interpolated) return std::nullopt;
  return std::move(interpolated->text);
}

std::optional<std::string> Fields::choice(const YamlNode& node, std::string_view name,
                                          const std::vector<std::string>& choices) {
  if (node.kind != NodeKind::scalar) return refuse(node, name, joined(choices));
  auto interpolated = interpolate(node);
  if (!interpolated) return std::nullopt;
  if (std::find(choices.begin(), choices.end(), interpolated->text) != choices.end()) return interpolated->text;
  // The message lists them all: a hint only for a slip of the finger.
  const std::string meant = nearest(interpolated->text, choices);
  const bool is_slip = !meant.empty() && edit_distance(interpolated->text, meant) <= 1 + meant.size() / 8;
  return refuse(node, name, joined(choices), is_slip ? "did you mean " + quoted(meant) + "?" : "");
}

std::optional<bool> Fields::boolean(const YamlNode& node, std::string_view name) {
  const auto scalar = typed(node, name, "true or false");
  if (!scalar) return std::nullopt;
  if (scalar->type == ScalarType::boolean) return scalar->boolean;
  return refuse(node, name, "true or false");
}

std::optional<int64_t> Fields::integer(const YamlNode& node, std::string_view name, int64_t least, int64_t most) {
  const std::string what = whole_number(least, most);
  const auto scalar = typed(node, name, what);
  if (!scalar) return std::nullopt;
  if (scalar->integer && *scalar->integer >= least && *scalar->integer <= most) return scalar->integer;
  const bool is_quoted = node.is_text && read_scalar(node.text).integer.has_value();
  return refuse(node, name, what, is_quoted ? "write it without quotes" : "");
}

std::optional<Scalar> Fields::number(const YamlNode& node, std::string_view name) {
  auto scalar = typed(node, name, "a number");
  if (!scalar) return std::nullopt;
  const bool is_number = scalar->type == ScalarType::integer || scalar->type == ScalarType::number;
  if (is_number && std::isfinite(scalar->number)) return scalar;
  const bool is_quoted = node.is_text && !read_scalar(node.text).json.empty();
  return refuse(node, name, "a number", is_quoted ? "write it without quotes" : "");
}

std::optional<double> Fields::duration(const YamlNode& node, std::string_view name) {
  if (node.kind != NodeKind::scalar) return refuse(node, name, kDuration);
  const auto interpolated = interpolate(node);
  if (!interpolated) return std::nullopt;
  if (const auto seconds = read_duration(interpolated->text)) return seconds;
  return refuse(node, name, kDuration);
}

std::optional<uint64_t> Fields::size(const YamlNode& node, std::string_view name) {
  if (node.kind != NodeKind::scalar) return refuse(node, name, kSize);
  const auto interpolated = interpolate(node);
  if (!interpolated) return std::nullopt;
  const auto bytes = read_size(interpolated->text);
  if (bytes && *bytes > 0) return bytes;
  return refuse(node, name, kSize);
}

std::optional<std::vector<std::string>> Fields::text_list(const YamlNode& node, std::string_view name) {
  if (node.kind != NodeKind::list) return refuse(node, name, "a list");
  std::vector<std::string> result;
  bool is_good = true;
  for (const YamlNode& item : node.items) {
    auto one = text(item, "an item of " + std::string(name));
    if (one) {
      result.push_back(std::move(*one));
    } else {
      is_good = false;
    }
  }
  return is_good ? std::optional(std::move(result)) : std::nullopt;
}

}  // namespace runnel::core
