#include "base/diagnostic.hpp"
#include "catch.hpp"

using namespace runnel::core;

namespace {

Diagnostic error_at(uint32_t line, uint32_t column, uint32_t length, std::string message,
                    std::string file = "flow.yaml") {
  return {Severity::error, {std::move(file), line, column, length}, std::move(message), {}, {}};
}

std::string print(const Diagnostic& one, std::string_view text) { return print_text({one}, {{"flow.yaml", text}}); }

}  // namespace

TEST_CASE("a diagnostic shows its place, the source line, a caret and a way out") {
  Diagnostic one = error_at(3, 12, 6, "unknown class \"scirpt\"");
  one.hint = "did you mean \"script\"?";
  CHECK(print(one, "routines:\n  a:\n    class: scirpt\n    x: 1\n") ==
        "flow.yaml:3:12: error: unknown class \"scirpt\"\n"
        "    class: scirpt\n"
        "           ^~~~~~\n"
        "hint: did you mean \"script\"?\n");
}

TEST_CASE("notes stand under the diagnostic, each with its own source line") {
  Diagnostic one = error_at(2, 1, 1, "duplicate routine \"a\"");
  one.notes.push_back({{"flow.yaml", 1, 1, 1}, "the first one"});
  CHECK(print(one, "a: 1\na: 2\n") ==
        "flow.yaml:2:1: error: duplicate routine \"a\"\n"
        "    a: 2\n"
        "    ^\n"
        "  flow.yaml:1:1: note: the first one\n"
        "      a: 1\n"
        "      ^\n");
}

TEST_CASE("the caret lines up behind tabs, wide characters and escaped bytes") {
  CHECK(print(error_at(1, 5, 2, "m"),
              "a\tä"
              "xy") == "flow.yaml:1:5: error: m\n    a\täxy\n     \t ^~\n");
  CHECK(print(error_at(1, 3, 1, "m"),
              "a\x1b"
              "b") == "flow.yaml:1:3: error: m\n    a\\x1bb\n         ^\n");
}

TEST_CASE("a caret past the end of the line stands right behind it") {
  CHECK(print(error_at(1, 4, 5, "m"), "abc\r\n") == "flow.yaml:1:4: error: m\n    abc\n       ^\n");
  CHECK(print(error_at(1, 99, 1, "m"), "abc") == "flow.yaml:1:99: error: m\n    abc\n       ^\n");
  CHECK(print(error_at(7, 1, 1, "m"), "abc") == "flow.yaml:7:1: error: m\n    \n    ^\n");
}

TEST_CASE("of a very long line only a window around the column is shown") {
  const std::string line = std::string(5000, 'a') + "HERE" + std::string(5000, 'b');
  const std::string text = print(error_at(1, 5001, 4, "m"), line);
  CHECK(text.size() < 400);
  const size_t first = text.find("    ...a");
  REQUIRE(first != std::string::npos);
  const size_t here = text.find("HERE") - first;
  const size_t second = text.find('\n', first) + 1;
  CHECK(text.substr(second + here, 4) == "^~~~");
  CHECK(text.find("b...\n") != std::string::npos);
}

TEST_CASE("a place without line or source has no source line") {
  CHECK(print(error_at(0, 0, 1, "no routines"), "x") == "flow.yaml: error: no routines\n");
  CHECK(print_text({error_at(1, 1, 1, "m", "other.yaml")}, {}) == "other.yaml:1:1: error: m\n");
  CHECK(print_text({error_at(0, 0, 1, "m", "")}, {}) == "error: m\n");
}

TEST_CASE("diagnostics come by file, line and column, warnings only when there is no error") {
  Diagnostic warning = error_at(1, 1, 1, "w");
  warning.severity = Severity::warning;
  CHECK(print_text({warning}, {}) == "flow.yaml:1:1: warning: w\n");
  CHECK_FALSE(has_errors({warning}));
  CHECK(print_text({error_at(9, 1, 1, "c"), error_at(1, 1, 1, "d", "b.yaml"), warning, error_at(2, 5, 1, "b"),
                    error_at(2, 1, 1, "a")},
                   {}) ==
        "flow.yaml:2:1: error: a\nflow.yaml:2:5: error: b\nflow.yaml:9:1: error: c\nb.yaml:1:1: error: d\n");
}

TEST_CASE("after so many diagnostics the rest is counted") {
  Diagnostics many;
  for (uint32_t line = 1; line <= 5; ++line) many.push_back(error_at(line, 1, 1, "m"));
  CHECK(print_text(many, {}, 4) ==
        "flow.yaml:1:1: error: m\nflow.yaml:2:1: error: m\nflow.yaml:3:1: error: m\nflow.yaml:4:1: error: m\n"
        "... and 1 more error\n");
  CHECK(print_text(many, {}, 3).ends_with("... and 2 more errors\n"));
}

TEST_CASE("control bytes of a message are escaped, its lines kept and indented") {
  CHECK(print(error_at(0, 0, 1, "bad \x1b[2J\nmore"), "") == "flow.yaml: error: bad \\x1b[2J\n    more\n");
}

TEST_CASE("colors surround words and change none") {
  const std::string colored = print_text({error_at(1, 1, 1, "m")}, {{"flow.yaml", "a"}}, 20, true);
  CHECK(colored.find("\x1b[1;31merror:\x1b[0m m") != std::string::npos);
  CHECK(colored.find("\x1b[1;32m^\x1b[0m\n") != std::string::npos);
}
