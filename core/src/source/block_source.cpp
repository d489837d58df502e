#include "source/block_source.hpp"

namespace runnel::core {

bool BlockSource::open_next() {
  const std::string& name = names_[next_name_++];
  if (bytes_.open(name)) return true;
  failure_ = {name, bytes_.error(), ""};
  return false;
}

void BlockSource::begin(Block& block) {
  block.lines.clear();
  block.posts.clear();
  block.problem.reset();
  block.decoder = nullptr;
  if (block.bytes.size() < kBlockBytes || block.bytes.size() > 2 * kBlockBytes) block.bytes = ByteMemory(kBlockBytes);
}

BlockReader::Taken BlockSource::hand_over(Block& block) {
  block.number = next_block_++;
  block.source = names_[next_name_ - 1];
  block.first_ordinal = next_ordinal_;
  next_ordinal_ += block.lines.size();
  return Taken::block;
}

BlockReader::Taken BlockSource::give_up(InputBytes::Got got) {
  if (got == InputBytes::Got::failed) {
    failure_ = {names_[next_name_ - 1], bytes_.error(), bytes_.problem()};
    return Taken::failed;
  }
  reader_gone_ = got == InputBytes::Got::reader_gone;
  return Taken::stopped;
}

}  // namespace runnel::core
