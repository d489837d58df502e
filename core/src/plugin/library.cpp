#include "plugin/library.hpp"

#include <dlfcn.h>
#include <link.h>

#include <cstring>
#include <filesystem>

#include "base/diagnostic.hpp"
#include "plugin/elf_file.hpp"
#include "plugin/trial_child.hpp"

namespace runnel::core {

namespace {

constexpr const char* kSymbol = "runnel_plugin_entry";
constexpr const char* kMacro = "end one source file with RUNNEL_PLUGIN(...) and build it by runnel_add_plugin()";

// dlopen looks a name without a slash up in the system's folders; an absolute path means this file.
std::string absolute(const std::string& path) {
  std::error_code error;
  const auto result = std::filesystem::absolute(path, error);
  return error ? path : result.string();
}

Refusal refused_by_linker(const std::string& path) {
  const char* said = dlerror();  // read once: the second call gives null
  std::string message = said ? printable(said) : "no reason given";
  if (message.starts_with(path + ": ")) message.erase(0, path.size() + 2);
  std::string hint;
  if (message.find("cannot open shared object file") != std::string::npos) {
    hint = "install the library it needs, or link the plugin with an RPATH to it; `ldd` lists them";
  } else if (message.find("undefined symbol") != std::string::npos) {
    hint = "link the plugin with the library that has it";
  }
  return {"cannot be loaded: " + message, std::move(hint)};
}

struct Entry {
  const runnel_plugin* plugin = nullptr;
  size_t size = 0;
};

// The library's own symbol: a plain dlsym finds one of the libraries it needs, too.
std::optional<Refusal> find_entry(void* handle, Entry& out) {
  const Refusal none{std::string("not a plugin: it exports no symbol ") + kSymbol, kMacro};
  void* symbol = dlsym(handle, kSymbol);
  if (!symbol) {
    dlerror();
    return none;
  }
  Dl_info info{};
  ElfW(Sym)* entry = nullptr;
  link_map* map = nullptr;
  if (dladdr1(symbol, &info, reinterpret_cast<void**>(&entry), RTLD_DL_SYMENT) == 0 || !entry) return none;
  if (dlinfo(handle, RTLD_DI_LINKMAP, &map) != 0 || !info.dli_fname) return none;
  if (std::strcmp(info.dli_fname, map->l_name) != 0) return none;
  if ((entry->st_info & 15) != STT_OBJECT) {
    return Refusal{std::string("its symbol ") + kSymbol + " is a function, not a constant of type runnel_plugin",
                   kMacro};
  }
  out = {static_cast<const runnel_plugin*>(symbol), entry->st_size};
  return std::nullopt;
}

std::optional<Refusal> open_and_add(const std::string& path, const std::string& owner, Registry& registry) {
  void* handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!handle) return refused_by_linker(path);
  Entry entry;
  if (auto refusal = find_entry(handle, entry)) return refusal;
  return registry.add(*entry.plugin, owner, entry.size);
}

}  // namespace

std::optional<Refusal> add_library(const std::string& path, Registry& registry, bool child_first) {
  const std::string full = absolute(path);
  if (auto refusal = check_elf_file(full)) return refusal;
  const bool is_open = dlopen(full.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NOLOAD) != nullptr;
  if (child_first && !is_open) {
    auto refusal = try_in_child([&] {
      Registry trial = registry;
      open_and_add(full, path, trial);
    });
    if (refusal) return refusal;
  }
  return open_and_add(full, path, registry);
}

}  // namespace runnel::core
