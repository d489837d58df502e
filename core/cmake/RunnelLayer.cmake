# runnel_layer(NAME USES layer... LINKS target...): the folder core/src/NAME as one static library.
# USES are the layers it may include (core/README.md); LINKS are outside libraries only this layer may see.
function(runnel_layer name)
  cmake_parse_arguments(layer "" "" "USES;LINKS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  add_library(runnel_${name} STATIC ${sources})
  target_include_directories(runnel_${name} PUBLIC ${PROJECT_SOURCE_DIR}/core/src ${PROJECT_SOURCE_DIR}/core/include)
  target_link_libraries(runnel_${name} PRIVATE runnel_options ${layer_LINKS})
  foreach(used IN LISTS layer_USES)
    target_link_libraries(runnel_${name} PUBLIC runnel_${used})
  endforeach()
endfunction()
