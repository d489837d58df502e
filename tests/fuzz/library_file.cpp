// A file that is to be a shared library, up to the moment it would be opened.
#include <sys/mman.h>
#include <unistd.h>

#include <string>

#include "base/diagnostic.hpp"
#include "fuzz.hpp"
#include "plugin/elf_file.hpp"

using namespace runnel::core;
using runnel::fuzz::require;

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const int file = memfd_create("library", MFD_CLOEXEC);
  require(file >= 0 && write(file, data, size) == static_cast<ssize_t>(size), "memfd");
  const auto refusal = check_elf_file("/proc/self/fd/" + std::to_string(file));
  close(file);
  if (!refusal) return 0;
  require(!refusal->message.empty(), "a refusal has a message");
  require(printable(refusal->message) == refusal->message, "nothing in it can drive a terminal");
  return 0;
}
