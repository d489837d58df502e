// yaml-cpp's exceptions in our words and with a place inside the file.
#pragma once

#include <yaml-cpp/exceptions.h>

#include "config/mistakes.hpp"
#include "config/tree_builder.hpp"

namespace runnel::core {

// `offset`: of the exception's mark in the source; its size when behind the end.
void report_yaml_error(const YAML::Exception&, size_t offset, const YamlSource&, const TreeBuilder&, Mistakes&);

}  // namespace runnel::core
