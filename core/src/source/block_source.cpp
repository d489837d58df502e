#include "source/block_source.hpp"

namespace runnel::core {

std::optional<BlockReader::Taken> BlockSource::enter_next() {
  if (bytes_.is_open()) return std::nullopt;
  if (next_name_ == names_.size()) return Taken::end;
  if (!open_next()) return Taken::failed;
  return std::nullopt;
}

bool BlockSource::open_next() {
  const std::string& name = names_[next_name_++];
  if (!bytes_.open(name)) {
    failure_ = {name, bytes_.error(), ""};
    return false;
  }
  start();
  return true;
}

void BlockSource::begin(Block& block) {
  block.lines.clear();
  block.posts.clear();
  block.replays.clear();
  block.problems.clear();
  block.ids.reset();
  block.is_cut = false;
  block.problem.reset();
  block.decoder = nullptr;
  if (block.bytes.size() < kBlockBytes || block.bytes.size() > 2 * kBlockBytes) block.bytes = ByteMemory(kBlockBytes);
}

BlockReader::Taken BlockSource::hand_over(Block& block) {
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
