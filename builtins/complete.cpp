// complete: gives the job its final status at once; what of it still runs or waits is dropped.
#include <runnel/routine.hpp>
#include <string>

namespace {

class Complete {
 public:
  explicit Complete(runnel::Config config) : status_(config.string("status")), error_(config.expression("error")) {}

  void activate(runnel::Activation& in) {
    const runnel::Value error = error_ ? in.evaluate(error_) : runnel::Value();
    if (!in.has_failed()) in.job().complete(status_, error);
  }

  static constexpr auto spec() {
    return runnel::routine("complete", "Gives the job its final status")
        .slot("input", "anything")
        .param("status", runnel::kind::string, "\"completed\"", "the final status")
        .choices("completed|failed|cancelled")
        .param("error", runnel::kind::text, "", "the record's error, with {placeholders}");
  }

 private:
  std::string status_;
  runnel::Expression error_;
};

}  // namespace

RUNNEL_PLUGIN("complete", "0.1.0", Complete)
