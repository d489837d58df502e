// What the program can do, one function a verb; each returns the exit code.
#pragma once

#include <runnel/runtime.hpp>
#include <string_view>

#include "options.hpp"

namespace runnel::cli {

int run(const Classes&, const RunArguments&);
int diff(const DiffArguments&);
int check(const Classes&, const CheckArguments&);
// What --plugin names, for list and describe; false after saying what is wrong with one.
bool open_plugins(Classes&, const std::vector<std::string>& paths);
int list(const Classes&, const ListArguments&);
int describe(const Classes&, const ListArguments&);
int create(const Classes&, const NewArguments&);

// Opens /dev/null for each standard descriptor that is closed, so that no file of ours takes its number. Call first.
void fill_standard_descriptors();
bool was_closed(int fd);  // when the program started

// The standard output as it was, for records and reports; -1 when it was closed. From the first call on whatever else
// writes to it, such as a plugin's printf, lands on stderr. Call before anything is loaded.
int take_stdout();

// All of it to a descriptor; false when that failed.
bool write_all(int fd, std::string_view text);
// One line on stderr: "runnel: text".
void say(std::string_view text);

}  // namespace runnel::cli
