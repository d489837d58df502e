// print: writes a line into the job's output and passes the item on.
#include <runnel/routine.hpp>

namespace {

class Print {
 public:
  explicit Print(runnel::Config config) : text_(config.expression("text")) {}

  void activate(runnel::Activation& in) {
    const runnel::Items items = in.slot("input");
    for (uint32_t i = 0; i < items.size(); ++i) {
      const runnel::Value text = in.evaluate(text_, items[i]);
      if (in.has_failed()) return;
      in.print(text.string_or("") + "\n");
      in.emit("output", items[i]);
    }
  }

  static constexpr auto spec() {
    return runnel::routine("print", "Writes a line into the record's output")
        .slot("input", "anything")
        .event("output", "the item itself")
        .param("text", runnel::kind::text, runnel::required,
               "the line; {data.user} in it is a Lua expression, {{ a brace");
  }

 private:
  runnel::Expression text_;
};

}  // namespace

RUNNEL_PLUGIN("print", "0.1.0", Print)
