// From an error of Lua to a failure of the context, with its place in the flow file.
#include "base/utf8.hpp"
#include "script/engine.hpp"
#include "script/places.hpp"
#include "script/sandbox.hpp"

namespace runnel::core {
namespace {

constexpr size_t kMostMessage = size_t{16} * 1024;

int error_text(lua_State* L) {
  push_text(L, 1);
  return 1;
}

}  // namespace

void LuaEngine::report(int status, const Chunk& chunk) {
  const auto place = [&](uint32_t line, std::string_view named) {
    return place_of_line(chunk.source, line ? line : chunk.source.line, named).text();
  };
  if (status == LUA_ERRMEM && allocator_->last_refusal() == LuaAllocator::Refusal::stack) {
    fail(*context_, "script.error", "stack overflow", place(refused_line_, {}));
    return;
  }
  if (status == LUA_ERRMEM) lose_memory();
  if (!doomed_) {
    uint32_t line = 0;
    const std::string message = message_of_error(chunk, line);  // may run the script's __tostring
    if (!doomed_) fail(*context_, "script.error", message, place(line, named_in(message)));
  }
  if (!doomed_) return;
  if (!context_->has_failed) {
    fail(*context_, doom_.code, doom_.message, place(doom_.line, doom_.named));
  } else if (context_->failure.location.empty()) {
    context_->failure.location = place(doom_.line, doom_.named);
  }
}

std::string LuaEngine::message_of_error(const Chunk& chunk, uint32_t& line) {
  line = error_line_;
  const int type = lua_type(state_, -1);
  if (type == LUA_TNIL || type == LUA_TNONE) return "error() without a message";
  if (type != LUA_TSTRING) {
    lua_pushcfunction(state_, error_text);
    lua_insert(state_, -2);
    if (lua_pcall(state_, 1, 1, 0) != LUA_OK || lua_type(state_, -1) != LUA_TSTRING) return "an error that has no text";
  }
  size_t size = 0;
  const char* text = lua_tolstring(state_, -1, &size);
  std::string_view message(text, size);
  if (const uint32_t named = take_prefix(chunk.source, message)) line = named;
  if (message.size() > kMostMessage) message = message.substr(0, utf8_prefix(message, kMostMessage));
  return is_utf8(message) ? std::string(message) : printable(message);
}

}  // namespace runnel::core
