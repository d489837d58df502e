#include "source/line_decoder.hpp"

#include <cstdio>

#include "base/utf8.hpp"

namespace runnel::core {
namespace {

class LineDecoder : public InputDecoder {
 public:
  bool decode(std::string_view text, Arena&, Value& out, ReadProblem& problem) const override {
    out = string_view_value(text);
    return check_utf8(text, problem);
  }
  std::string description() const override { return "lines"; }
};

}  // namespace

const InputDecoder& line_decoder() {
  static const LineDecoder decoder;
  return decoder;
}

bool check_utf8(std::string_view text, ReadProblem& problem) {
  const size_t bad = first_bad_utf8(text);
  if (bad == text.size()) return true;
  char byte[8];
  std::snprintf(byte, sizeof byte, "0x%02x", static_cast<unsigned>(static_cast<unsigned char>(text[bad])));
  problem = {ReadError::utf8, bad, std::string("bad UTF-8 byte ") + byte};
  return false;
}

}  // namespace runnel::core
