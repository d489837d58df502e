// Texts and names of a manifest.
#pragma once

#include <runnel/plugin.h>

#include <cstddef>
#include <string>

namespace runnel::core {

constexpr size_t kMostName = 100;
constexpr const char* kIdGrammar = "a letter or _, then letters, digits, _ and -";

// What is wrong with a text, as "is empty"; "" when it is right. Looks at no byte unless the size is believable.
std::string text_mistake(runnel_text, size_t most, bool may_be_empty = false);

}  // namespace runnel::core
