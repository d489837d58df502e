// The routine class greeter: a plugin in one file.
#include <runnel/routine.hpp>
#include <string>

class Greeter {
 public:
  explicit Greeter(runnel::Config config) : salute_(config.string("salute")) {}

  void activate(runnel::Activation& in) {
    const runnel::Value request = in.slot("request").front();
    in.job().trace("greeted", {{"user", request["user_id"]}});
    in.emit("greeted", {{"text", salute_ + " " + request["user_id"].string_or("anonymous")}});
  }

  static constexpr auto spec() {
    return runnel::routine("greeter", "Greets the user of a request")
        .slot("request", "object with user_id")
        .event("greeted", "object with text")
        .param("salute", runnel::kind::string, "\"Hello\"", "word before the name");
  }

 private:
  std::string salute_;
};

RUNNEL_PLUGIN("greeter", "1.0.0", Greeter)
