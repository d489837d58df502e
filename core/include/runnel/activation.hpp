// What a routine works with: its configuration when it is made, an Activation each time it runs, the job it runs for.
// Everything here belongs to the call that lent it. [worker] unless said otherwise.
#pragma once

#include <functional>
#include <optional>
#include <runnel/failure.hpp>
#include <runnel/later.hpp>
#include <runnel/value.hpp>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace runnel {

// The configuration refuses to be used: thrown in a constructor. path: `routes[0].when`; offset: byte in that text.
struct ConfigError : std::runtime_error {
  ConfigError(std::string path_, const std::string& message, size_t offset_ = 0)
      : std::runtime_error(message), path(std::move(path_)), offset(offset_) {}
  std::string path;
  size_t offset;
};

// Something of the configuration to be computed at run time: kinds lua, expression, value, text and condition.
class Expression {
 public:
  Expression() = default;
  explicit Expression(runnel_value raw) : raw_(raw) {}
  explicit operator bool() const { return raw_.kind == RUNNEL_EXPRESSION; }
  runnel_value raw() const { return raw_; }

 private:
  runnel_value raw_{};
};

// [load] The checked configuration, defaults filled in. What it holds lives as long as the routine, but a Value read
// from it is bound to the routine's making: copy it out, or keep its raw() and use Value(in.raw(), raw) in activate.
class Config {
 public:
  Config(runnel_context* context, runnel_value raw) : context_(context), object_(context, raw) {}
  Value operator[](std::string_view name) const { return object_[name]; }
  Value object() const { return object_; }
  std::string string(std::string_view name) const { return object_[name].string_or(""); }
  int64_t integer(std::string_view name) const { return object_[name].int_or(0); }
  double number(std::string_view name) const { return object_[name].number_or(0); }
  bool boolean(std::string_view name) const { return object_[name].bool_or(false); }
  Expression expression(std::string_view name) const { return Expression(object_[name].raw()); }
  // The names of the slots, in the order of their numbers.
  std::vector<std::string> slots() const {
    std::vector<std::string> names;
    for (uint32_t slot = 0;; ++slot) {
      const std::string_view name = detail::view(detail::host->slot_name(context_, slot));
      if (name.empty()) return names;
      names.emplace_back(name);
    }
  }
  // Shown as a warning at a parameter such as `schema.format`; what cannot work at all is a ConfigError.
  void warn(std::string_view path, std::string_view message, size_t offset = 0) const {
    detail::host->warn(context_, detail::text(path), offset, detail::text(message));
  }

 private:
  runnel_context* context_;
  Value object_;
};

// [load] What a class adds to its spec when it knows its configuration, in
// `static void resolve(runnel::Config, runnel::Ports&)`. Added events are numbered behind those of the spec.
class Ports {
 public:
  explicit Ports(runnel_context* context) : context_(context) {}
  void add_slot(std::string_view name) { detail::host->add_slot(context_, detail::text(name)); }
  void add_event(std::string_view name) { detail::host->add_event(context_, detail::text(name)); }
  void add_flag(runnel_type_flag flag) { detail::host->add_flags(context_, flag); }

 private:
  runnel_context* context_;
};

// The job an activation runs for; or, with worker-scoped slots, one of those it serves.
class Job {
 public:
  explicit Job(runnel_context* context, uint32_t number = RUNNEL_ALL_JOBS) : context_(context), number_(number) {}
  uint32_t number() const { return number_; }

  Value job_id() const { return field(RUNNEL_JOB_ID); }
  Value worker_id() const { return field(RUNNEL_JOB_WORKER_ID); }
  Value flow_id() const { return field(RUNNEL_JOB_FLOW_ID); }
  Value status() const { return field(RUNNEL_JOB_STATUS); }
  Value error() const { return field(RUNNEL_JOB_ERROR); }
  Value created_at() const { return field(RUNNEL_JOB_CREATED_AT); }
  Value metadata() const { return field(RUNNEL_JOB_METADATA); }
  Value data() const { return field(RUNNEL_JOB_DATA); }
  Value trace_log() const { return field(RUNNEL_JOB_TRACE_LOG); }

  Value get_data(std::string_view key) const {
    const Use use(*this);
    return {context_, detail::host->get_data(context_, detail::text(key))};
  }
  void set_data(Text key, Value value) {
    const Use use(*this);
    detail::host->set_data(context_, key.raw(), value.raw());
  }
  void trace(Text action, Pairs details = {}) {
    trace(action, details.size() ? &details.begin()->raw : nullptr, details.size());
  }
  void trace(Text action, const runnel_member* details, size_t count) {
    const Use use(*this);
    detail::host->trace(context_, action.raw(), details, static_cast<uint32_t>(count));
  }
  // status: completed, failed or cancelled. Takes effect when the activation returns; the first call counts.
  void complete(std::string_view status = "completed", Value error = {}) {
    const Use use(*this);
    detail::host->complete(context_, detail::text(status), error.raw());
  }

 private:
  // The calls of its lifetime concern this job.
  struct Use {
    explicit Use(const Job& job) : context(job.number_ == RUNNEL_ALL_JOBS ? nullptr : job.context_) {
      if (context) detail::host->use_job(context, job.number_);
    }
    ~Use() {
      if (context) detail::host->use_job(context, RUNNEL_ALL_JOBS);
    }
    Use(const Use&) = delete;
    Use& operator=(const Use&) = delete;
    runnel_context* context;
  };
  friend class Activation;
  Value field(runnel_job_field field) const {
    const Use use(*this);
    return {context_, detail::host->job(context_, field)};
  }
  runnel_context* context_;
  uint32_t number_;
};

// State of the worker: outlives jobs. What an activation writes, others see when it has returned without failing.
class State {
 public:
  State(runnel_context* context, bool shared) : context_(context), shared_(shared) {}
  Value get(std::string_view key) const {
    return {context_, detail::host->state_get(context_, shared_, detail::text(key))};
  }
  void set(std::string_view key, Value value) {
    detail::host->state_set(context_, shared_, detail::text(key), value.raw());
  }
  template <class Function>
  Value update(std::string_view key, Function&& change) {
    Value next = change(get(key));
    set(key, next);
    return next;
  }

 private:
  runnel_context* context_;
  bool shared_;
};

// The items an activation took from one slot, oldest first.
class Items {
 public:
  Items(runnel_context* context, const runnel_value* first, uint32_t count)
      : context_(context), first_(first), count_(count) {}
  uint32_t size() const { return count_; }
  bool empty() const { return count_ == 0; }
  Value operator[](uint32_t index) const { return index < count_ ? Value(context_, first_[index]) : Value(); }
  Value front() const { return (*this)[0]; }  // missing when there is none

 private:
  runnel_context* context_;
  const runnel_value* first_;
  uint32_t count_;
};

// One run of a routine's logic. Emits, complete() and state take effect only if it returns without failing.
class Activation {
 public:
  Activation(runnel_context* context, const runnel_type* type) : context_(context), type_(type) {}

  Items slot(uint32_t number) const {
    uint32_t count = 0;
    const runnel_value* first = detail::host->items(context_, number, &count);
    return {context_, first, count};
  }
  Items slot(Text name) const { return slot(number_of(name.view(), type_->slots, type_->slot_count, "slot")); }
  Value policy_message() const { return {context_, detail::host->policy_message(context_)}; }
  Job job() const { return Job(context_); }
  // With worker-scoped slots: the jobs served, each once, in the order of their items. job() then has no fields, its
  // traces go to each of them, and set_data and complete need one of these.
  uint32_t job_count() const { return detail::host->job_count(context_); }
  Job job(uint32_t number) const { return Job(context_, number); }
  Job job_of(uint32_t slot, uint32_t index) const { return Job(context_, detail::host->job_of(context_, slot, index)); }
  State state() const { return {context_, false}; }
  State shared_state() const { return {context_, true}; }

  void emit(uint32_t event, Value item) { detail::host->emit(context_, event, item.raw()); }
  void emit(Text event, Value item) { emit(number_of(event.view(), type_->events, type_->event_count, "event"), item); }
  void emit(Text event, Pairs members) { emit(event, object(members)); }
  void emit(Text event, Value item, const Job& job) {  // for one of the jobs served; else a copy goes to each
    const Job::Use use(job);
    emit(event, item);
  }
  void emit(uint32_t event, Value item, const Job& job) {
    const Job::Use use(job);
    emit(event, item);
  }
  [[noreturn]] void fail(std::string code, const std::string& message) { runnel::fail(std::move(code), message); }
  void print(std::string_view text) { detail::host->print(context_, detail::text(text)); }
  int64_t now_us() const { return detail::host->now(context_); }
  Value time(int64_t microseconds) const { return {context_, detail::host->make_time(context_, microseconds)}; }

  // The activation goes on when the handle is finished; the worker does other work meanwhile.
  Later suspend() { return {detail::host->suspend(context_), type_}; }
  // Goes on by itself after so many microseconds, unless it was finished before; suspends.
  void finish_after(int64_t microseconds, std::function<void(Activation&)> rest) {
    auto* data = new detail::Rest{std::move(rest), type_};
    detail::host->finish_after(context_, microseconds, detail::Rest::run, detail::Rest::release, data);
  }
  // Called on the worker if the job ends while this activation is suspended; suspends.
  void on_cancel(std::function<void()> cancel) {
    using Function = std::function<void()>;
    detail::host->on_cancel(
        context_,
        [](void* data) {
          try {
            (*static_cast<Function*>(data))();
          } catch (...) {  // nobody is left to be told
          }
        },
        [](void* data) { delete static_cast<Function*>(data); }, new Function(std::move(cancel)));
  }

  // `data` is the item, or the first one taken. On an error the activation has failed and the value is missing.
  Value evaluate(const Expression& expression, Value item = {}) {
    return {context_, detail::host->evaluate(context_, expression.raw(), item.raw())};
  }
  bool has_failed() const { return detail::host->failed(context_); }

  Value object(Pairs members) const {
    const runnel_member* first = members.size() ? &members.begin()->raw : nullptr;
    return {context_, detail::host->make_object(context_, first, static_cast<uint32_t>(members.size()))};
  }
  Value object(const runnel_member* members, size_t count) const {
    return {context_, detail::host->make_object(context_, members, static_cast<uint32_t>(count))};
  }
  Value array(const runnel_value* items, size_t count) const {
    return {context_, detail::host->make_array(context_, items, static_cast<uint32_t>(count))};
  }
  Value string(std::string_view text) const {
    return {context_, detail::host->make_string(context_, detail::text(text))};
  }
  Value parse(std::string_view json) const {
    return {context_, detail::host->parse_json(context_, detail::text(json))};
  }
  runnel_context* raw() const { return context_; }

 private:
  static uint32_t number_of(std::string_view name, const runnel_port* ports, uint32_t count, const char* what) {
    for (uint32_t i = 0; i < count; ++i) {  // equal literals of one file mostly are one: the pointers decide
      if (ports[i].name.size == name.size() &&
          (ports[i].name.data == name.data() || detail::view(ports[i].name) == name))
        return i;
    }
    runnel::fail("event.unknown", std::string("the class declares no ") + what + " \"" + std::string(name) + "\"");
  }
  runnel_context* context_;
  const runnel_type* type_;
};

inline void detail::Rest::run(runnel_context* context, void* data) {
  guarded(context, [&] {
    const auto* rest = static_cast<const Rest*>(data);
    Activation activation(context, rest->type);
    rest->function(activation);
  });
}

// The job of the activation this thread is in; nothing outside one. [any]
inline std::optional<Job> current_job() {
  runnel_context* context = detail::host ? detail::host->current() : nullptr;
  if (!context || detail::host->job(context, RUNNEL_JOB_ID).kind == RUNNEL_MISSING) return std::nullopt;
  return Job(context);
}

}  // namespace runnel
