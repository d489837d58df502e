#include <csignal>
#include <exception>
#include <new>
#include <runnel/runtime.hpp>

#include "builtins.hpp"
#include "verbs.hpp"

int main(int argc, char** argv) {
  using namespace runnel;
  cli::fill_standard_descriptors();
  std::signal(SIGPIPE, SIG_IGN);  // a reader that goes away is an error of write(), and exit 141
  std::signal(SIGXFSZ, SIG_IGN);  // so is a file that may not grow, and exit 74
  try {
    const cli::Options options = cli::parse(argc, argv);
    if (options.verb == cli::Verb::none) return options.exit_code;
    Classes classes;
    for (const runnel_plugin* builtin : builtins()) {
      const std::string problem = classes.add(*builtin, "built in");
      if (problem.empty()) continue;
      cli::say(problem);
      return 70;
    }
    cli::take_stdout();
    switch (options.verb) {
      case cli::Verb::run:
      case cli::Verb::replay:
        return cli::run(classes, options.run);
      case cli::Verb::diff:
        return cli::diff(options.diff);
      case cli::Verb::check:
        return cli::check(classes, options.check);
      case cli::Verb::list:
        return cli::open_plugins(classes, options.list.plugins) ? cli::list(classes, options.list) : 2;
      case cli::Verb::describe:
        return cli::open_plugins(classes, options.list.plugins) ? cli::describe(classes, options.list) : 2;
      case cli::Verb::create:
        return cli::create(classes, options.create);
      case cli::Verb::none:
        break;
    }
    return 0;
  } catch (const std::bad_alloc&) {
    cli::say("out of memory");
    return 71;
  } catch (const std::exception& error) {
    cli::say(std::string("internal error: ") + error.what());
    return 70;
  }
}
