# One interface target carries the language level, the warnings and the sanitizers of everything we compile.
add_library(runnel_options INTERFACE)
target_compile_features(runnel_options INTERFACE cxx_std_20)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)
if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()

target_compile_options(runnel_options INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  target_compile_options(runnel_options INTERFACE -Wno-restrict)  # false alarms on "x" + std::string: GCC bug 105651
endif()
if(RUNNEL_WERROR)
  target_compile_options(runnel_options INTERFACE -Werror)
endif()
if(RUNNEL_SANITIZE)
  # At directory scope, so that the test libraries we build are covered too.
  add_compile_options(-fsanitize=${RUNNEL_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${RUNNEL_SANITIZE})
endif()
