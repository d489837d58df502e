#include "new_files.hpp"

namespace runnel::cli {

namespace {

constexpr const char* kCMakeLists = R"(cmake_minimum_required(VERSION 3.25)
project(@NAME@ VERSION 0.1.0 LANGUAGES CXX)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()

find_package(runnel REQUIRED)  # where it is installed elsewhere: cmake -B build -DCMAKE_PREFIX_PATH=...
runnel_add_plugin(@NAME@ @NAME@.cpp)

# flow.yaml on jobs.jsonl must print expect.jsonl.
enable_testing()
add_test(NAME flow WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}
  COMMAND sh -c "'$<TARGET_FILE:runnel::runnel>' run flow.yaml jobs.jsonl --emit @NAME@.greeted | diff expect.jsonl -")
set_tests_properties(flow PROPERTIES ENVIRONMENT "RUNNEL_PLUGINS=$<TARGET_FILE_DIR:@NAME@>")
)";

constexpr const char* kSource =
    R"(// The routine class @NAME@. runnel/routine.hpp explains what stands here; one instance belongs to one worker.
#include <runnel/routine.hpp>
#include <string>

class @CLASS@ {
 public:
  explicit @CLASS@(runnel::Config config) : salute_(config.string("salute")) {}

  void activate(runnel::Activation& in) {
    const runnel::Value request = in.slot("request").front();
    const auto user = request["user"].as_string();
    if (!user) in.fail("no.user", "a request needs a user");
    in.job().trace("greeted", {{"user", *user}});
    in.emit("greeted", {{"text", salute_ + " " + std::string(*user)}});
  }

  static constexpr auto spec() {
    return runnel::routine("@NAME@", "Greets the user of a request")
        .slot("request", "object with user")
        .event("greeted", "object with text")
        .param("salute", runnel::kind::string, "\"Hello\"", "word before the name");
  }

 private:
  std::string salute_;
};

RUNNEL_PLUGIN("@NAME@", "0.1.0", @CLASS@)
)";

constexpr const char* kFlow = R"(flow_id: @NAME@
plugins: ["${RUNNEL_PLUGINS:-build}/@NAME@.so"]  # relative to this file
routines:
  @NAME@:
    class: @NAME@
    config: {salute: Good morning}
  store: {class: set_data, config: {values: {greeting: text}}}
connections: [@NAME@.greeted -> store.input]
)";

constexpr const char* kJobs = R"({"user":"Ann"}
{"user":"Zoë"}
)";

constexpr const char* kExpected = R"({"text":"Good morning Ann"}
{"text":"Good morning Zoë"}
)";

constexpr const char* kReadme = R"(# @NAME@

A plugin of runnel: the routine class `@NAME@` in `@NAME@.cpp`, a flow that uses it, and its test.

```sh
cmake -B build && cmake --build build && ctest --test-dir build --output-on-failure
runnel run flow.yaml jobs.jsonl
runnel describe @NAME@ --plugin build/@NAME@.so
```

`runnel check flow.yaml` says what is wrong with the flow, or with the library. `expect.jsonl` is what the event
`@NAME@.greeted` must emit for `jobs.jsonl`.
)";

constexpr const char* kScriptFlow = R"(flow_id: @NAME@
routines:
  check:
    class: script
    slots: [request]
    events: [valid]
    config:
      lua: |
        if not data.user then fail("no.user", "a request needs a user") end
        job.trace("checked", {user = data.user})
        emit("valid", {text = "Hello " .. data.user})
  store: {class: set_data, config: {values: {greeting: text}}}
connections: [check.valid -> store.input]
)";

constexpr const char* kFlowReadme = R"(# @NAME@

```sh
runnel check flow.yaml             # says everything that is wrong with it
runnel run flow.yaml jobs.jsonl    # one record per line of jobs.jsonl
```

`runnel list` shows the classes a routine may have, `runnel describe CLASS` one of them.
)";

}  // namespace

const std::vector<NewFile>& plugin_files() {
  static const std::vector<NewFile> files = {
      {"CMakeLists.txt", kCMakeLists}, {"@NAME@.cpp", kSource},     {"flow.yaml", kFlow},
      {"jobs.jsonl", kJobs},           {"expect.jsonl", kExpected}, {"README.md", kReadme}};
  return files;
}

const std::vector<NewFile>& flow_files() {
  static const std::vector<NewFile> files = {
      {"flow.yaml", kScriptFlow}, {"jobs.jsonl", kJobs}, {"README.md", kFlowReadme}};
  return files;
}

}  // namespace runnel::cli
