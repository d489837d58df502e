// Paths of a record that a comparison passes over: error_detail.location, trace_log[*].timestamp, metadata.*,
// data["a.b"][0].
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace runnel::core {

class IgnoredPaths {
 public:
  // How far the paths lead that may still match below a value.
  struct Step {
    uint32_t path;
    uint32_t next;  // part
  };
  using Steps = std::vector<Step>;

  // The mistake in the path, or "".
  std::string add(std::string_view path);

  Steps start() const;
  // True: the member or element is ignored. Otherwise `below` holds what may match in it.
  bool ignores_member(const Steps& at, std::string_view key, Steps& below) const;
  bool ignores_element(const Steps& at, uint32_t index, Steps& below) const;

 private:
  struct Part {
    std::string key;
    uint32_t index = 0;
    bool is_index = false;
    bool is_any = false;
  };
  template <class Matches>
  bool descend(const Steps& at, Steps& below, Matches&& matches) const;

  std::vector<std::vector<Part>> paths_;
};

// The path of a member or an element of what stands at `path`, as IgnoredPaths reads it.
std::string path_of_member(const std::string& path, std::string_view key);
std::string path_of_element(const std::string& path, uint32_t index);

}  // namespace runnel::core
