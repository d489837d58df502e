// The three routines of the flow `enrich`, in C++: what enrich_script.yaml does in Lua.
#include <runnel/routine.hpp>
#include <string>

namespace {

class Ingress {
 public:
  void activate(runnel::Activation& in) {
    runnel::Job job = in.job();
    const runnel::Value request = in.slot("input").front();
    job.trace("enter", {{"slot", "input"}});
    const bool valid = request["user_id"].number_or(0) > 0;
    job.set_data("request", request);
    job.set_data("received_at", in.time(in.now_us()));
    job.set_data("valid", valid);
    job.trace("exit", {{"valid", valid}});
    in.emit("output", request);
  }

  static constexpr auto spec() {
    return runnel::routine("enrich_ingress", "Takes a request in and says whether it is valid")
        .slot("input", "request with user_id")
        .event("output", "the request");
  }
};

class Logic {
 public:
  void activate(runnel::Activation& in) {
    runnel::Job job = in.job();
    const runnel::Value request = in.slot("input").front();
    job.trace("enter", {{"slot", "input"}});
    const double amount = request["params"]["amount"].number_or(0);
    const bool vip = amount > 500;
    job.set_data("score", amount * 1.1);
    job.set_data("vip", vip);
    job.trace("exit", {{"vip", vip}});
    in.emit("output", request);
  }

  static constexpr auto spec() {
    return runnel::routine("enrich_logic", "Scores a request by its amount")
        .slot("input", "request with params.amount")
        .event("output", "the request");
  }
};

class Response {
 public:
  void activate(runnel::Activation& in) {
    runnel::Job job = in.job();
    const runnel::Value request = in.slot("input").front();
    job.trace("enter", {{"slot", "input"}});
    const std::string message = "processed " + request["params"]["action"].string_or("");
    job.set_data("response",
                 in.object({{"ok", job.get_data("valid")}, {"user", request["user_id"]}, {"message", message}}));
    job.trace("exit", {{"event", "done"}});
  }

  static constexpr auto spec() {
    return runnel::routine("enrich_response", "Builds the response from what the others found")
        .slot("input", "request");
  }
};

}  // namespace

RUNNEL_PLUGIN("enrich", "0.1.0", Ingress, Logic, Response)
