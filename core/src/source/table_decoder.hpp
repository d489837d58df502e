// A row of a table as a job's data: an object of the header's names and the row's fields, all strings.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "job/input_decoder.hpp"

namespace runnel::core {

class TableDecoder : public InputDecoder {
 public:
  // quotes: CSV; otherwise TSV. Null: `problem` says what is wrong with the header.
  static std::unique_ptr<TableDecoder> from_header(std::string_view header, bool quotes, ReadProblem& problem);

  bool decode(std::string_view text, Arena&, Value& out, ReadProblem& problem) const override;
  std::string description() const override { return (quotes_ ? "csv\n" : "tsv\n") + header_; }
  const std::string& header() const { return header_; }

 private:
  TableDecoder(std::string_view header, bool quotes) : header_(header), quotes_(quotes) {}

  const std::string header_;
  const bool quotes_;
  Arena memory_{SIZE_MAX, 1024};
  std::vector<Value> names_;
};

}  // namespace runnel::core
