#include "table_text.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>

#include "routine/registry.hpp"

namespace runnel::fuzz {
namespace {

constexpr size_t kMostText = 64 * 1024;  // a check looks at no text that says it is longer
constexpr uint32_t kMostParts = 1000;    // nor at longer lists

uint32_t number(std::string_view text, int base = 10) {
  uint32_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value, base);
  return value;
}

// What the functions of the class are to call, for the table that is used now.
const std::vector<std::string>* in_resolve = nullptr;
const std::vector<std::string>* in_create = nullptr;

// False: it was rejected.
bool call_host(runnel_context* context, const std::vector<std::string>& calls) {
  const runnel_host& host = core::host_table();
  for (const std::string& call : calls) {
    const runnel_text argument = {call.data() + 1, call.size() - 1};
    const std::string_view path = std::string_view(call).substr(1, call.find(' ') - 1);
    if (call[0] == 's') host.add_slot(context, argument);
    if (call[0] == 'e') host.add_event(context, argument);
    if (call[0] == 'f') host.add_flags(context, number(core::view(argument)));
    if (call[0] == 'w') host.warn(context, core::text_of(path), call.size() % 7, argument);
    if (call[0] != 'r') continue;
    host.reject(context, core::text_of(path), call.size() % 7, argument);
    return false;
  }
  return true;
}

bool resolve(runnel_context* context, runnel_value) { return call_host(context, *in_resolve); }
void* create(runnel_context* context, runnel_value) {
  static int instance;
  return call_host(context, *in_create) ? &instance : nullptr;
}
void activate(runnel_context*, void*) {}
void destroy(void*) {}
bool ready(runnel_context*, void*) { return false; }

// A list as the table names it: as long as its count says, if a check may look at it.
template <class T>
struct List {
  std::vector<T> parts;
  bool counted = true;
  uint32_t count = 0;
  std::unique_ptr<T[]> exact;  // so that a sanitizer sees a look behind it

  void count_as(std::string_view value) {
    counted = false;
    count = number(value);
  }
  const T* finish(uint32_t& out) {
    out = counted ? static_cast<uint32_t>(parts.size()) : count;
    if (out <= kMostParts) parts.resize(out);
    if (parts.empty()) return nullptr;
    exact = std::make_unique<T[]>(parts.size());
    std::copy(parts.begin(), parts.end(), exact.get());
    return exact.get();
  }
};

}  // namespace

struct TableText::Type {
  runnel_type type{};
  List<runnel_port> slots;
  List<runnel_port> events;
  List<runnel_param> params;
  runnel_port* latest = nullptr;
  std::vector<std::string> resolve_calls;
  std::vector<std::string> create_calls;
  std::unique_ptr<char[]> exact;

  const runnel_type* finish() {
    type.slots = slots.finish(type.slot_count);
    type.events = events.finish(type.event_count);
    type.params = params.finish(type.param_count);
    const size_t there = std::clamp<size_t>(type.struct_size, sizeof type.struct_size, sizeof type);
    exact = std::make_unique<char[]>(there);
    std::memcpy(exact.get(), &type, there);
    return reinterpret_cast<const runnel_type*>(exact.get());
  }
};

TableText::TableText(std::string_view text) {
  head_ = {RUNNEL_PLUGIN_MAGIC,
           sizeof(runnel_plugin),
           RUNNEL_ABI_MAJOR,
           RUNNEL_ABI_MINOR,
           {},
           {},
           {},
           nullptr,
           0,
           0,
           nullptr,
           nullptr};
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (!line.empty()) read(line[0], line.substr(1));
  }
  finish();
}

TableText::~TableText() = default;

runnel_text TableText::text(std::string_view value) {
  size_t size = value.size();
  const char special = value.empty() ? '\0' : value[0];
  if (special == 1 || special == 2) size = number(value.substr(1));
  if (special == 1) return {nullptr, size};
  const size_t there = special == 2 ? (size > kMostText ? 1 : size) : size;
  texts_.push_back(std::make_unique<char[]>(there));
  std::memset(texts_.back().get(), 'a', there);
  if (special != 2 && size) std::memcpy(texts_.back().get(), value.data(), size);
  return {texts_.back().get(), size};
}

void TableText::read(char letter, std::string_view value) {
  switch (letter) {
    case 'M':
      head_.magic = number(value, 16);
      break;
    case 'S':
      head_.struct_size = number(value);
      break;
    case 'A':
      head_.abi_major = number(value);
      break;
    case 'B':
      head_.abi_minor = number(value);
      break;
    case 'R':
      readable_ = number(value);
      break;
    case 'C':
      counts_types_ = false;
      head_.type_count = number(value);
      break;
    case 'L':
      has_types_ = false;
      break;
    case 'N':
      head_.name = text(value);
      break;
    case 'V':
      head_.version = text(value);
      break;
    case 'K':
      head_.sdk_version = text(value);
      break;
    case 'y':
      flow_.append(value).append("\n");
      break;
    case 'z':
      types_.push_back(nullptr);
      break;
    case 't':
      types_.push_back(std::make_unique<Type>());
      types_.back()->type = {sizeof(runnel_type),
                             0,
                             text(value),
                             {},
                             nullptr,
                             nullptr,
                             nullptr,
                             0,
                             0,
                             0,
                             0,
                             resolve,
                             create,
                             activate,
                             destroy,
                             ready};
      break;
    default:
      if (!types_.empty() && types_.back()) read_type(letter, value);
  }
}

void TableText::read_type(char letter, std::string_view value) {
  Type& now = *types_.back();
  switch (letter) {
    case 'T':
      now.type.struct_size = number(value);
      break;
    case 'f':
      now.type.flags = number(value);
      break;
    case 'u':
      now.type.summary = text(value);
      break;
    case 'p':
    case 'e': {
      auto& ports = letter == 'p' ? now.slots : now.events;
      ports.parts.push_back({text(value), {}});
      now.latest = &ports.parts.back();
      break;
    }
    case 'q':
      if (now.latest) now.latest->summary = text(value);
      break;
    case 'P':
      now.slots.count_as(value);
      break;
    case 'E':
      now.events.count_as(value);
      break;
    case 'D':
      now.params.count_as(value);
      break;
    case 'x': {
      const uint32_t bits = number(value);
      if (bits & 1) now.type.resolve = nullptr;
      if (bits & 2) now.type.create = nullptr;
      if (bits & 4) now.type.activate = nullptr;
      if (bits & 8) now.type.destroy = nullptr;
      if (bits & 16) now.type.ready = nullptr;
      break;
    }
    case 'h':
      if (!value.empty()) now.resolve_calls.emplace_back(value);
      break;
    case 'H':
      if (!value.empty()) now.create_calls.emplace_back(value);
      break;
    default:
      read_param(letter, value);
  }
}

void TableText::read_param(char letter, std::string_view value) {
  auto& params = types_.back()->params.parts;
  if (letter == 'd') params.push_back({text(value), RUNNEL_PARAM_ANY, 0, {}, {}, {}});
  if (params.empty()) return;
  runnel_param& now = params.back();
  if (letter == 'k') now.kind = number(value);
  if (letter == 'r') now.required = number(value);
  if (letter == 'j') now.default_json = text(value);
  if (letter == 'c') now.choices = text(value);
  if (letter == 'm') now.summary = text(value);
}

void TableText::finish() {
  static const std::vector<std::string> kNothing;
  in_resolve = in_create = &kNothing;
  if (counts_types_) head_.type_count = static_cast<uint32_t>(types_.size());
  if (head_.type_count <= kMostParts) types_.resize(head_.type_count);
  pointers_ = std::make_unique<const runnel_type*[]>(types_.size());
  for (size_t i = 0; i < types_.size(); ++i) pointers_[i] = types_[i] ? types_[i]->finish() : nullptr;
  head_.types = has_types_ ? pointers_.get() : nullptr;
  readable_ = std::min(readable_, sizeof head_);
  plugin_ = std::make_unique<char[]>(std::max<size_t>(readable_, 1));
  std::memcpy(plugin_.get(), &head_, readable_);
  // Of all classes those of the last one in the order of names, which the flow names, would be right; the latest will
  // do.
  for (const auto& type : types_) {
    if (!type) continue;
    in_resolve = &type->resolve_calls;
    in_create = &type->create_calls;
  }
}

}  // namespace runnel::fuzz
