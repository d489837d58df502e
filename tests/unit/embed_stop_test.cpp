// A Stopper used by a program that embeds runnel: before a run, while it waits for input, and while its jobs wait.
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <runnel/batch.hpp>
#include <string>
#include <thread>

#include "builtins.hpp"
#include "catch.hpp"

using namespace runnel;

namespace {

Flow load(const std::string& text) {
  Classes classes;
  for (const runnel_plugin* builtin : builtins()) REQUIRE(classes.add(*builtin, "built in").empty());
  Flow flow = Flow::from_text("flow.yaml", text, classes);
  INFO(flow.report());
  REQUIRE(flow);
  return flow;
}

constexpr const char* kWaits = R"(
flow_id: f
routines:
  main: {class: delay, config: {seconds: 1h}}
connections: []
)";

// Input that does not end by itself, and what was printed.
struct Ends {
  Ends() : output(::memfd_create("output", 0)) {
    REQUIRE(::pipe(input) == 0);
    options.inputs = {"/proc/self/fd/" + std::to_string(input[0])};
    options.output = output;
  }
  ~Ends() {
    for (const int fd : {input[0], input[1], output}) ::close(fd);
  }
  void write(const std::string& text) const {
    REQUIRE(::write(input[1], text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  }
  std::string printed() const {
    std::string text(static_cast<size_t>(::lseek(output, 0, SEEK_END)), '\0');
    REQUIRE(::pread(output, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size()));
    return text;
  }
  int input[2];
  int output;
  BatchOptions options;
};

}  // namespace

TEST_CASE("a run whose Stopper was used before admits nothing and says why") {
  Ends ends;
  ends.write("1\n2\n");
  ends.options.stopper.emplace().drain(130, "enough");
  const BatchResult result = run_batch(load(kWaits), {.workers = 2}, ends.options);
  CHECK(result.exit_code == 130);
  CHECK(result.counts.posted == 0);
  CHECK(result.message ==
        "enough: 0 jobs finished, 0 admitted and not finished; input that was not admitted is not counted");
  CHECK(ends.printed().empty());
}

TEST_CASE("a signal's stop is stronger than a time limit's, the first of a kind counts") {
  Ends ends;
  Stopper& stopper = ends.options.stopper.emplace();
  stopper.drain(kTimeoutExit, "late");
  stopper.drain(143, "told to");
  stopper.drain(kTimeoutExit, "later");
  stopper.drain(129, "told again");
  const BatchResult result = run_batch(load(kWaits), {.workers = 1}, ends.options);
  CHECK(result.exit_code == 143);
  CHECK(result.message.starts_with("told to: "));
}

TEST_CASE("cancel() ends jobs that wait, on any number of workers, and each has its record") {
  for (const uint32_t workers : {1u, 2u, 5u}) {
    Ends ends;
    ends.write("1\n2\n3\n4\n5\n6\n7\n8\n9\n");
    ends.options.window = 4;  // admission waits, too
    ends.options.fields = {"status"};
    Stopper& stopper = ends.options.stopper.emplace();
    std::thread other([copy = stopper]() mutable {  // at any moment of the run
      copy.drain(130, "enough");
      copy.cancel();
    });
    const BatchResult result = run_batch(load(kWaits), {.workers = workers}, ends.options);
    other.join();
    CHECK(result.exit_code == 130);
    CHECK(result.counts.conserved());
    CHECK(result.counts.posted == result.counts.cancelled);
    CHECK(result.counts.posted == result.unfinished);
    const std::string printed = ends.printed();
    CHECK(static_cast<uint64_t>(std::count(printed.begin(), printed.end(), '\n')) == result.counts.posted);
    CHECK(stopper.freeze().at_line_end);  // of no run any more
  }
}
