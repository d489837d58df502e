#include "source/described_decoder.hpp"

#include "source/line_decoder.hpp"
#include "source/table_decoder.hpp"

namespace runnel::core {

std::shared_ptr<const InputDecoder> described_decoder(std::string_view description) {
  const InputDecoder& lines = line_decoder();
  if (description == lines.description()) return {std::shared_ptr<void>(), &lines};
  const size_t end = description.find('\n');
  if (end == std::string_view::npos) return nullptr;
  ReadProblem problem;
  return TableDecoder::from_header(description.substr(end + 1), description.substr(0, end) == "csv", problem);
}

}  // namespace runnel::core
