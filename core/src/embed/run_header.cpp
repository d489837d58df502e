#include "embed/run_header.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <fstream>

#include "base/job_id.hpp"
#include "value/hash.hpp"

namespace runnel::core {
namespace {

// Long or perhaps secret: only its hash is written down.
std::string hashed(std::string_view text) { return "#" + hex16(content_hash(text)); }

std::string hash_of_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  ContentHash hash;
  std::array<char, 65536> piece;
  while (file.read(piece.data(), piece.size()), file.gcount() > 0) {
    hash.add({piece.data(), static_cast<size_t>(file.gcount())});
  }
  return hex16(hash.finish());
}

// Libraries in the order of their first class's name.
std::vector<std::pair<std::string, std::string>> plugins_of(const Flow& flow) {
  std::vector<std::pair<std::string, std::string>> result;
  for (const RoutineSpec* spec : flow.classes->all()) {
    if (spec->owner == "built in") continue;
    const bool known =
        std::any_of(result.begin(), result.end(), [&](const auto& one) { return one.first == spec->owner; });
    if (!known) result.emplace_back(spec->owner, hash_of_file(spec->owner));
  }
  return result;
}

StateInput input_of(const std::string& path) {
  StateInput input{path, 0, 0};
  struct stat info {};
  if (path == "-" || ::stat(path.c_str(), &info) != 0 || !S_ISREG(info.st_mode)) return input;
  input.size = static_cast<uint64_t>(info.st_size);
  input.changed_ns = int64_t{info.st_mtim.tv_sec} * 1'000'000'000 + info.st_mtim.tv_nsec;
  return input;
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ",") + name;
  return text;
}

}  // namespace

StateHeader run_header(const Flow& flow, const RuntimeOptions& runtime, const BatchOptions& options) {
  StateHeader header;
  header.runner = options.file->runner;
  header.flow = hex16(flow.source_hash);
  header.plugins = plugins_of(flow);
  const auto level = runtime.trace_level ? static_cast<TraceLevel>(*runtime.trace_level) : flow.trace_level;
  static constexpr const char* kLevels[] = {"off", "user", "flow", "data"};
  header.options = {
      {"--input-format", options.input_format},
      {"--data", options.data ? hashed(*options.data) : ""},
      {"--post", options.post},
      {"--status", options.replay.status},
      {"--job-id", joined(options.replay.job_ids)},
      {"--record-input", options.record_input ? "on" : ""},
      {"--skip", options.skip ? std::to_string(options.skip) : ""},
      {"--head", options.head ? std::to_string(*options.head) : ""},
      {"--metadata", hashed(runtime.metadata)},
      {"--fields", joined(options.fields)},
      {"--order", options.in_order ? "input" : "completion"},
      {"--trace-level", kLevels[static_cast<size_t>(level)]},
      {"--deterministic", runtime.deterministic ? "on" : ""},
      {"--ascii", options.ascii ? "on" : ""},
  };
  if (!options.data) {
    for (const std::string& path : options.inputs) header.inputs.push_back(input_of(path));
  }
  return header;
}

}  // namespace runnel::core
