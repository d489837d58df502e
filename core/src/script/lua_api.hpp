// Lua's C API. Lua is compiled as C: an error is a longjmp, so no object with a destructor may be alive in a frame that
// calls a function of this API that can raise.
#pragma once

extern "C" {
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
}
