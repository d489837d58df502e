#include "diff/diff_report.hpp"

#include <algorithm>

#include "base/diagnostic.hpp"
#include "base/utf8.hpp"
#include "value/writer.hpp"

namespace runnel::core {
namespace {

constexpr size_t kMostShown = 20;   // differences of one job, as text
constexpr size_t kMostBytes = 400;  // of one value

std::string shown(Value value) {
  const std::string json = to_json(value);
  const std::string_view start = std::string_view(json).substr(0, utf8_prefix(json, kMostBytes));
  return printable(start) + (start.size() < json.size() ? "... (" + std::to_string(json.size()) + " bytes)" : "");
}

// Where the job came from, as the one or the other record says.
std::string input_of(const PlacedRecord& a, const PlacedRecord& b) {
  for (const Value record : {a.record, b.record}) {
    const Value input = get(record, "input");
    const Value source = get(input, "source");
    const Value line = get(input, "line");
    if (source.kind == RUNNEL_STRING && is_number(line))
      return ", input " + printable(to_std_string(source)) + ":" + to_json(line);
  }
  return "";
}

std::string json_side(const PlacedRecord& side) {
  if (is_missing(side.record)) return "null";
  const Value id = get(side.record, "job_id");
  return "{\"line\":" + std::to_string(side.line) + ",\"job_id\":" + (is_missing(id) ? "null" : to_json(id)) + "}";
}

}  // namespace

std::string DiffReport::text(const PlacedRecord& a, const PlacedRecord& b,
                             const std::vector<Difference>& differences) const {
  return as_json_ ? as_json(a, b, differences) : as_text(a, b, differences);
}

std::string DiffReport::as_text(const PlacedRecord& a, const PlacedRecord& b,
                                const std::vector<Difference>& differences) const {
  const bool in_a = !is_missing(a.record);
  const bool in_b = !is_missing(b.record);
  const Value id = get(in_a ? a.record : b.record, "job_id");
  std::string text;
  if (!in_b) text += "only in " + a_.shown + ": ";
  if (!in_a) text += "only in " + b_.shown + ": ";
  text += is_missing(id) ? "job (" : "job " + printable(to_std_string(id)) + " (";
  if (in_a) text += a_.shown + ":" + std::to_string(a.line);
  if (in_a && in_b) text += ", ";
  if (in_b) text += b_.shown + ":" + std::to_string(b.line);
  text += input_of(a, b) + ")\n";
  for (size_t i = 0; i < std::min(differences.size(), kMostShown); ++i) {
    const Difference& one = differences[i];
    text += "  " + printable(one.path) + "\n";
    if (!is_missing(one.before)) text += "    - " + shown(one.before) + "\n";
    if (!is_missing(one.after)) text += "    + " + shown(one.after) + "\n";
  }
  if (differences.size() > kMostShown)
    text += "  ... and " + std::to_string(differences.size() - kMostShown) + " more\n";
  return text;
}

std::string DiffReport::as_json(const PlacedRecord& a, const PlacedRecord& b,
                                const std::vector<Difference>& differences) {
  std::string text = "{\"a\":" + json_side(a) + ",\"b\":" + json_side(b) + ",\"differences\":[";
  for (const Difference& one : differences) {
    if (&one != &differences.front()) text += ",";
    text += "{\"path\":" + to_json(string_view_value(one.path));
    if (!is_missing(one.before)) text += ",\"before\":" + to_json(one.before);
    if (!is_missing(one.after)) text += ",\"after\":" + to_json(one.after);
    text += "}";
  }
  return text + "]}\n";
}

}  // namespace runnel::core
