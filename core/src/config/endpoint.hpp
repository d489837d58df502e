// One end of a connection, `routine.event` or `routine.slot`, as text of the flow file.
#pragma once

#include <optional>

#include "config/loading.hpp"

namespace runnel::core {

enum class Port : uint8_t { event, slot };

// Part of a scalar: byte `at` of its value on.
struct EndpointText {
  const YamlNode* node;
  std::string text;  // trimmed
  size_t at = 0;
  bool exact = true;  // the text is the file's own: no variable was put in
};

struct Endpoint {
  uint32_t routine;
  uint32_t port;
};

EndpointText trimmed(const YamlNode& node, std::string_view value, size_t begin, size_t end, bool exact);
// The place of the whole of it.
Place place_of(const EndpointText&);
// Numbers of routine and port. A mistake is reported at the part that is wrong; what follows from another is not.
std::optional<Endpoint> find_endpoint(Loading&, const EndpointText&, Port);

}  // namespace runnel::core
