// LineWriter: all bytes, in pieces that a pipe takes all or nothing; after freeze() the last line is whole.
#include <limits.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <string>
#include <thread>

#include "catch.hpp"
#include "sink/line_writer.hpp"

using runnel::core::LineWriter;

namespace {

struct Pipe {
  Pipe() { REQUIRE(::pipe(ends) == 0); }
  ~Pipe() {
    ::close(ends[0]);
    ::close(ends[1]);
  }
  std::string read(size_t size) const {
    std::string text(size, '\0');
    size_t got = 0;
    while (got < size) {
      const ssize_t count = ::read(ends[0], text.data() + got, size - got);
      REQUIRE(count > 0);
      got += static_cast<size_t>(count);
    }
    return text;
  }
  int ends[2];
};

std::string lines_of(std::initializer_list<size_t> sizes) {
  std::string text;
  char letter = 'a';
  for (const size_t size : sizes) text += std::string(size - 1, letter++) + "\n";
  return text;
}

}  // namespace

TEST_CASE("lines of any length come through a pipe as they are") {
  const Pipe pipe;
  LineWriter writer(pipe.ends[1]);
  const std::string text = lines_of({10, PIPE_BUF, 1, PIPE_BUF + 1, 3 * PIPE_BUF, PIPE_BUF - 1, 500'000, 2, 2});
  int error = -1;
  std::thread thread([&] { error = writer.write(text); });
  CHECK(pipe.read(text.size()) == text);
  thread.join();
  CHECK(error == 0);
  CHECK(writer.freeze());
}

TEST_CASE("a pipe nobody reads holds whole short lines, and freeze() need not wait") {
  static const Pipe& pipe = *new Pipe;  // its thread never ends, and may be in a write
  auto* const writer = new LineWriter(pipe.ends[1]);
  auto* const text = new std::string;
  for (int i = 0; i < 2000; ++i) *text += lines_of({100 + static_cast<size_t>(i) % 900});
  std::thread([writer, text] { writer->write(*text); }).detach();
  const std::string first = pipe.read(1);  // it writes
  while (!writer->freeze()) std::this_thread::yield();
  CHECK(first == "a");
  // What lies in the pipe now ends with a line, whether its thread was stopped by that or by the pipe.
  int size = 0;
  int before = -1;
  while (size != before || size == 0) {  // a write that was under way may still come, as a whole
    before = size;
    REQUIRE(::ioctl(pipe.ends[0], FIONREAD, &size) == 0);
    std::this_thread::yield();
  }
  const std::string held = pipe.read(static_cast<size_t>(size));
  CHECK(held.back() == '\n');
}
