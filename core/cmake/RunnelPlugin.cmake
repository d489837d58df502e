# runnel_add_plugin(NAME source...): the shared library NAME.so of routine classes in C++20 or C11, as `plugins:` of a flow and
# `runnel --plugin` take it. It exports one symbol and nothing else.
set(RUNNEL_PLUGIN_EXPORTS ${CMAKE_CURRENT_LIST_DIR}/plugin_exports.map)

function(runnel_add_plugin name)
  add_library(${name} MODULE ${ARGN})
  set_target_properties(${name} PROPERTIES PREFIX "" SUFFIX ".so" C_VISIBILITY_PRESET hidden CXX_VISIBILITY_PRESET hidden
    VISIBILITY_INLINES_HIDDEN ON LINK_DEPENDS ${RUNNEL_PLUGIN_EXPORTS})
  if(NOT CMAKE_CXX_STANDARD OR CMAKE_CXX_STANDARD LESS 20)
    set_target_properties(${name} PROPERTIES CXX_STANDARD 20 CXX_STANDARD_REQUIRED ON CXX_EXTENSIONS OFF)
  endif()
  if(NOT CMAKE_C_STANDARD OR CMAKE_C_STANDARD LESS 11)
    set_target_properties(${name} PROPERTIES C_STANDARD 11 C_STANDARD_REQUIRED ON C_EXTENSIONS OFF)
  endif()
  target_link_libraries(${name} PRIVATE runnel::sdk)
  target_link_options(${name} PRIVATE "LINKER:--version-script=${RUNNEL_PLUGIN_EXPORTS}")
endfunction()
