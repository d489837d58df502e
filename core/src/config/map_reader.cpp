#include "config/map_reader.hpp"

#include <algorithm>

#include "base/edit_distance.hpp"

namespace runnel::core {

MapReader::MapReader(const YamlNode& map, Mistakes& mistakes, std::vector<std::string> known, std::string where,
                     std::string noun, const Hint& hint_of)
    : map_(map), mistakes_(mistakes), where_(std::move(where)), noun_(std::move(noun)) {
  for (const YamlEntry& entry : map.entries) {
    if (std::find(known.begin(), known.end(), entry.key.text) != known.end()) continue;
    std::string hint = hint_of ? hint_of(entry.key.text) : std::string();
    if (std::string meant = nearest(entry.key.text, known); !meant.empty()) misspelt_.push_back(std::move(meant));
    mistakes.error(entry.key.place(), "unknown " + noun_ + " " + quoted(entry.key.text) + where_,
                   hint.empty() ? suggest(entry.key.text, known) : std::move(hint));
  }
}

const YamlNode* MapReader::get(std::string_view key) const {
  const YamlEntry* found = map_.find(key);
  return found ? &found->value : nullptr;
}

const YamlNode* MapReader::require(std::string_view key, const Place& place) {
  const YamlNode* found = get(key);
  if (!found && !is_misspelt(key)) {
    mistakes_.error(place, "missing " + noun_ + " " + quoted(key) + where_);
  }
  return found;
}

bool MapReader::is_misspelt(std::string_view key) const {
  return std::find(misspelt_.begin(), misspelt_.end(), key) != misspelt_.end();
}

}  // namespace runnel::core
