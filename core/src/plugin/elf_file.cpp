#include "plugin/elf_file.hpp"

#include <fcntl.h>
#include <link.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <limits>
#include <vector>

#include "base/diagnostic.hpp"
#include "base/edit_distance.hpp"

// Our own header, as the linker maps it: what a library for this machine has, too.
extern "C" const ElfW(Ehdr) __ehdr_start __attribute__((visibility("hidden")));  // NOLINT

namespace runnel::core {

namespace {

using Header = ElfW(Ehdr);
using Segment = ElfW(Phdr);

constexpr const char* kNameTheLibrary = "name the .so file that the build makes";

class File {
 public:
  explicit File(const std::string& path) : fd_(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {}
  ~File() {
    if (fd_ >= 0) close(fd_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  bool is_open() const { return fd_ >= 0; }
  // Bytes read; fewer than asked for only at the end of the file or on an error.
  size_t read_at(uint64_t offset, void* to, size_t size) const {
    size_t done = 0;
    while (done < size) {
      const ssize_t got = pread(fd_, static_cast<char*>(to) + done, size - done, static_cast<off_t>(offset + done));
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) break;
      done += static_cast<size_t>(got);
    }
    return done;
  }

 private:
  int fd_;
};

// The nearest name among the files of the folder it should be in.
Refusal missing(const std::string& path) {
  const std::filesystem::path file(path);
  const std::filesystem::path folder = file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
  std::error_code error;
  std::vector<std::string> names;
  for (std::filesystem::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    names.push_back(at->path().filename().string());
  }
  if (error) {
    return {"no such file; its folder cannot be read either: " + error.message(), "build it, or correct the path"};
  }
  std::sort(names.begin(), names.end());  // of equally near names the same one every time
  const std::string meant = nearest(file.filename().string(), names);
  return {"no such file", meant.empty() ? "build it, or correct the path" : "did you mean \"" + meant + "\"?"};
}

std::string machine_name(unsigned machine) {
  switch (machine) {
    case EM_386:
      return "x86";
    case EM_X86_64:
      return "x86-64";
    case EM_ARM:
      return "ARM";
    case EM_AARCH64:
      return "AArch64";
    case EM_RISCV:
      return "RISC-V";
    case EM_PPC64:
      return "PowerPC64";
    case EM_S390:
      return "s390";
    default:
      return "machine " + std::to_string(machine);
  }
}

std::string machine_of(const Header& header) {
  const unsigned char* ident = header.e_ident;
  const bool is_swapped = ident[EI_DATA] != __ehdr_start.e_ident[EI_DATA];
  return machine_name(is_swapped ? __builtin_bswap16(header.e_machine) : header.e_machine) +
         (ident[EI_CLASS] == ELFCLASS64 ? ", 64-bit" : ", 32-bit") +
         (ident[EI_DATA] == ELFDATA2LSB ? ", little-endian" : ", big-endian");
}

bool is_for_this_machine(const Header& header) {
  return header.e_ident[EI_CLASS] == __ehdr_start.e_ident[EI_CLASS] &&
         header.e_ident[EI_DATA] == __ehdr_start.e_ident[EI_DATA] && header.e_machine == __ehdr_start.e_machine;
}

// The end of a table or a segment; the largest number when it overflows.
uint64_t end_of(uint64_t offset, uint64_t count, uint64_t size) {
  uint64_t bytes = 0;
  uint64_t end = 0;
  if (__builtin_mul_overflow(count, size, &bytes) || __builtin_add_overflow(offset, bytes, &end)) {
    return std::numeric_limits<uint64_t>::max();
  }
  return end;
}

// How long the file must be for what its headers say.
uint64_t needed_size(const File& file, const Header& header, uint64_t size) {
  uint64_t needed = end_of(header.e_phoff, header.e_phnum, sizeof(Segment));
  if (header.e_shoff != 0) needed = std::max(needed, end_of(header.e_shoff, header.e_shnum, header.e_shentsize));
  if (end_of(header.e_phoff, header.e_phnum, sizeof(Segment)) > size) return needed;
  std::vector<Segment> segments(header.e_phnum);
  file.read_at(header.e_phoff, segments.data(), segments.size() * sizeof(Segment));
  for (const Segment& segment : segments) {
    if (segment.p_type != PT_NULL) needed = std::max(needed, end_of(segment.p_offset, segment.p_filesz, 1));
  }
  return needed;
}

std::optional<Refusal> check_header(const File& file, uint64_t size) {
  Header header{};
  const size_t got = file.read_at(0, &header, sizeof header);
  if (got < SELFMAG || std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0) {
    const std::string_view start(reinterpret_cast<const char*>(&header), std::min<size_t>(got, 16));
    return Refusal{"not a shared library: it begins with \"" + printable(start) + "\"", kNameTheLibrary};
  }
  if (got < EI_NIDENT + 4 || (got < sizeof header && is_for_this_machine(header))) {
    return Refusal{
        "cut off: it is " + std::to_string(size) + " bytes, its header alone has " + std::to_string(sizeof header),
        "copy or build it again"};
  }
  if (!is_for_this_machine(header)) {
    return Refusal{"built for another machine: " + machine_of(header) + "; needed: " + machine_of(__ehdr_start),
                   "build it for this machine"};
  }
  if (header.e_type == ET_REL) {
    return Refusal{"an object file, not a shared library", "link it: runnel_add_plugin(), or -shared"};
  }
  if (header.e_type != ET_DYN) {
    return Refusal{std::string("not a shared library: it is a ") +
                       (header.e_type == ET_EXEC ? "program" : "core dump or another ELF file"),
                   kNameTheLibrary};
  }
  if (header.e_phentsize != sizeof(Segment) || header.e_phnum == 0) {
    return Refusal{"damaged: its ELF header describes no segments", "copy or build it again"};
  }
  if (const uint64_t needed = needed_size(file, header, size); needed > size) {
    return Refusal{
        "cut off: it is " + std::to_string(size) + " bytes, by its own headers at least " + std::to_string(needed),
        "copy or build it again"};
  }
  return std::nullopt;
}

}  // namespace

std::optional<Refusal> check_elf_file(const std::string& path) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) {
    if (errno == ENOENT || errno == ENOTDIR) return missing(path);
    return Refusal{std::string("cannot be read: ") + std::strerror(errno), ""};
  }
  if (S_ISDIR(status.st_mode)) return Refusal{"a folder, not a shared library", kNameTheLibrary};
  if (!S_ISREG(status.st_mode)) return Refusal{"not a regular file", kNameTheLibrary};
  if (status.st_size == 0) return Refusal{"an empty file", "copy or build it again"};
  const File file(path);
  if (!file.is_open())
    return Refusal{std::string("cannot be read: ") + std::strerror(errno), "correct its permissions"};
  return check_header(file, static_cast<uint64_t>(status.st_size));
}

}  // namespace runnel::core
