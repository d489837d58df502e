#include "run_flow.hpp"

#include <unistd.h>

#include <string>
#include <system_error>

#include "base/diagnostic.hpp"
#include "verbs.hpp"

namespace runnel::cli {

namespace {

// What the flow is made of, read once: a file that changes meanwhile does not change the run.
class FlowSource {
 public:
  FlowSource(const Classes& classes, const RunArguments& arguments, FlowOptions options)
      : classes_(classes), script_(arguments.script), path_(arguments.flow), options_(std::move(options)) {
    if (!script_) error_ = Flow::read(path_, text_);
  }

  // is_tried: a child process has opened the libraries before.
  Flow load(bool is_tried) const {
    FlowOptions options = options_;
    options.child_first = !is_tried;
    if (script_) return Flow::from_script(*script_, classes_, options);
    if (error_) return Flow::load(path_, classes_, options);  // says so
    return Flow::from_text(path_ == "-" ? "<stdin>" : path_, text_, classes_, options);
  }

 private:
  const Classes& classes_;
  const std::optional<std::string> script_;
  const std::string path_;
  const FlowOptions options_;
  std::string text_;
  int error_ = 0;
};

}  // namespace

RunFlow load_run_flow(const Classes& classes, const RunArguments& arguments, const FlowOptions& options,
                      const RuntimeOptions& runtime, const BatchOptions& batch) {
  RunFlow run;
  const FlowSource source(classes, arguments, options);
  if (arguments.isolate && !arguments.dry_run) {
    const auto note = [quiet = arguments.quiet](const std::string& text) {
      if (!quiet) say(text);
    };
    try {
      run.isolation = std::make_unique<Isolation>([source] { return source.load(true); }, runtime, batch, note);
    } catch (const std::system_error& error) {
      say("cannot start processes for --isolate: " + std::string(error.what()));
      run.exit_code = 71;
      return run;
    }
    if (const std::string death = run.isolation->try_flow(); !death.empty()) {
      say(core::printable(arguments.script ? "-e" : arguments.flow == "-" ? "<stdin>" : arguments.flow) + ": " + death);
      run.exit_code = 2;
      return run;
    }
  }
  run.flow = source.load(run.isolation != nullptr);
  if (!run.flow || !arguments.quiet) write_all(STDERR_FILENO, run.flow.report());
  if (!run.flow) run.exit_code = run.flow.is_forbidden() ? 77 : 2;
  return run;
}

}  // namespace runnel::cli
