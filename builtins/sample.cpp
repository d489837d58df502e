// sample: keeps a share of the items, or every nth.
#include <cmath>
#include <runnel/routine.hpp>
#include <string>

namespace {

// FNV-1a, its bits mixed by the last step of MurmurHash3: every bit of the text moves every bit of the number.
uint64_t hash(std::string_view text, uint64_t seed) {
  uint64_t state = 0xcbf29ce484222325u ^ seed;
  for (const char c : text) state = (state ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  state = (state ^ (state >> 33)) * 0xff51afd7ed558ccdu;
  state = (state ^ (state >> 33)) * 0xc4ceb9fe1a85ec53u;
  return state ^ (state >> 33);
}

class Sample {
 public:
  explicit Sample(runnel::Config config)
      : every_(config.integer("every")), rate_(config.number("rate")), by_(config.expression("by")) {
    const bool has_every = !config["every"].is_missing(), has_rate = !config["rate"].is_missing();
    if (has_every == has_rate) {
      throw runnel::ConfigError(has_every ? "rate" : "",
                                has_every ? "either every or rate, not both" : "give every or rate");
    }
    if (has_every && every_ < 1) throw runnel::ConfigError("every", "must be 1 or more");
    if (has_rate && !(rate_ >= 0 && rate_ <= 1)) throw runnel::ConfigError("rate", "must be from 0 to 1");
    if (has_every && by_) throw runnel::ConfigError("by", "goes with rate, not with every");
  }

  void activate(runnel::Activation& in) {
    const runnel::Items items = in.slot("input");
    for (uint32_t i = 0; i < items.size(); ++i) {
      const bool is_kept = every_ > 0 ? is_nth(in) : is_in_share(in, items[i], i);
      if (in.has_failed()) return;
      if (is_kept) {
        in.emit("output", items[i]);
      } else {
        in.emit("dropped", items[i]);
      }
    }
  }

  // Counting is what outlives jobs; a share does not need it.
  static void resolve(runnel::Config config, runnel::Ports& ports) {
    if (!config["every"].is_missing()) ports.add_flag(RUNNEL_KEEPS_STATE);
  }

  static constexpr auto spec() {
    return runnel::routine("sample", "Keeps a share of the items, or every nth")
        .slot("input", "anything")
        .event("output", "the item itself, if it is kept")
        .event("dropped", "the item itself, if not")
        .param("every", runnel::kind::integer, "",
               "keep the 1st, the (n+1)th, ... of all jobs; counting keeps state between the jobs of a worker")
        .param("rate", runnel::kind::number, "",
               "the share to keep, 0 to 1, chosen by a hash of the job's id and the item: no state, the same on any "
               "number of workers and, with --deterministic, in every run")
        .param("by", runnel::kind::value, "",
               "with rate: hash this instead, a path (user.id) or '= expr'; what has the same value is kept or dropped "
               "together, in every run");
  }

 private:
  bool is_nth(runnel::Activation& in) const {
    const runnel::Value seen =
        in.state().update("seen", [&](runnel::Value before) { return runnel::Value((before.int_or(0) % every_) + 1); });
    return seen.int_or(0) == 1;
  }

  bool is_in_share(runnel::Activation& in, runnel::Value item, uint32_t index) const {
    uint64_t number = 0;
    if (by_) {
      const runnel::Value key = in.evaluate(by_, item);
      if (in.has_failed()) return false;
      number = hash(key.json(), 0);
    } else {
      number = hash(item.json(), hash(in.job().job_id().string_or(""), index));
    }
    constexpr int kBits = 53;  // of a double
    return std::ldexp(static_cast<double>(number >> (64 - kBits)), -kBits) < rate_;
  }

  int64_t every_;
  double rate_;
  runnel::Expression by_;
};

}  // namespace

RUNNEL_PLUGIN("sample", "0.1.0", Sample)
