#include "source/block_reader.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "source/byte_source.hpp"
#include "source/line_decoder.hpp"
#include "source/line_reader.hpp"
#include "source/record_reader.hpp"

namespace runnel::core {
namespace {

std::unique_ptr<BlockSource> make_source(std::vector<std::string> names, int watch_fd, InputFormat format) {
  if (has_header(format) || format == InputFormat::json) {
    return std::make_unique<RecordReader>(std::move(names), watch_fd, format);
  }
  return std::make_unique<LineReader>(std::move(names), watch_fd);
}

bool is_regular_file(const std::string& name) {
  struct stat info {};
  return name != "-" && ::stat(name.c_str(), &info) == 0 && S_ISREG(info.st_mode);
}

}  // namespace

std::string ReadFailure::message() const { return text.empty() ? std::strerror(error) : text; }

BlockReader::BlockReader(std::vector<std::string> names, int watch_fd, InputFormat format, LineFilter filter)
    : format_(format), filter_(std::move(filter)), source_(make_source(std::move(names), watch_fd, format)) {}
BlockReader::~BlockReader() = default;

ReadFailure BlockReader::check() const {
  for (const std::string& name : source_->names()) {
    if (const int error = check_readable(name)) return {name, error, ""};
    if (!has_header(format_) || !is_regular_file(name)) continue;
    RecordReader header({name}, -1, format_);
    if (std::string mistake = header.header_mistake(); !mistake.empty()) return {name, EINVAL, std::move(mistake)};
  }
  return {};
}

BlockReader::Taken BlockReader::take(Block& block, uint32_t most_lines) {
  for (;;) {
    const Taken taken = source_->take(block, std::max(most_lines, 1u));
    if (format_ == InputFormat::lines) block.decoder = &line_decoder();
    if (format_ != InputFormat::jsonl) block.format = input_format_names()[static_cast<size_t>(format_)];
    if (taken != Taken::block || !filter_) return taken;
    std::erase_if(block.lines, [&](const Line& line) { return !filter_(block, line); });
    if (block.lines.empty()) continue;
    block.first_ordinal = next_ordinal_;
    next_ordinal_ += block.lines.size();
    return taken;
  }
}
uint64_t BlockReader::next_ordinal() const { return filter_ ? next_ordinal_ : source_->next_ordinal(); }
const ReadFailure& BlockReader::failure() const { return source_->failure(); }
bool BlockReader::reader_gone() const { return source_->reader_gone(); }
void BlockReader::stop() { source_->stop(); }

Compression compression_of_file(const std::string& name) {
  if (!is_regular_file(name)) return Compression::none;
  ByteSource bytes(-1);
  char start[kMagicBytes];
  size_t count = 0;
  bool undecided = false;
  if (!bytes.open(name) || bytes.read(start, sizeof start, true, count) != ByteSource::Got::bytes)
    return Compression::none;
  return compression_of({start, count}, undecided);
}

}  // namespace runnel::core
