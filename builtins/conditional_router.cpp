// conditional_router: sends an item to the event of the route whose condition it meets.
#include <runnel/routine.hpp>
#include <string>
#include <utility>
#include <vector>

namespace {

constexpr uint32_t kUnmatched = 0;  // the event of the spec; those of resolve come behind it

class ConditionalRouter {
 public:
  explicit ConditionalRouter(runnel::Config config) : takes_all_(config.string("route_priority") == "all_matches") {
    const runnel::Value routes = config["routes"];
    for (uint32_t i = 0; i < routes.size(); ++i) {
      conditions_.emplace_back(routes.at(i)["when"].raw());
      names_.push_back(routes.at(i)["name"].string_or(""));
    }
    default_route_ = number_of_default(config);
  }

  void activate(runnel::Activation& in) {
    const runnel::Items items = in.slot("input");
    for (uint32_t i = 0; i < items.size(); ++i) {
      bool is_matched = false;
      for (uint32_t k = 0; k < conditions_.size() && (takes_all_ || !is_matched); ++k) {
        const bool holds = in.evaluate(conditions_[k], items[i]).bool_or(false);
        if (in.has_failed()) return;
        if (holds) in.emit(k + 1, items[i]);
        is_matched |= holds;
      }
      if (is_matched) continue;
      if (default_route_ == kUnmatched) in.job().trace("unmatched", {{"routes", runnel::Value(conditions_.size())}});
      in.emit(default_route_, items[i]);
    }
  }

  static void resolve(runnel::Config config, runnel::Ports& ports) {
    const runnel::Value routes = config["routes"];
    if (routes.size() == 0) throw runnel::ConfigError("routes", "names no route");
    std::vector<std::string> names;
    for (uint32_t i = 0; i < routes.size(); ++i) {
      const std::string name = routes.at(i)["name"].string_or("");
      const std::string path = "routes[" + std::to_string(i) + "].name";
      check_name(path, name);
      for (size_t k = 0; k < names.size(); ++k) {
        if (names[k] != name) continue;
        throw runnel::ConfigError(path, '"' + name + "\" is the name of routes[" + std::to_string(k) + "], too");
      }
      names.push_back(name);
      ports.add_event(name);
    }
    const runnel::Value otherwise = config["default_route"];
    if (otherwise.is_null()) return;
    const std::string name = otherwise.string_or("");
    check_name("default_route", name);
    for (const std::string& known : names) {
      if (known == name) return;
    }
    ports.add_event(name);
  }

  static constexpr auto spec() {
    return runnel::routine("conditional_router", "Sends an item to the event of the route whose condition it meets")
        .slot("input", "anything")
        .event("unmatched",
               "the item itself, when it meets no condition and there is no default_route; the other "
               "events are those of routes and default_route: the item itself")
        .param("routes", runnel::kind::array, runnel::required, "what is tried, in this order")
        .param("routes[].name", runnel::kind::string, runnel::required, "the route's event")
        .param("routes[].when", runnel::kind::condition, runnel::required,
               "a field (user.email: there and not null, false, 0 or empty), a map (every field equal, or equal to one "
               "of a list), a list (the item is one of it), '= data.n > 3' or true")
        .param("default_route", runnel::kind::string, "",
               "the event of items that meet no condition: a route's name or one of its own, such as default; without "
               "it they leave by unmatched and the trace says so")
        .param("route_priority", runnel::kind::string, "\"first_match\"",
               "first_match: by the first route alone; all_matches: by every route whose condition is met")
        .choices("first_match|all_matches");
  }

 private:
  static void check_name(const std::string& path, const std::string& name) {
    const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
    bool is_id = !name.empty() && is_letter(name[0]);
    for (const char c : name) is_id &= is_letter(c) || (c >= '0' && c <= '9') || c == '-';
    if (!is_id) {
      throw runnel::ConfigError(
          path, '"' + name + "\" is no name for an event: a letter or _, then letters, digits, _ and -");
    }
    if (name == "unmatched" || name == "error") {
      throw runnel::ConfigError(path, '"' + name + "\" is an event of its own; give the route another name");
    }
  }

  uint32_t number_of_default(const runnel::Config& config) const {
    const runnel::Value otherwise = config["default_route"];
    if (otherwise.is_null()) return kUnmatched;
    for (uint32_t k = 0; k < names_.size(); ++k) {
      if (names_[k] == otherwise.string_or("")) return k + 1;
    }
    return static_cast<uint32_t>(names_.size()) + 1;
  }

  std::vector<runnel::Expression> conditions_;
  std::vector<std::string> names_;
  bool takes_all_;
  uint32_t default_route_;
};

}  // namespace

RUNNEL_PLUGIN("conditional_router", "0.1.0", ConditionalRouter)
