// Reads a map whose keys are known: unknown ones are reported with the nearest, missing ones at the map's place.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "config/mistakes.hpp"
#include "config/yaml_tree.hpp"

namespace runnel::core {

class MapReader {
 public:
  // What to write instead of a key that is not known; "": the nearest one is offered.
  using Hint = std::function<std::string(const std::string& key)>;

  // Reports every key that is not known: unknown `noun` "key"`where`, for example unknown key "clas" in routine "a".
  MapReader(const YamlNode& map, Mistakes&, std::vector<std::string> known, std::string where, std::string noun = "key",
            const Hint& hint_of = {});

  const YamlNode* get(std::string_view key) const;
  const YamlEntry* entry(std::string_view key) const { return map_.find(key); }
  // Reported at `place` when missing, unless a misspelt key stands for it.
  const YamlNode* require(std::string_view key, const Place& place);
  // A key that is not known was probably meant to be this one.
  bool is_misspelt(std::string_view key) const;

 private:
  const YamlNode& map_;
  Mistakes& mistakes_;
  std::string where_;
  std::string noun_;
  std::vector<std::string> misspelt_;
};

}  // namespace runnel::core
