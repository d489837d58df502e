// Names of classes as flows of the Python library write them: Mapper, routilux.builtin_routines.ConditionalRouter.
#pragma once

#include <string>
#include <string_view>

#include "routine/registry.hpp"

namespace runnel::core {

// The name as ours would be written: data_transformer for DataTransformer, modules before it left out; any other name
// as it is.
std::string class_name_of(std::string_view name);
// The class of that name or of what it stands for: Mapper, routilux.Mapper; not mypkg.Mapper or MAPPER.
const RoutineSpec* find_class(const Registry&, std::string_view name);

}  // namespace runnel::core
