#include <fcntl.h>
#include <rapidcheck.h>
#include <sys/mman.h>
#include <unistd.h>

#include <map>
#include <nlohmann/json.hpp>
#include <runnel/batch.hpp>
#include <set>

#include "builtins.hpp"
#include "catch.hpp"
#include "embed/partition.hpp"
#include "value/reader.hpp"

using namespace runnel;
using nlohmann::json;

namespace {

const Classes& classes() {
  static const Classes all = [] {
    Classes made;
    for (const runnel_plugin* builtin : builtins()) REQUIRE(made.add(*builtin, "built in").empty());
    return made;
  }();
  return all;
}

// Sums per key before some of the jobs wait, and counts them behind it.
const char* const kSums = R"(
flow_id: sums
execution: {partition_by: data.key}
routines:
  add:
    class: script
    slots: [item]
    events: [now, later]
    config:
      lua: |
        job.set_data("sum", worker.update(data.id, function(sum) return (sum or 0) + data.n end))
        emit(data.waits and "later" or "now", data)
  wait: {class: delay, config: {seconds: 0.0005}}
  done:
    class: script
    slots: [item]
    config: {lua: 'job.set_data("count", worker.update(data.id, function(n) return (n or 0) + 1 end))'}
connections: [add.later -> wait.input, add.now -> done.item, wait.output -> done.item]
)";

Flow load(const std::string& text) {
  Flow flow = Flow::from_text("sums.yaml", text, classes());
  INFO(flow.report());
  REQUIRE(flow);
  return flow;
}

class MemoryFile {
 public:
  explicit MemoryFile(const std::string& text = {}) : fd_(memfd_create("partition", 0)) {
    REQUIRE(fd_ >= 0);
    REQUIRE(::write(fd_, text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  }
  ~MemoryFile() { ::close(fd_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  int fd() const { return fd_; }
  std::string path() const { return "/proc/self/fd/" + std::to_string(fd_); }
  std::vector<json> lines() const {
    std::string text(static_cast<size_t>(::lseek(fd_, 0, SEEK_END)), '\0');
    REQUIRE(::pread(fd_, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size()));
    std::vector<json> result;
    for (size_t at = 0; at < text.size();) {
      const size_t end = text.find('\n', at);
      result.push_back(json::parse(text.substr(at, end - at)));
      at = end + 1;
    }
    return result;
  }

 private:
  int fd_;
};

// Different texts of equal keys share a number.
const std::vector<std::pair<const char*, int>> kKeys{{"1", 0},
                                                     {"1.0", 0},
                                                     {"10e-1", 0},
                                                     {"\"a\"", 1},
                                                     {"\"b\"", 2},
                                                     {"\"\\u0062\"", 2},
                                                     {"null", 3},
                                                     {"2", 4},
                                                     {"{\"x\":1,\"y\":[2]}", 5},
                                                     {"{\"y\":[2.0],\"x\":1}", 5},
                                                     {"true", 6},
                                                     {"\"1\"", 7},
                                                     {"-0.0", 8},
                                                     {"0", 8},
                                                     {"1e400", 9},
                                                     {"[1,2]", 10}};

uint64_t hash_of(const std::string& text) {
  core::Arena arena;
  core::Reader reader;
  core::Value value{};
  REQUIRE(reader.read(text, arena, value));
  return core::key_hash(value);
}

}  // namespace

TEST_CASE("equal keys have the same hash, however they are written") {
  for (const auto& [text, number] : kKeys) {
    for (const auto& [other, other_number] : kKeys) {
      INFO(text << " and " << other);
      CHECK((hash_of(text) == hash_of(other)) == (number == other_number));
    }
  }
  CHECK(core::key_hash(core::missing()) == hash_of("null"));
}

TEST_CASE("with partition_by state per key is that of a sequential program, on any number of workers") {
  const Flow flow = load(kSums);
  const auto holds = [&] {
    const auto jobs = *rc::gen::inRange(0, 400);
    const auto workers = *rc::gen::element(1u, 2u, 3u, 8u);
    BatchOptions options;
    options.window = *rc::gen::element<uint64_t>(1, 3, 40, 4096);
    options.in_order = *rc::gen::arbitrary<bool>();
    std::string input;
    std::vector<json> expected;
    std::map<int, int> sums, totals;
    for (int i = 0; i < jobs; ++i) {
      if (*rc::gen::inRange(0, 30) == 0) {
        input += "{broken\n";
        expected.push_back(nullptr);
        continue;
      }
      const auto& [text, number] = kKeys[*rc::gen::inRange<size_t>(0, kKeys.size())];
      const int n = *rc::gen::inRange(-9, 10);
      const bool waits = *rc::gen::inRange(0, 5) == 0;
      sums[number] += n;
      ++totals[number];
      expected.push_back({{"id", number}, {"sum", sums[number]}});
      input += R"({"key":)" + std::string(text) + R"(,"id":")" + std::to_string(number) + R"(","n":)" +
               std::to_string(n) + (waits ? R"(,"waits":true})" : "}") + "\n";
    }
    const MemoryFile source(input);
    const MemoryFile output;
    options.inputs = {source.path()};
    options.output = output.fd();
    const BatchResult result = run_batch(flow, {.workers = workers, .deterministic = true}, options);
    RC_ASSERT(result.message.empty());
    std::vector<json> records = output.lines();
    RC_ASSERT(records.size() == expected.size());
    std::map<int, std::set<int>> counts;
    std::set<size_t> seen;
    for (size_t i = 0; i < records.size(); ++i) {
      const json& record = records[i];
      const std::string id = record["job_id"];  // begins with the ordinal
      const size_t line = std::stoul(id) - 1;
      RC_ASSERT(seen.insert(line).second);
      if (options.in_order) RC_ASSERT(line == i);
      const json& wanted = expected.at(line);
      RC_ASSERT(record["status"] == (wanted.is_null() ? "failed" : "completed"));
      if (wanted.is_null()) continue;
      RC_ASSERT(record["data"]["sum"] == wanted["sum"]);
      counts[wanted["id"]].insert(record["data"]["count"].get<int>());
    }
    for (const auto& [number, total] : totals) {
      RC_ASSERT(counts[number].size() == static_cast<size_t>(total));
      RC_ASSERT(*counts[number].rbegin() == total);
    }
  };
  CHECK(rc::check(holds));
}

TEST_CASE("a Runtime partitions what is posted, too") {
  const Flow flow = load(kSums);
  Runtime runtime(flow, {.workers = 3});
  CHECK(runtime.workers() == 3);
  runtime.exec();
  std::map<int, int> sums;
  std::vector<std::pair<JobContext, int>> posted;
  std::set<std::string> workers;
  for (int i = 0; i < 300; ++i) {
    const int key = i % 7;
    sums[key] += i;
    const json data{{"key", key}, {"id", std::to_string(key)}, {"n", i}, {"waits", i % 5 == 0}};
    posted.emplace_back(runtime.post("", "", data.dump()), sums[key]);
  }
  for (const auto& [job, sum] : posted) {
    job.wait();
    CHECK(json::parse(job.data())["sum"] == sum);
    workers.insert(job.worker_id());
  }
  CHECK(workers.size() > 1);
}

TEST_CASE("a posted job whose key cannot be told fails with the place of the expression") {
  const Flow flow = load(
      "flow_id: t\nexecution: {partition_by: 'metadata.tenant .. data'}\n"
      "routines: {a: {class: script, slots: [x], config: {lua: 'return 1'}}}\n");
  Runtime runtime(flow, {.workers = 2, .metadata = R"({"tenant":"t"})"});
  runtime.exec();
  const JobContext good = runtime.post("", "", "1");
  const JobContext own = runtime.post("", "", "1", R"({"tenant":2})");
  const JobContext bad = runtime.post("", "", "{}");
  const JobContext none = runtime.post("", "", "1", "{}");
  bad.wait();
  none.wait();
  good.wait();
  own.wait();
  CHECK(good.status() == JobStatus::completed);
  CHECK(own.status() == JobStatus::completed);
  CHECK(bad.status() == JobStatus::failed);
  CHECK(json::parse(bad.record())["error_detail"]["code"] == "input.partition");
  CHECK(bad.error() == "partition_by: sums.yaml:2:28: attempt to concatenate a JSON object value (global 'data')");
  CHECK(none.error() == "partition_by: sums.yaml:2:28: attempt to concatenate a nil value (field 'tenant')");
}

TEST_CASE("fewer workers than asked for are explained") {
  const auto note = [](const char* execution, uint32_t asked) {
    return note_on_workers(load("flow_id: t\nexecution: " + std::string(execution) +
                                "\nroutines: {a: {class: counter}, b: {class: counter}}\nentry: a.input\n"
                                "connections: [a.output -> b.input]\n"),
                           asked);
  };
  const std::string two =
      "routines \"a\", \"b\" keep state between jobs, so the flow runs on 1 worker, not 4; with state per key it runs "
      "on more: execution: {partition_by: data.KEY}";
  CHECK(note("{}", 4) == two);
  CHECK(note("{workers: 4}", 0) == two);
  CHECK(note("{workers: 4}", 1).empty());
  CHECK(note("{}", 0).empty());
  CHECK(note("{partition_by: data.x}", 4).empty());
}
