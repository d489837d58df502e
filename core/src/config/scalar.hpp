// Plain scalars by the core schema of YAML 1.2 (https://yaml.org/spec/1.2.2/#103-core-schema), and our durations and
// sizes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace runnel::core {

enum class ScalarType : uint8_t { null, boolean, integer, number, text };

struct Scalar {
  ScalarType type = ScalarType::text;
  bool boolean = false;
  std::optional<int64_t> integer;  // of an integer that fits
  double number = 0;               // of an integer or number; infinite where it overflows
  std::string json;                // of an integer or number: its JSON text; empty when JSON has none (.inf, .nan)
};

Scalar read_scalar(std::string_view plain);

// `5`, `0.25`, `250ms`, `5s`, `2m`, `1h` as seconds.
std::optional<double> read_duration(std::string_view);
// `4096`, `64KiB`, `16MiB`, `1GiB` as bytes.
std::optional<uint64_t> read_size(std::string_view);

}  // namespace runnel::core
