// fail: fails its activation, so that the error handler decides what becomes of the job.
#include <runnel/routine.hpp>
#include <string>

namespace {

class Fail {
 public:
  explicit Fail(runnel::Config config) : code_(config.string("code")), message_(config.expression("message")) {}

  void activate(runnel::Activation& in) {
    const runnel::Value message = in.evaluate(message_);
    if (!in.has_failed()) in.fail(code_, message.string_or(""));
  }

  static constexpr auto spec() {
    return runnel::routine("fail", "Fails with a code and a message")
        .slot("input", "anything")
        .param("code", runnel::kind::string, "\"routine.error\"", "the error's code")
        .param("message", runnel::kind::text, "\"failed\"", "the error's message, with {placeholders}");
  }

 private:
  std::string code_;
  runnel::Expression message_;
};

}  // namespace

RUNNEL_PLUGIN("fail", "0.1.0", Fail)
