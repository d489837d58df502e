// What flows written for the Python library name and we have not: what to write instead, or "".
#pragma once

#include <string>
#include <string_view>

namespace runnel::core {

std::string instead_of_class(std::string_view name);
std::string instead_of_parameter(std::string_view class_name, std::string_view parameter);
std::string instead_of_event(std::string_view class_name, std::string_view event);

}  // namespace runnel::core
