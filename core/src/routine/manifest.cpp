#include "routine/manifest.hpp"

#include <algorithm>
#include <map>
#include <mutex>

#include "base/diagnostic.hpp"
#include "routine/manifest_text.hpp"
#include "routine/registry.hpp"

namespace runnel::core {

namespace {

// What grew behind it later may be missing.
constexpr size_t kLeastType = offsetof(runnel_type, ready);

constexpr const char* kMacro = "RUNNEL_PLUGIN(...) of runnel/routine.hpp makes it right";
constexpr uint32_t kMostTypes = 1000;
constexpr size_t kMostVersion = 100;

std::string version_text(uint32_t major, uint32_t minor) { return std::to_string(major) + "." + std::to_string(minor); }

std::string hex(uint32_t number) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text = "0x";
  for (int shift = 28; shift >= 0; shift -= 4) text += kDigits[(number >> shift) & 15];
  return text;
}

// While the major number is 0, minors promise each other nothing.
bool speaks_our_abi(const runnel_plugin& plugin) {
  if (plugin.abi_major != RUNNEL_ABI_MAJOR) return false;
  return RUNNEL_ABI_MAJOR == 0 ? plugin.abi_minor == RUNNEL_ABI_MINOR : plugin.abi_minor <= RUNNEL_ABI_MINOR;
}

std::string mistake_in_head(const runnel_plugin& plugin) {
  const std::string name = text_mistake(plugin.name, kMostName);
  if (!name.empty()) return "its name " + name;
  if (!is_id(view(plugin.name))) return "its name is \"" + std::string(view(plugin.name)) + "\", not " + kIdGrammar;
  for (const auto& [what, text] : {std::pair{"version", plugin.version}, {"sdk_version", plugin.sdk_version}}) {
    if (std::string mistake = text_mistake(text, kMostVersion); !mistake.empty()) {
      return std::string("its ") + what + " " + mistake;
    }
  }
  if (plugin.type_count == 0) return "it has no routine classes";
  const std::string count = "its type_count is " + std::to_string(plugin.type_count);
  if (plugin.type_count > kMostTypes) return count + "; at most " + std::to_string(kMostTypes) + " are believed";
  if (!plugin.types) return count + ", but types is null";
  return "";
}

std::string mistake_in_types(const runnel_plugin& plugin) {
  for (uint32_t i = 0; i < plugin.type_count; ++i) {
    const std::string which = "class " + std::to_string(i + 1) + " of " + std::to_string(plugin.type_count);
    const runnel_type* type = plugin.types[i];
    if (!type) return which + " is null";
    if (type->struct_size < kLeastType) {
      return which + " says it is " + std::to_string(type->struct_size) + " bytes; ABI " +
             version_text(plugin.abi_major, plugin.abi_minor) + " has " + std::to_string(kLeastType);
    }
    if (std::string mistake = text_mistake(type->name, kMostName); !mistake.empty()) {
      return which + ": its name " + mistake;
    }
    const std::string name = "class \"" + printable(view(type->name)) + "\"";
    if (std::string mistake = mistake_in(*type); !mistake.empty()) return name + ": " + mistake;
    for (uint32_t j = 0; j < i; ++j) {
      if (view(plugin.types[j]->name) == view(type->name)) return "it has two of " + name;
    }
  }
  return "";
}

}  // namespace

std::optional<Refusal> check_manifest(const runnel_plugin& plugin, size_t readable) {
  constexpr size_t kHead = offsetof(runnel_plugin, name);
  if (readable < kHead) {
    return Refusal{"its entry is " + std::to_string(readable) + " bytes, at least " + std::to_string(kHead) + " needed",
                   kMacro};
  }
  if (plugin.magic != RUNNEL_PLUGIN_MAGIC) {
    return Refusal{"its entry begins with " + hex(plugin.magic) + ", not with " + hex(RUNNEL_PLUGIN_MAGIC), kMacro};
  }
  if (!speaks_our_abi(plugin)) {
    return Refusal{"it is built for ABI " + version_text(plugin.abi_major, plugin.abi_minor) + "; this runnel has " +
                       version_text(RUNNEL_ABI_MAJOR, RUNNEL_ABI_MINOR),
                   "build it again with this runnel's SDK, or use the runnel it was built for"};
  }
  if (plugin.struct_size < sizeof(runnel_plugin) || readable < sizeof(runnel_plugin)) {
    return Refusal{"its entry is " + std::to_string(std::min<size_t>(plugin.struct_size, readable)) + " bytes; ABI " +
                       version_text(plugin.abi_major, plugin.abi_minor) + " has " +
                       std::to_string(sizeof(runnel_plugin)),
                   kMacro};
  }
  std::string mistake = mistake_in_head(plugin);
  if (mistake.empty()) mistake = mistake_in_types(plugin);
  if (mistake.empty()) return std::nullopt;
  return Refusal{std::move(mistake), "correct it in the plugin's source and build it again"};
}

bool initialise(const runnel_plugin& plugin) {
  static std::mutex mutex;
  static std::map<const runnel_plugin*, bool> done;
  const std::lock_guard lock(mutex);
  if (const auto at = done.find(&plugin); at != done.end()) return at->second;
  bool accepted = true;
  try {
    accepted = !plugin.init || plugin.init(&host_table());
  } catch (...) {  // nothing may be thrown through C; where it is all the same, the library is refused
    accepted = false;
  }
  done.emplace(&plugin, accepted);
  return accepted;
}

}  // namespace runnel::core
