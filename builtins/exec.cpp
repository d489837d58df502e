// exec: lets a program work on the items: a child for each, or one that answers line by line.
#include <chrono>
#include <cmath>
#include <future>
#include <runnel/routine.hpp>

#include "exec/lane.hpp"

namespace {

using runnel::exec::Lane;
using runnel::exec::Outcome;
using runnel::exec::Settings;
using runnel::exec::Task;

Settings settings_of(const runnel::Config& config) {
  Settings settings;
  const runnel::Value command = config["command"];
  for (uint32_t i = 0; i < command.size(); ++i) {
    const auto argument = command.at(i).as_string();
    const std::string path = "command[" + std::to_string(i) + "]";
    if (!argument)
      throw runnel::ConfigError(path, "an argument is text; write \"" + command.at(i).json() + "\" in quotes");
    if (argument->find('\0') != std::string_view::npos) throw runnel::ConfigError(path, "an argument holds a NUL byte");
    settings.command.arguments.emplace_back(*argument);
  }
  if (settings.command.arguments.empty() || settings.command.arguments[0].empty())
    throw runnel::ConfigError("command", "the program's name is missing: command: [python3, step.py]");
  const runnel::Value variables = config["env"];
  for (uint32_t i = 0; i < variables.size(); ++i) {
    const auto [name, value] = variables.member(i);
    const auto text = value.as_string();
    if (!text) throw runnel::ConfigError("env." + std::string(name), "a variable is text; write it in quotes");
    if (name.empty() || name.find('=') != std::string_view::npos)
      throw runnel::ConfigError("env." + std::string(name), "no name of a variable");
    settings.command.environment.emplace_back(name, *text);
  }
  settings.command.folder = config.string("cwd");
  settings.persistent = config.string("mode") == "persistent";
  settings.per_batch = config.string("mode") == "per_batch";
  settings.timeout = std::chrono::microseconds(std::llround(config.number("timeout") * 1e6));
  const int64_t output = config.integer("max_output");
  if (output < 1) throw runnel::ConfigError("max_output", "must be at least 1");
  settings.most_output = static_cast<size_t>(output);
  const int64_t children = config.integer("max_children");
  if (children < 1 || children > 1024) throw runnel::ConfigError("max_children", "must be from 1 to 1024");
  settings.most_children = static_cast<size_t>(children);
  return settings;
}

class Exec {
 public:
  explicit Exec(runnel::Config config) : lane_(std::make_shared<Lane>(settings_of(config))) {}
  Exec(const Exec&) = delete;
  Exec& operator=(const Exec&) = delete;
  ~Exec() {
    if (!has_worked_) return;
    const auto closed = std::make_shared<std::promise<void>>();
    runnel::exec::on_thread([lane = lane_, closed] { lane->close([closed] { closed->set_value(); }); });
    closed->get_future().wait_for(kLongestEnd);
  }

  void activate(runnel::Activation& in) {
    has_worked_ = true;
    auto task = std::make_shared<Task>();
    for (uint32_t slot = 0; slot < runnel::Spec::kMost; ++slot) {
      const runnel::Items items = in.slot(slot);
      for (uint32_t i = 0; i < items.size(); ++i) task->items.push_back(items[i].json());
    }
    task->finish = [later = in.suspend()](Outcome&& outcome) {
      later.finish([outcome = std::move(outcome)](runnel::Activation& rest) { deliver(rest, outcome); });
    };
    in.on_cancel([lane = lane_, task] { runnel::exec::on_thread([lane, task] { lane->cancel(task); }); });
    runnel::exec::on_thread([lane = lane_, task] { lane->add(task); });
  }

  static constexpr auto spec() {
    return runnel::routine("exec", "Lets a program work on the items: JSON in on its stdin, JSON out on its stdout")
        .slot("input", "anything")
        .event("output", "what the program answered; of events the flow names, the first")
        .param("command", runnel::kind::array, runnel::required,
               "the program and its arguments, [python3, step.py]; found in PATH, no shell")
        .param(
            "mode", runnel::kind::string, "\"per_item\"",
            "per_item: a child for each item, which reads it and prints one JSON value; persistent: one child per "
            "worker, a line in and a line out for each item, in order; a program that ends with 0 after an answer is "
            "started again for the next item; per_batch: a child for all items of one activation, a line in and a line "
            "out for each, in order, where `activation` makes them several")
        .choices("per_item|persistent|per_batch")
        .param("timeout", runnel::kind::duration, "60",
               "of one item, or one batch: the child and its children are stopped then; 0: none")
        .param("env", runnel::kind::object, "{}", "variables over those runnel has")
        .param("cwd", runnel::kind::string, "\"\"", "the folder it works in")
        .param("max_output", runnel::kind::integer, "16777216",
               "bytes of one answer, or of those of a batch; more is an error")
        .param("max_children", runnel::kind::integer, "32",
               "of modes per_item and per_batch: children at once, per worker")
        .flag(RUNNEL_FREE_SLOTS)
        .flag(RUNNEL_FREE_EVENTS)
        .flag(RUNNEL_MAY_SUSPEND)
        .flag(RUNNEL_REACHES_OUT);
  }

 private:
  // Children are killed long before; one that the system cannot end does not keep runnel from it.
  static constexpr std::chrono::seconds kLongestEnd{5};

  static void deliver(runnel::Activation& in, const Outcome& outcome) {
    if (!outcome.stderr_text.empty()) in.print(outcome.stderr_text);
    if (!outcome.code.empty()) in.fail(outcome.code, outcome.message);
    size_t next = 0;  // an answer for each item, in their order; each for the job of its item
    for (uint32_t slot = 0; slot < runnel::Spec::kMost; ++slot) {
      for (uint32_t i = 0; i < in.slot(slot).size() && next < outcome.answers.size(); ++i) {
        const std::string& answer = outcome.answers[next++];
        const runnel::Value value = in.parse(answer);
        if (in.has_failed()) return;
        if (value.is_missing()) in.fail("exec.protocol", no_json(answer));
        in.emit(0u, value, in.job_of(slot, i));
      }
    }
  }

  static std::string no_json(const std::string& answer) {
    constexpr size_t kShown = 200;
    if (answer.find_first_not_of(" \t\r\n") == std::string::npos)
      return "the program printed nothing; it must print JSON";
    return "the program printed no JSON: " + answer.substr(0, kShown) + (answer.size() > kShown ? "..." : "");
  }

  std::shared_ptr<Lane> lane_;
  bool has_worked_ = false;  // if not, there is no thread
};

}  // namespace

RUNNEL_PLUGIN("exec", "0.1.0", Exec)
