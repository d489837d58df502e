// An activation that goes on later, finished from any thread:
//
//   auto later = in.suspend();
//   std::thread([later] {
//     auto answer = ask_somebody();
//     later.finish([answer](runnel::Activation& in) { in.emit("answer", {{"text", answer}}); });
//   }).detach();
//
// Values, Items and the Activation itself end with activate(): copy out what the other thread needs. The rest of the
// activation reads its items again from the Activation it gets, and may suspend again.
#pragma once

#include <runnel/plugin.h>

#include <exception>
#include <functional>
#include <memory>
#include <new>
#include <runnel/failure.hpp>
#include <runnel/value.hpp>
#include <string>
#include <utility>

namespace runnel {

class Activation;

namespace detail {

// Runs what a routine's author wrote: no exception leaves.
template <class Function>
void guarded(runnel_context* context, Function&& function) noexcept {
  try {
    function();
  } catch (const Failure& failure) {
    host->fail(context, text(failure.code), text(failure.what()));
  } catch (const std::bad_alloc&) {
    host->fail(context, text("limit.memory"), text("out of memory"));
  } catch (const std::exception& error) {
    host->fail(context, text("exception"), text(error.what()));
  } catch (...) {
    host->fail(context, text("exception"), text("an exception that is no std::exception"));
  }
}

// The rest of an activation as C functions.
struct Rest {
  std::function<void(Activation&)> function;
  const runnel_type* type;

  static void run(runnel_context*, void* data);
  static void release(void* data) { delete static_cast<Rest*>(data); }
};

}  // namespace detail

// A handle: copy it freely. [any]
class Later {
 public:
  Later(runnel_later raw, const runnel_type* type) : raw_(raw), type_(type) {}

  // `rest` runs on the job's worker. False: it is known already that it will not: the activation was finished before,
  // or its job is over. Neither does any harm.
  bool finish(std::function<void(Activation&)> rest) const {
    auto* data = new detail::Rest{std::move(rest), type_};
    return detail::host->finish(raw_, detail::Rest::run, detail::Rest::release, data);
  }
  bool fail(std::string code, std::string message) const {
    return finish([code = std::move(code), message = std::move(message)](Activation&) { runnel::fail(code, message); });
  }

 private:
  runnel_later raw_;
  const runnel_type* type_;
};

}  // namespace runnel
