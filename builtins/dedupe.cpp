// dedupe: lets pass what was not seen before.
#include <cmath>
#include <runnel/routine.hpp>
#include <string>

#include "key_text.hpp"
#include "remembered.hpp"

namespace {

constexpr std::string_view kJob = "job";

class Dedupe {
 public:
  explicit Dedupe(runnel::Config config)
      : key_(config.expression("key")),
        of_one_job_(config.string("within") == kJob),
        seen_(config.integer("max_keys"), std::llround(config.number("ttl") * 1e6)) {
    if (config.integer("max_keys") < 1) throw runnel::ConfigError("max_keys", "must be 1 or more");
    if (!config["ttl"].is_missing() && config.number("ttl") < 1e-6) {
      throw runnel::ConfigError("ttl", "must be more than 0; without it a key is not forgotten by time");
    }
  }

  void activate(runnel::Activation& in) {
    const runnel::Items items = in.slot("input");
    const int64_t now = in.now_us();
    for (uint32_t i = 0; i < items.size(); ++i) {
      const runnel::Value key = in.evaluate(key_, items[i]);
      if (in.has_failed()) return;
      const bool is_new = key.is_null() || is_first(in, in.job_of(0, i), key, now);
      if (is_new) {
        in.emit("output", items[i], in.job_of(0, i));
      } else {
        in.emit("duplicate", items[i], in.job_of(0, i));
      }
    }
  }

  static void resolve(runnel::Config config, runnel::Ports& ports) {
    if (config.string("within") != kJob) ports.add_flag(RUNNEL_KEEPS_STATE);
  }

  static constexpr auto spec() {
    return runnel::routine("dedupe", "Lets pass what was not seen before")
        .slot("input", "anything")
        .event("output", "the item itself, if its key is new")
        .event("duplicate", "the item itself, if its key was seen before")
        .param("key", runnel::kind::value, "\"$\"",
               "what must not come twice, a path (order.id) or '= expr'; without it the whole item. Equal is what is "
               "equal as JSON: 1 and 1.0, members in any order. A null key, or none, is always new")
        .param("within", runnel::kind::string, "\"worker\"",
               "worker: among all jobs, which keeps state between the jobs of a worker; job: each job for itself, on "
               "any number of workers")
        .choices("worker|job")
        .param("ttl", runnel::kind::duration, "",
               "30s, 10m, 1h: seen again so long after it was new, it is new again; by the clock of the jobs")
        .param(
            "max_keys", runnel::kind::integer, "100000",
            "how many keys a worker remembers at most, those of all its jobs together; the oldest is forgotten first");
  }

 private:
  bool is_first(runnel::Activation& in, const runnel::Job& job, const runnel::Value& key, int64_t now) const {
    std::string text = runnel::builtin::short_key_text(key);
    if (of_one_job_) text = job.job_id().string_or("") + ' ' + text;  // ids are unique in a run
    if (seen_.find(in.state(), text, now)) return false;
    seen_.add(in.state(), text, now);
    return true;
  }

  runnel::Expression key_;
  bool of_one_job_;
  runnel::builtin::Remembered seen_;
};

}  // namespace

RUNNEL_PLUGIN("dedupe", "0.1.0", Dedupe)
