// A mistake in something the user wrote, with its place, and the printer of its one format:
//
//   flow.yaml:3:9: error: unknown class "scirpt"
//       class: scirpt
//              ^~~~~~
//   hint: did you mean "script"?
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace runnel::core {

// 1-based; column counts bytes. line 0: the file as a whole.
struct Place {
  std::string file;
  uint32_t line = 0;
  uint32_t column = 0;
  uint32_t length = 1;  // bytes under the caret

  std::string text() const;  // file:line:column
};

enum class Severity { error, warning };

struct Note {
  Place place;
  std::string message;
};

struct Diagnostic {
  Severity severity = Severity::error;
  Place place;
  std::string message;
  std::string hint;  // a way out; may be empty
  std::vector<Note> notes;
};

using Diagnostics = std::vector<Diagnostic>;

// The text of each file that places point into.
struct SourceText {
  std::string file;
  std::string_view text;
};

bool has_errors(const Diagnostics&);
void sort_by_place(Diagnostics&);

// All of them, errors first hide warnings (a warning is only worth reading when the file is otherwise right); at most
// `most`, then a count. Control bytes of the user's text are escaped.
std::string print_text(const Diagnostics&, const std::vector<SourceText>&, size_t most = 20, bool color = false);

// "did you mean ..." for the nearest of the candidates, or a list of them all when they are few, or nothing.
std::string suggest(std::string_view name, const std::vector<std::string>& candidates);

// Control bytes, bad UTF-8 and what turns the direction of writing as \xNN, so that user text cannot drive a terminal
// or show as something else. Once more changes nothing.
std::string printable(std::string_view);
std::string printable_lines(std::string_view);  // keeps newlines

}  // namespace runnel::core
