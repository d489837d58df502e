// trace: adds an entry to the job's trace log and passes the item on.
#include <runnel/routine.hpp>
#include <string>
#include <utility>
#include <vector>

namespace {

class Trace {
 public:
  explicit Trace(runnel::Config config) : action_(config.string("action")) {
    const runnel::Value details = config["details"];
    for (uint32_t i = 0; i < details.size(); ++i) {
      const auto [key, value] = details.member(i);
      details_.emplace_back(key, runnel::Expression(value.raw()));
    }
  }

  void activate(runnel::Activation& in) {
    const runnel::Items items = in.slot("input");
    std::vector<runnel_member> members(details_.size());
    for (uint32_t i = 0; i < items.size(); ++i) {
      for (size_t k = 0; k < details_.size(); ++k) {
        const runnel::Value value = in.evaluate(details_[k].second, items[i]);
        if (in.has_failed()) return;
        members[k] = {runnel::Value(details_[k].first).raw(), value.raw()};
      }
      in.job().trace(action_, members.data(), members.size());
      in.emit("output", items[i]);
    }
  }

  static constexpr auto spec() {
    return runnel::routine("trace", "Adds an entry to the job's trace log")
        .slot("input", "anything")
        .event("output", "the item itself")
        .param("action", runnel::kind::string, runnel::required, "the entry's action")
        .param("details", runnel::kind::object, "{}", "key of the entry's details -> mapper value")
        .param("details.*", runnel::kind::value, "",
               "a path in the item (user.name), '= data.n * 2', {path: a.b, default: 0} or {value: 3}");
  }

 private:
  std::string action_;
  std::vector<std::pair<std::string, runnel::Expression>> details_;
};

}  // namespace

RUNNEL_PLUGIN("trace", "0.1.0", Trace)
