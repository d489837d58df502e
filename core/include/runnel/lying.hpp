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
  Job job() const { return activation_.job(); }  // without fields where slots are the worker's

  // When an item of slot() arrived and, to be compared with it, what time it is: microseconds of one clock.
  int64_t since_us(uint32_t slot, uint32_t index) const { return lying(slot)[index].since; }
  int64_t now_us() const {
    int64_t now = 0;
    detail::host->lying(context_, 0, &now);
    return now;
  }
  // What the class wants to remember of an item as long as it lies there; 0 at first.
  int64_t& note(uint32_t slot, uint32_t index) { return lying(slot)[index].note; }

  void take(uint32_t slot, uint32_t index) { detail::host->take(context_, slot, index); }
  // Asks again after so many microseconds, unless an item arrives before: then it must be said anew.
  void judge_after(int64_t microseconds) { detail::host->judge_after(context_, microseconds); }

 private:
  runnel_lying* lying(uint32_t slot) const {
    int64_t now = 0;
    return detail::host->lying(context_, slot, &now);
  }

  runnel_context* context_;
  Activation activation_;
};

}  // namespace runnel
