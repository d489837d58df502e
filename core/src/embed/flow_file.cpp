// Flow::load: the file's bytes, then config with the Lua compiler.
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "config/flow_loader.hpp"
#include "plugin/library.hpp"
#include "runnel/runtime.hpp"
#include "script/lua.hpp"
#include "sink/secret_mask.hpp"

namespace runnel {

namespace {

constexpr size_t kMostBytes = 1024 * 1024 + 1;  // one more than a flow file may have: config then says it is too large

// The script comes in the place of the last value.
constexpr const char* kFlowOfScript =
    "flow_id: script\n"
    "routines: {main: {class: script, slots: [input], events: [output], config: {lua: ''}}}\n";

}  // namespace

int Flow::read(const std::string& path, std::string& text) {
  const bool is_stdin = path == "-";
  const int fd = is_stdin ? STDIN_FILENO : open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return errno;
  int error = 0;
  char buffer[65536];
  while (text.size() < kMostBytes) {
    const ssize_t size = ::read(fd, buffer, sizeof buffer);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) error = errno;
    if (size <= 0) break;
    text.append(buffer, static_cast<size_t>(size));
  }
  if (!is_stdin) close(fd);
  return error;
}

Flow Flow::load(const std::string& path, const Classes& classes, const FlowOptions& options) {
  std::string text;
  if (const int error = read(path, text)) {
    Flow flow;
    const std::string message = std::string("cannot read the flow file: ") + std::strerror(error);
    flow.messages_.push_back({true, path, 0, 0, message, ""});
    flow.report_ = core::printable(path) + ": error: " + message + "\n";
    return flow;
  }
  return from_text(path == "-" ? "<stdin>" : path, std::move(text), classes, options);
}

Flow Flow::from_script(std::string lua, const Classes& classes, FlowOptions options) {
  options.script = std::move(lua);
  return from_text("the flow of -e", kFlowOfScript, classes, options);
}

Flow Flow::from_text(const std::string& name, std::string text, const Classes& classes, const FlowOptions& options) {
  const auto compiler = core::make_lua_compiler();
  core::LoadOptions load;
  load.sets = options.sets;
  load.environment = options.environment;
  load.strict = options.strict;
  load.untrusted = options.untrusted;
  load.window = options.window;
  load.asks_for_entry = options.asks_for_entry;
  load.select = options.select;
  load.where = options.where;
  load.metadata_from = options.metadata_from;
  load.job_id_from = options.job_id_from;
  load.script = options.script;
  load.plugins = options.plugins;
  load.add_library = [&](const std::string& path, core::Registry& registry) {
    return core::add_library(path, registry, options.child_first);
  };
  core::LoadedFlow loaded = core::load_flow(name, std::move(text), classes.registry(), *compiler, load);
  Flow flow;
  if (loaded.flow && options.job_timeout_us && options.job_timeout_us < loaded.flow->limits.time_us) {
    std::const_pointer_cast<core::Flow>(loaded.flow)->limits.time_us = options.job_timeout_us;  // nobody has it yet
  }
  flow.flow_ = std::move(loaded.flow);
  std::vector<core::SourceText> sources;
  for (const auto& [file, source] : loaded.sources) sources.push_back({file, source});
  const core::SecretMask mask(std::move(loaded.secrets));
  flow.is_forbidden_ = loaded.forbidden;
  flow.report_ = mask.masked_cut(core::print_text(loaded.diagnostics, sources));
  for (const core::Diagnostic& diagnostic : loaded.diagnostics) {
    flow.messages_.push_back({diagnostic.severity == core::Severity::error, diagnostic.place.file,
                              diagnostic.place.line, diagnostic.place.column, mask.masked_cut(diagnostic.message),
                              mask.masked_cut(diagnostic.hint)});
  }
  return flow;
}

const std::string& Flow::id() const { return flow_->id; }

}  // namespace runnel
