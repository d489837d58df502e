// What a class's own activation policy sees, in
//
//   bool ready(runnel::Lying& in);
//
// which is used where the flow names no `activation`. It is asked when an item has arrived in a slot and when the time
// it asked for is over. True: activate() runs now, with the items named by take(), or with all of them if it named
// none; what is left lies there yet, and it is asked again. It only reads: effects belong into activate(). Whatever
// lies in the slots when the job has nothing else to do is flushed to activate() (policy_message {reason: flush}), so
// nothing needs to be kept in the instance. [worker]
#pragma once

#include <runnel/activation.hpp>

namespace runnel {

class Lying {
 public:
  Lying(runnel_context* context, const runnel_type* type) : context_(context), activation_(context, type) {}

  Items slot(uint32_t number) const { return activation_.slot(number); }  // oldest first
  Items slot(Text name) const { return activation_.slot(name); }
  Value evaluate(const Expression& expression, Value item = {}) { return activation_.evaluate(expression, item); }
  bool has_failed() const { return activation_.has_failed(); }
  int64_t now_us() const { return activation_.now_us(); }

  void take(uint32_t slot, uint32_t index) { detail::host->take(context_, slot, index); }
  // Asks again after so many microseconds, unless an item arrives before: then it must be said anew.
  void judge_after(int64_t microseconds) { detail::host->judge_after(context_, microseconds); }

 private:
  runnel_context* context_;
  Activation activation_;
};

}  // namespace runnel
