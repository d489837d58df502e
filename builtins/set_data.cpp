// set_data: puts values into the job's data and passes the item on.
#include <runnel/routine.hpp>
#include <string>
#include <utility>
#include <vector>

namespace {

class SetData {
 public:
  explicit SetData(runnel::Config config) {
    const runnel::Value values = config["values"];
    for (uint32_t i = 0; i < values.size(); ++i) {
      const auto [key, value] = values.member(i);
      values_.emplace_back(key, runnel::Expression(value.raw()));
    }
  }

  void activate(runnel::Activation& in) {
    const runnel::Items items = in.slot("input");
    for (uint32_t i = 0; i < items.size(); ++i) {
      for (const auto& [key, expression] : values_) {
        const runnel::Value value = in.evaluate(expression, items[i]);
        if (in.has_failed()) return;
        in.job().set_data(key, value);
      }
      in.emit("output", items[i]);
    }
  }

  static constexpr auto spec() {
    return runnel::routine("set_data", "Puts values into the job's data")
        .slot("input", "anything")
        .event("output", "the item itself")
        .param("values", runnel::kind::object, runnel::required, "key of the job's data -> mapper value")
        .param("values.*", runnel::kind::value, "",
               "a path in the item (user.name), '= data.n * 2', {path: a.b, default: 0} or {value: 3}");
  }

 private:
  std::vector<std::pair<std::string, runnel::Expression>> values_;
};

}  // namespace

RUNNEL_PLUGIN("set_data", "0.1.0", SetData)
