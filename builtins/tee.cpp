// tee: appends items to a file as JSON lines and passes them on.
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <map>
#include <memory>
#include <mutex>
#include <runnel/routine.hpp>
#include <string>
#include <system_error>

namespace {

std::string text_of(int error) { return std::generic_category().message(error); }

// One file, shared by the instances of all workers. Opened when the first line comes: making an instance, which `check`
// does too, leaves the disk alone.
class SharedFile {
 public:
  explicit SharedFile(std::string path) : path_(std::move(path)) {}
  ~SharedFile() {
    if (file_ >= 0) close(file_);
  }
  SharedFile(const SharedFile&) = delete;
  SharedFile& operator=(const SharedFile&) = delete;

  static std::shared_ptr<SharedFile> of(const std::string& path, bool truncate) {
    static std::mutex mutex;
    static std::map<std::string, std::weak_ptr<SharedFile>> files;
    const std::lock_guard lock(mutex);
    std::shared_ptr<SharedFile> file = files[path].lock();
    if (!file) files[path] = file = std::make_shared<SharedFile>(path);
    file->truncates_ |= truncate;
    return file;
  }

  // line ends with a line break. One write(2): lines of workers and processes do not mix.
  void write(std::string_view line) {
    const std::lock_guard lock(mutex_);
    if (file_ < 0) open();
    std::string mended;
    if (is_cut_) line = mended = '\n' + std::string(line);
    ssize_t written = 0;
    do {
      written = ::write(file_, line.data(), line.size());
    } while (written < 0 && errno == EINTR);
    if (written < 0) runnel::fail("tee.write", path_ + ": " + text_of(errno));
    const bool is_whole = static_cast<size_t>(written) == line.size();
    if (written > 0) is_cut_ = !is_whole;
    if (!is_whole) {
      runnel::fail("tee.write", path_ + ": " + std::to_string(written) + " of " + std::to_string(line.size()) +
                                    " bytes were written; the disk may be full");
    }
  }

 private:
  void open() {
    constexpr mode_t kMode = 0644;
    const int flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | (truncates_ ? O_TRUNC : 0);
    const int file = ::open(path_.c_str(), flags, kMode);
    if (file < 0 && errno == ELOOP) runnel::fail("tee.open", path_ + ": is a symbolic link, which is not followed");
    if (file < 0 && errno == ENXIO) runnel::fail("tee.open", path_ + kNotRegular);  // a pipe nobody reads
    if (file < 0) runnel::fail("tee.open", path_ + ": " + text_of(errno));
    struct stat facts {};
    if (fstat(file, &facts) != 0 || !S_ISREG(facts.st_mode)) {
      close(file);
      runnel::fail("tee.open", path_ + kNotRegular);
    }
    file_ = file;
    // Whoever writes holds a shared lock. A file that ends inside a line may be one that another process is writing to
    // just now: only who has the file for itself can tell, and nobody else mends it.
    if (flock(file_, LOCK_EX | LOCK_NB) == 0) is_cut_ = !ends_line();
    if (is_cut_ && ::write(file_, "\n", 1) == 1) is_cut_ = false;
    flock(file_, LOCK_SH);
  }

  // Where the file may not be read, its last line is taken for whole.
  bool ends_line() const {
    struct stat facts {};
    if (fstat(file_, &facts) != 0 || facts.st_size == 0) return true;
    const int file = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (file < 0) return true;
    char last = '\n';
    const bool is_read = pread(file, &last, 1, facts.st_size - 1) == 1;
    close(file);
    return !is_read || last == '\n';
  }

  static constexpr const char* kNotRegular = ": is not a regular file";

  std::string path_;
  bool truncates_ = false;
  std::mutex mutex_;
  int file_ = -1;
  bool is_cut_ = false;  // the file ends in a part of a line
};

class Tee {
 public:
  explicit Tee(runnel::Config config) {
    const std::string path = config.string("path");
    if (path.empty()) throw runnel::ConfigError("path", "is empty");
    if (path.find('\0') != std::string::npos) throw runnel::ConfigError("path", "holds a NUL byte");
    file_ = SharedFile::of(path, config.string("mode") == "truncate");
  }

  void activate(runnel::Activation& in) {
    const runnel::Items items = in.slot("input");
    for (uint32_t i = 0; i < items.size(); ++i) {
      line_ = items[i].json();
      line_ += '\n';
      file_->write(line_);
      in.emit("output", items[i]);
    }
  }

  static constexpr auto spec() {
    return runnel::routine("tee", "Appends items to a file as JSON lines and passes them on")
        .slot("input", "anything")
        .event("output", "the item itself")
        .param(
            "path", runnel::kind::string, runnel::required,
            "the file, from the working directory; made (mode 0644) when the first item comes. A symbolic link or what "
            "is no regular file is refused. An activation that is retried writes its lines again")
        .param("mode", runnel::kind::string, "\"append\"", "truncate: the file is emptied first, once in a run")
        .choices("append|truncate")
        .flag(RUNNEL_REACHES_OUT);
  }

 private:
  std::shared_ptr<SharedFile> file_;
  std::string line_;  // scratch
};

}  // namespace

RUNNEL_PLUGIN("tee", "0.1.0", Tee)
