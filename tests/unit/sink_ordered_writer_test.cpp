#include <fcntl.h>
#include <poll.h>
#include <rapidcheck.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <string>
#include <thread>
#include <vector>

#include "catch.hpp"
#include "sink/ordered_writer.hpp"

using namespace runnel::core;

namespace {

// A pipe that a thread reads to its end.
class Drain {
 public:
  explicit Drain(int flags = 0) {
    int fds[2];
    if (::pipe2(fds, O_CLOEXEC) != 0) throw std::runtime_error("pipe2");
    in_ = fds[0];
    out = fds[1];
    if (flags) ::fcntl(out, F_SETFL, flags);
    reader_ = std::thread([this] {
      char bytes[4096];
      ssize_t count;
      while ((count = ::read(in_, bytes, sizeof bytes)) > 0) text_.append(bytes, static_cast<size_t>(count));
    });
  }
  ~Drain() { finish(); }
  const std::string& finish() {
    if (reader_.joinable()) {
      ::close(out);
      reader_.join();
      ::close(in_);
    }
    return text_;
  }
  int out;

 private:
  int in_;
  std::string text_;
  std::thread reader_;
};

std::string text_of_block(uint64_t number) {
  return "block " + std::to_string(number) + std::string(number * 37 % 3000, '.') + "\n";
}

// The jobs from ordinal `first` to `last`, as block `number`.
void submit(OrderedWriter& writer, uint64_t number, uint64_t first, uint64_t last, OutBuffer& buffer) {
  buffer.append(text_of_block(number));
  writer.submit(first, last, buffer);
}

}  // namespace

TEST_CASE("blocks leave in their order, whatever order and threads they come from") {
  CHECK(rc::check([] {
    const auto count = *rc::gen::inRange<uint64_t>(0, 200);
    const auto seed = *rc::gen::arbitrary<unsigned>();
    std::vector<uint64_t> order(count);
    for (uint64_t i = 0; i < count; ++i) order[i] = i;
    std::minstd_rand random(seed);
    std::shuffle(order.begin(), order.end(), random);
    Drain drain;
    OrderedWriter writer(drain.out, true);
    std::atomic<size_t> next = 0;
    std::vector<std::thread> threads;
    std::atomic<bool> came_back_empty = true;
    for (int t = 0; t < 3; ++t) {
      threads.emplace_back([&] {
        OutBuffer buffer;
        for (size_t i; (i = next++) < order.size();) {
          submit(writer, order[i], 2 * order[i] + 1, 2 * order[i] + 2, buffer);
          if (buffer.size() != 0) came_back_empty = false;
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    RC_ASSERT(writer.finish());
    RC_ASSERT(came_back_empty.load());
    RC_ASSERT(writer.first_unwritten() == 2 * count + 1);
    std::string expected;
    for (uint64_t i = 0; i < count; ++i) expected += text_of_block(i);
    RC_ASSERT(drain.finish() == expected);
  }));
}

TEST_CASE("in completion order blocks leave as they come and jobs are counted") {
  Drain drain;
  OrderedWriter writer(drain.out, false);
  OutBuffer buffer;
  submit(writer, 5, 51, 60, buffer);
  CHECK(writer.first_unwritten() == 11);
  submit(writer, 2, 23, 25, buffer);
  CHECK(writer.first_unwritten() == 14);
  CHECK(writer.finish());
  CHECK(drain.finish() == text_of_block(5) + text_of_block(2));
}

TEST_CASE("in completion order every block of every thread is written once and whole") {
  Drain drain;
  OrderedWriter writer(drain.out, false);
  constexpr uint64_t kEach = 300;
  std::vector<std::thread> threads;
  for (uint64_t t = 0; t < 3; ++t) {
    threads.emplace_back([&writer, t] {
      OutBuffer buffer;
      for (uint64_t i = 0; i < kEach; ++i) submit(writer, t * kEach + i, t * kEach + i + 1, t * kEach + i + 1, buffer);
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(writer.finish());
  CHECK(writer.first_unwritten() == 3 * kEach + 1);
  std::vector<std::string> lines;
  std::vector<std::string> expected;
  std::string_view rest = drain.finish();
  while (!rest.empty()) {
    const size_t end = rest.find('\n') + 1;
    lines.emplace_back(rest.substr(0, end));
    rest.remove_prefix(end);
  }
  for (uint64_t i = 0; i < 3 * kEach; ++i) expected.push_back(text_of_block(i));
  std::sort(lines.begin(), lines.end());
  std::sort(expected.begin(), expected.end());
  CHECK(lines == expected);
}

TEST_CASE("a block that is not next waits without being written") {
  Drain drain;
  OrderedWriter writer(drain.out, true);
  OutBuffer buffer;
  submit(writer, 1, 11, 20, buffer);
  CHECK(writer.first_unwritten() == 1);
  submit(writer, 0, 1, 10, buffer);
  CHECK(writer.first_unwritten() == 21);
  CHECK(drain.finish() == text_of_block(0) + text_of_block(1));
}

TEST_CASE("waiting ends when the ordinal is written") {
  Drain drain;
  OrderedWriter writer(drain.out, true);
  std::thread worker([&] {
    OutBuffer buffer;
    for (uint64_t i = 0; i < 50; ++i) submit(writer, i, 10 * i + 1, 10 * (i + 1), buffer);
  });
  writer.wait_for_room(495);
  CHECK(writer.first_unwritten() > 495);
  worker.join();
}

TEST_CASE("output that waits for its turn becomes too heavy for more jobs, until it is written") {
  const int fd = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  REQUIRE(fd >= 0);
  OrderedWriter writer(fd, true);
  OutBuffer buffer;
  const std::string mebibyte(size_t{1} << 20, 'x');
  for (uint64_t ordinal = 2; ordinal <= 65; ++ordinal) {
    buffer.append(mebibyte);
    writer.submit(ordinal, ordinal, buffer);
  }
  CHECK_FALSE(writer.is_heavy());
  buffer.append(mebibyte);
  writer.submit(66, 66, buffer);
  CHECK(writer.is_heavy());
  std::thread worker([&] {
    OutBuffer first;
    writer.submit(1, 1, first);
  });
  writer.wait_for_room(0);
  CHECK_FALSE(writer.is_heavy());
  worker.join();
  CHECK(writer.first_unwritten() == 67);
  ::close(fd);
}

TEST_CASE("stop() and a failed write end the waiting") {
  Drain drain;
  OrderedWriter stopped(drain.out, true);
  std::thread stopper([&] { stopped.stop(); });
  stopped.wait_for_room(1);
  stopper.join();
  CHECK(stopped.first_unwritten() == 1);

  OrderedWriter failing(-1, true);
  std::thread worker([&] {
    OutBuffer buffer;
    submit(failing, 0, 1, 1, buffer);
  });
  failing.wait_for_room(1);
  worker.join();
  CHECK(failing.error() == EBADF);
}

TEST_CASE("a full disk is ENOSPC, and nothing counts as written") {
  const int fd = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
  REQUIRE(fd >= 0);
  OrderedWriter writer(fd, true);
  OutBuffer buffer;
  submit(writer, 0, 1, 1, buffer);
  CHECK(writer.error() == ENOSPC);
  submit(writer, 1, 2, 2, buffer);
  CHECK(buffer.size() == 0);
  CHECK(writer.first_unwritten() == 1);
  CHECK(!writer.finish());
  CHECK(writer.error() == ENOSPC);
  ::close(fd);
}

TEST_CASE("a reader that went away is EPIPE") {
  const auto before = std::signal(SIGPIPE, SIG_IGN);
  int fds[2];
  REQUIRE(::pipe2(fds, O_CLOEXEC) == 0);
  ::close(fds[0]);
  OrderedWriter writer(fds[1], true);
  OutBuffer buffer;
  submit(writer, 0, 1, 1, buffer);
  CHECK(writer.error() == EPIPE);
  ::close(fds[1]);
  std::signal(SIGPIPE, before);
}

TEST_CASE("a descriptor that does not block gets all bytes too") {
  Drain drain(O_NONBLOCK);
  OrderedWriter writer(drain.out, true);
  OutBuffer buffer;
  const std::string large(3'000'000, 'x');
  buffer.append(large);
  writer.submit(1, 1, buffer);
  CHECK(writer.error() == 0);
  CHECK(drain.finish() == large);
}

TEST_CASE("finish syncs a regular file and says yes for what cannot be synced") {
  char name[] = "/tmp/runnel-test-XXXXXX";
  const int fd = ::mkstemp(name);
  REQUIRE(fd >= 0);
  OrderedWriter writer(fd, true);
  OutBuffer buffer;
  submit(writer, 0, 1, 1, buffer);
  CHECK(writer.finish());
  ::close(fd);
  ::unlink(name);
  const int null = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  CHECK(OrderedWriter(null, true).finish());
  ::close(null);
  OrderedWriter closed(-1, true);
  CHECK(!closed.finish());
  CHECK(closed.error() == EBADF);
}

TEST_CASE("a FileSync says when the file could not be made to last") {
  const int bad = -1;
  FileSync each(bad, SyncEvery::record);
  CHECK(each.wrote(0) == 0);
  CHECK(each.wrote(1) == EBADF);
  CHECK(each.error() == EBADF);

  FileSync by_time(bad, SyncEvery::batch);
  CHECK(by_time.wrote(255) == 0);
  while (by_time.error() == 0) std::this_thread::yield();  // 200 ms later, without a further write
  CHECK(by_time.wrote(0) == EBADF);

  FileSync by_count(bad, SyncEvery::batch);
  CHECK(by_count.wrote(256) == EBADF);
}

TEST_CASE("a sync that fails ends the writing as a write that fails") {
  const int fd = ::open("/dev/null", O_WRONLY);
  FileSync sync(-1, SyncEvery::record);
  OrderedWriter writer(fd, true);
  writer.sync_with(&sync);
  OutBuffer bytes;
  bytes.append("x\n");
  writer.submit(1, 1, bytes);
  CHECK(writer.error() == EBADF);
  CHECK(writer.first_unwritten() == 1);
  CHECK_FALSE(writer.finish());
  ::close(fd);
}
