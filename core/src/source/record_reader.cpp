#include "source/record_reader.hpp"

#include <algorithm>
#include <cstring>

#include "source/json_scanner.hpp"
#include "source/table_scanner.hpp"

namespace runnel::core {
namespace {

constexpr size_t kKeptBytes = 2;  // of a long record stay in the buffer: what may be CRLF at its end

std::unique_ptr<RecordScanner> make_scanner(InputFormat format) {
  if (format == InputFormat::json) return std::make_unique<JsonScanner>();
  return std::make_unique<TableScanner>(format == InputFormat::csv);
}

constexpr const char* kLoneReturn = "the header holds a carriage return without a line feed; convert the line ends";

// Where a CR stands in the header without LF, outside quotes: the lines of such a file would all be its header.
size_t lone_return(std::string_view header, bool quotes) {
  bool is_quoted = false;
  for (size_t i = 0; i < header.size(); ++i) {
    if (header[i] == '"' && quotes) is_quoted = !is_quoted;
    if (header[i] == '\r' && !is_quoted && header.substr(i + 1, 1) != "\n") return i;
  }
  return header.size();
}

}  // namespace

RecordReader::RecordReader(std::vector<std::string> names, int watch_fd, InputFormat format)
    : BlockSource(std::move(names), watch_fd), format_(format), scanner_(make_scanner(format)) {}

void RecordReader::LongRecord::add(std::string_view bytes) {
  hash.add(bytes);
  beginning += bytes.substr(0, kKeptOfLongLine - std::min(beginning.size(), kKeptOfLongLine));
}

BlockReader::Taken RecordReader::take(Block& block, uint32_t most_lines) {
  begin(block);
  used_ = 0;
  if (has_ended()) return ending();
  for (size_t reads = 0;; ++reads) {
    if (const auto over = enter_next()) return *over;
    if (fill(block, most_lines)) return hand_over_rows(block);
    if (ended_ || broken_) {
      bytes_.close();
      if (!block.lines.empty()) return hand_over_rows(block);
      continue;
    }
    if (!block.lines.empty() && reads >= kMostReads) return hand_over_rows(block);
    const InputBytes::Got got = read_more(block.lines.empty());
    if (got == InputBytes::Got::bytes) continue;
    const Taken taken = give_up(got);
    return block.lines.empty() ? taken : hand_over_rows(block);
  }
}

std::string RecordReader::header_mistake() {
  Block block;
  begin(block);
  if (!open_next()) return "";
  while (wants_header_ && !broken_) {
    fill(block, 1);
    if (ended_ || (wants_header_ && !broken_ && read_more(true) != InputBytes::Got::bytes)) break;
  }
  if (!broken_) return "";
  const Line& line = block.lines.front();
  std::string place = std::to_string(block.first_line + line.line) + ":";
  return place + std::to_string(header_problem_.offset + 1) + ": " + header_problem_.message;
}

void RecordReader::start() {
  start_ = end_ = 0;
  ended_ = broken_ = false;
  at_start_ = true;
  wants_header_ = has_header(format_);
  held_.reset();
  long_.reset();
  scanner_->start();
}

// Moves records into the block. True: it is full, or must not grow.
bool RecordReader::fill(Block& block, uint32_t most_lines) {
  if (at_start_) {
    if (!ended_ && text().size() < kByteOrderMark.size() && kByteOrderMark.starts_with(text())) return false;
    if (text().starts_with(kByteOrderMark)) start_ += kByteOrderMark.size();
    at_start_ = false;
  }
  while (block.lines.size() < most_lines && !broken_) {
    Scanned found = held_ ? std::move(*held_) : scanner_->scan(text(), ended_);
    held_.reset();
    if (found.kind == Scanned::Kind::more) {
      start_ += found.from;
      scanner_->drop(found.from);
      shorten();
      return false;
    }
    const bool is_header = wants_header_;
    if (is_header) {
      take_header(block, found);
    } else if (!put(block, found)) {
      held_ = std::move(found);
      return true;
    }
    if (found.kind == Scanned::Kind::broken) {
      if (!is_header && !block.lines.back().too_long) {
        const char* const joined = found.quote_line ? " nothing after it is read" : "; nothing after it is read";
        block.problem = InputProblem{"input.syntax", found.message + joined, found.offset};
      }
      broken_ = true;
    } else {
      start_ += found.next;
    }
    if (long_) {
      long_.reset();
      return !block.lines.empty();
    }
  }
  return !block.lines.empty();
}

// False: there is no room for it.
bool RecordReader::put(Block& block, const Scanned& record) {
  if (long_ || record.size > kMaxLine) {
    if (!block.lines.empty()) return false;
    put_long(block, record);
    return true;
  }
  if (used_ + record.size > kBlockBytes) {
    if (!block.lines.empty()) return false;
    if (block.bytes.size() < record.size) block.bytes = ByteMemory(record.size);
  }
  std::memcpy(block.bytes.get() + used_, text().data() + record.from, record.size);
  push(block, record, used_, record.size, false);
  used_ += record.size;
  return true;
}

void RecordReader::put_long(Block& block, const Scanned& record) {
  if (!long_) long_.emplace();
  long_->add(text().substr(record.from, record.size));
  block.long_line_hash = long_->hash.finish();
  const std::string& shown = long_->beginning;
  std::memcpy(block.bytes.get(), shown.data(), shown.size());
  push(block, record, 0, shown.size(), true);
  if (!record.quote_line) return;
  std::string message = "the record is longer than 16 MiB; a quoted field begins at line " +
                        std::to_string(record.quote_line) + ", column " + std::to_string(record.quote_column);
  if (record.kind == Scanned::Kind::broken) message += " and is not closed; nothing after it is read";
  block.problem = InputProblem{"input.too_long", std::move(message)};
}

void RecordReader::push(Block& block, const Scanned& record, size_t offset, size_t size, bool too_long) {
  if (block.lines.empty()) block.first_line = record.line;
  block.lines.push_back({static_cast<uint32_t>(offset), static_cast<uint32_t>(size),
                         static_cast<uint32_t>(record.line - block.first_line), record.column, too_long});
}

// A header that cannot be used is a record that fails, and the end of its source.
void RecordReader::take_header(Block& block, const Scanned& record) {
  wants_header_ = false;
  if (long_ || record.size > kMaxLine) {
    put_long(block, record);
    const size_t lone = lone_return(long_->beginning, format_ == InputFormat::csv);
    if (lone < long_->beginning.size()) return refuse_header(block, ReadError::syntax, lone, kLoneReturn);
    refuse_header(block, ReadError::none, 0, "the header is longer than 16 MiB");
    return;
  }
  const std::string_view header = text().substr(record.from, record.size);
  if (!tables_.empty() && tables_.back()->header() == header) return;
  if (const size_t lone = lone_return(header, format_ == InputFormat::csv); lone < header.size()) {
    put(block, record);
    return refuse_header(block, ReadError::syntax, lone, kLoneReturn);
  }
  ReadProblem problem;
  if (auto table = TableDecoder::from_header(header, format_ == InputFormat::csv, problem)) {
    tables_.push_back(std::move(table));
    return;
  }
  put(block, record);
  refuse_header(block, problem.error, problem.offset, std::move(problem.message));
}

// `none`: it is over the limit.
void RecordReader::refuse_header(Block& block, ReadError error, size_t offset, std::string message) {
  block.problem = InputProblem{error == ReadError::none ? std::string_view("input.too_long") : code_of(error),
                               message + "; no row of this input is read", offset};
  header_problem_ = {error, offset, std::move(message)};
  broken_ = true;
}

// Keeps no more of a record over the limit than what its job shows.
void RecordReader::shorten() {
  if (end_ - start_ <= kMaxLine + kKeptBytes && !long_) return;
  if (!long_) long_.emplace();
  if (end_ - start_ <= kKeptBytes) return;
  const size_t size = end_ - start_ - kKeptBytes;
  long_->add(text().substr(0, size));
  start_ += size;
  scanner_->drop(size);
}

InputBytes::Got RecordReader::read_more(bool wait) {
  const size_t rest = end_ - start_;
  const bool is_too_small = rest + kReadBytes > buffer_.size();
  const bool is_too_large = buffer_.size() > kBufferBytes && rest + kReadBytes <= kBufferBytes;
  if (is_too_small || is_too_large) {
    ByteMemory other(is_too_large ? kBufferBytes : std::min(2 * buffer_.size(), kLargeBufferBytes + kReadBytes));
    std::memcpy(other.get(), buffer_.get() + start_, rest);
    buffer_ = std::move(other);
  } else if (start_ > 0) {
    std::memmove(buffer_.get(), buffer_.get() + start_, rest);
  }
  start_ = 0;
  end_ = rest;
  size_t count = 0;
  const InputBytes::Got got = bytes_.read(buffer_.get() + end_, kReadBytes, wait, count);
  end_ += count;
  if (got != InputBytes::Got::end) return got;
  ended_ = true;
  return InputBytes::Got::bytes;
}

BlockReader::Taken RecordReader::hand_over_rows(Block& block) {
  if (!tables_.empty()) block.decoder = tables_.back().get();
  return hand_over(block);
}

}  // namespace runnel::core
