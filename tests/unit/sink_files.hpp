// Files of a test that are gone when it ends.
#pragma once

#include <fcntl.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "sink/checked_file.hpp"

class Folder {
 public:
  Folder() {
    char name[] = "/tmp/runnel-unit-XXXXXX";
    path_ = ::mkdtemp(name);
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::string file(const std::string& name) const { return path_ + "/" + name; }
  // Written anew and opened.
  runnel::core::CheckedFile with(const std::string& name, const std::string& text) const {
    std::ofstream(file(name), std::ios::binary) << text;
    runnel::core::CheckedFile opened;
    if (opened.open(file(name), 0) != 0) throw std::runtime_error("cannot open " + file(name));
    return opened;
  }
  std::string text(const std::string& name) const {
    std::ifstream stream(file(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
  }

 private:
  std::string path_;
};
