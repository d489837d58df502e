// The shared libraries a flow takes classes from: --plugin, and `plugins:` of the file.
#include <filesystem>

#include "config/loading.hpp"

namespace runnel::core {
namespace {

void add_library(Loading& loading, const std::string& path, const Place& place, const std::string& subject) {
  if (!loading.options.add_library) {
    loading.mistakes.error(place, "plugins cannot be opened here");
    loading.lacks_classes = true;
    return;
  }
  auto refusal = loading.options.add_library(path, loading.registry);
  if (!refusal) return;
  loading.mistakes.error(place, subject + refusal->message, std::move(refusal->hint));
  loading.lacks_classes = true;
}

}  // namespace

void add_plugins_of_options(Loading& loading) {
  for (const std::string& path : loading.options.plugins) {
    add_library(loading, path, Place{"--plugin " + path, 0, 0, 1}, "");
  }
}

// Paths are relative to the flow file's folder; to the working directory when the flow has no file.
void read_plugins(Loading& loading, const YamlNode& plugins) {
  if (plugins.kind != NodeKind::list) {
    loading.fields.refuse(plugins, "\"plugins\"", "a list of paths");
    return;
  }
  const std::filesystem::path folder = std::filesystem::path(loading.flow.file).parent_path();
  for (const YamlNode& item : plugins.items) {
    if (loading.options.untrusted) {
      loading.mistakes.forbid(item.place(), "plugins", "one you trust can be given by --plugin");
      loading.lacks_classes = true;
      continue;
    }
    const auto path = loading.fields.text(item, "an item of \"plugins\"");
    if (!path) {
      loading.lacks_classes = true;
      continue;
    }
    const std::string full = (folder / *path).string();
    add_library(loading, full, item.place(), "plugin \"" + full + "\": ");
  }
}

}  // namespace runnel::core
