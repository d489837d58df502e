#include <rapidcheck.h>
#include <sys/stat.h>
#include <unistd.h>

#include <map>
#include <string>
#include <vector>

#include "catch.hpp"
#include "isolate/state_log.hpp"

using namespace runnel::core;

namespace {

using State = std::map<std::string, std::string>;

class File {
 public:
  ~File() { ::close(fd); }
  State read() const {
    State state;
    StateLog(fd).read([&](const StateEntry& entry) {
      const std::string key = std::to_string(entry.routine) + (entry.is_shared ? "s" : "o") + std::string(entry.key);
      if (entry.json) {
        state[key] = *entry.json;
      } else {
        state.erase(key);
      }
    });
    return state;
  }
  const int fd = StateLog::make_file();
};

void set(StateLog& log, std::string_view key, std::string_view json) { log.add({1, false, key, json}); }

}  // namespace

TEST_CASE("What was committed is read again, by the next process and the one after it") {
  File file;
  CHECK(file.read().empty());
  {
    StateLog log(file.fd);
    log.read([](const StateEntry&) {});
    set(log, "a", "1");
    log.add({1, true, "a", "[true]"});
    log.commit();
    set(log, "b", "2");  // never committed
  }
  CHECK(file.read() == State{{"1oa", "1"}, {"1sa", "[true]"}});
  StateLog log(file.fd);
  log.read([](const StateEntry&) {});
  log.add({1, false, "a", {}});
  set(log, "c", "");
  log.commit();
  CHECK(file.read() == State{{"1oc", ""}, {"1sa", "[true]"}});
}

TEST_CASE("A commit that was cut off anywhere is none, and what stands before it stays") {
  File file;
  StateLog log(file.fd);
  log.read([](const StateEntry&) {});
  set(log, "a", "1");
  log.commit();
  const auto before = ::lseek(file.fd, 0, SEEK_END);
  set(log, "b", "22");
  set(log, "c", "33");
  log.commit();
  const auto after = ::lseek(file.fd, 0, SEEK_END);
  CHECK(file.read().size() == 3);
  for (auto size = after - 1; size >= before; --size) {
    REQUIRE(::ftruncate(file.fd, size) == 0);
    CHECK(file.read() == State{{"1oa", "1"}});
    REQUIRE(::ftruncate(file.fd, after) == 0);  // zeros behind it are no commit, either
    CHECK(file.read() == State{{"1oa", "1"}});
  }
}

TEST_CASE("A log that is written anew holds the same, and gives back its memory") {
  File file;
  StateLog log(file.fd);
  log.read([](const StateEntry&) {});
  const std::string value = "\"" + std::string(1000, 'v') + "\"";
  int commits = 0;
  while (!log.is_long()) {
    set(log, "key", value);
    log.commit();
    ++commits;
  }
  CHECK(commits > 900);
  set(log, "key", value);
  set(log, "other", "1");
  log.commit_anew();
  CHECK_FALSE(log.is_long());
  CHECK(file.read() == State{{"1okey", value}, {"1oother", "1"}});
  set(log, "other", "2");
  log.commit();
  CHECK(file.read() == State{{"1okey", value}, {"1oother", "2"}});
  struct stat info {};
  REQUIRE(::fstat(file.fd, &info) == 0);
  CHECK(info.st_blocks * 512 < 100'000);
}
