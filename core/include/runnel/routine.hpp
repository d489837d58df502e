// Write a routine class in C++20: a constructor that takes its Config, activate(), and spec(). Built into runnel or as
// a library, from the same source:
//
//   class Greeter {
//    public:
//     explicit Greeter(runnel::Config config) : salute_(config.string("salute")) {}
//     void activate(runnel::Activation& in) {
//       in.emit("greeted", {{"text", salute_ + " " + in.slot("request").front()["user_id"].string_or("anonymous")}});
//     }
//     static constexpr auto spec() { return runnel::routine("greeter", "Greets the user of a request") ... ; }
//   };
//   RUNNEL_PLUGIN("greeter", "1.0.0", Greeter)
//
// One instance belongs to one worker: no locks are needed. No exception leaves; no static constructors, please: a
// library whose static constructor throws cannot be refused.
#pragma once

#include <runnel/plugin.h>

#include <concepts>
#include <exception>
#include <new>
#include <runnel/activation.hpp>
#include <runnel/lying.hpp>
#include <runnel/spec.hpp>
#include <runnel/value.hpp>

namespace runnel {

// The C functions and the manifest of a C++ routine class.
template <class Routine>
struct __attribute__((visibility("hidden"))) TypeOf {
  static constexpr Spec spec = Routine::spec();

  static void* create(runnel_context* context, runnel_value config) noexcept {
    void* made = nullptr;
    accepted(context, [&] { made = make(context, config); });
    return made;
  }
  static bool resolve(runnel_context* context, runnel_value config) noexcept {
    return accepted(context, [&] {
      Ports ports(context);
      Routine::resolve(Config(context, config), ports);
    });
  }
  static void activate(runnel_context* context, void* self) noexcept {
    detail::guarded(context, [&] {
      Activation activation(context, &type);
      static_cast<Routine*>(self)->activate(activation);
    });
  }
  static void destroy(void* self) noexcept { delete static_cast<Routine*>(self); }

 private:
  template <class Function>
  static bool accepted(runnel_context* context, Function&& function) noexcept {
    try {
      function();
      return true;
    } catch (const ConfigError& error) {
      detail::host->reject(context, detail::text(error.path), error.offset, detail::text(error.what()));
    } catch (const std::exception& error) {
      detail::host->reject(context, {}, 0, detail::text(error.what()));
    } catch (...) {
      detail::host->reject(context, {}, 0, detail::text("an exception that is no std::exception"));
    }
    return false;
  }
  static constexpr auto judge() -> bool (*)(runnel_context*, void*) {
    if constexpr (requires(Routine routine, Lying lying) { routine.ready(lying); }) {
      return ready<>;
    } else {
      return nullptr;
    }
  }
  template <class Class = Routine>
  static bool ready(runnel_context* context, void* self) noexcept {
    bool is_ready = false;
    detail::guarded(context, [&] {
      Lying lying(context, &type);
      is_ready = static_cast<Class*>(self)->ready(lying);
    });
    return is_ready;
  }
  static constexpr auto resolver() -> bool (*)(runnel_context*, runnel_value) {
    if constexpr (requires(Config config, Ports ports) { Routine::resolve(config, ports); }) {
      return resolve;
    } else {
      return nullptr;
    }
  }
  static Routine* make(runnel_context* context, runnel_value config) {
    if constexpr (std::constructible_from<Routine, Config>) {
      return new Routine(Config(context, config));
    } else {
      return new Routine();
    }
  }

 public:
  // Behind what it names: Clang looks names of an initializer up where it stands.
  static constexpr runnel_type type = {sizeof(runnel_type),
                                       spec.flags_,
                                       spec.name_,
                                       spec.summary_,
                                       spec.slots_,
                                       spec.events_,
                                       spec.params_,
                                       spec.slot_count_,
                                       spec.event_count_,
                                       spec.param_count_,
                                       0,
                                       TypeOf::resolver(),
                                       create,
                                       activate,
                                       destroy,
                                       TypeOf::judge()};
};

namespace detail {
inline bool keep_host(const runnel_host* table) {
  host = table;
  return table->abi_major == RUNNEL_ABI_MAJOR && table->struct_size >= sizeof(runnel_host);
}
}  // namespace detail
}  // namespace runnel

// The symbol a library exports. Our own build gives each built-in file a name of its own instead.
#ifndef RUNNEL_ENTRY
#define RUNNEL_ENTRY runnel_plugin_entry
#endif

#define RUNNEL_PLUGIN(plugin_name, plugin_version, ...)                                                    \
  namespace {                                                                                              \
  template <class... Routines>                                                                             \
  struct RunnelTypes {                                                                                     \
    static constexpr const runnel_type* list[] = {&runnel::TypeOf<Routines>::type...};                     \
  };                                                                                                       \
  }                                                                                                        \
  extern "C" {                                                                                             \
  extern RUNNEL_EXPORT const runnel_plugin RUNNEL_ENTRY;                                                   \
  const runnel_plugin RUNNEL_ENTRY = {RUNNEL_PLUGIN_MAGIC,                                                 \
                                      sizeof(runnel_plugin),                                               \
                                      RUNNEL_ABI_MAJOR,                                                    \
                                      RUNNEL_ABI_MINOR,                                                    \
                                      {plugin_name, sizeof(plugin_name) - 1},                              \
                                      {plugin_version, sizeof(plugin_version) - 1},                        \
                                      {"0.1.0", 5},                                                        \
                                      RunnelTypes<__VA_ARGS__>::list,                                      \
                                      sizeof(RunnelTypes<__VA_ARGS__>::list) / sizeof(const runnel_type*), \
                                      0,                                                                   \
                                      runnel::detail::keep_host,                                           \
                                      nullptr};                                                            \
  }
