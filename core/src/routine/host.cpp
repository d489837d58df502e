// The host table: every function a routine can call, over the operations of context.hpp.
#include <algorithm>
#include <cmath>
#include <mutex>

#include "base/clock.hpp"
#include "base/utf8.hpp"
#include "routine/context.hpp"
#include "routine/host_judging.hpp"
#include "routine/registry.hpp"
#include "value/builder.hpp"
#include "value/reader.hpp"
#include "value/writer.hpp"

namespace runnel::core {

namespace {

thread_local runnel_context* current = nullptr;

std::mutex extensions_mutex;
std::vector<std::pair<std::string_view, const void*>> extensions;

runnel_text host_text(runnel_context* c, Value value) {
  if (value.kind == RUNNEL_STRING) return text_of(string_of(value, *c->arena));
  if (value.kind == RUNNEL_NUMBER) return text_of(raw_text(value));
  return {};
}

bool host_integer(runnel_context*, Value value, int64_t* out) {
  const auto integer = to_int(value);
  if (integer) *out = *integer;
  return integer.has_value();
}

bool host_number(runnel_context*, Value value, double* out) {
  const auto number = to_double(value);
  if (number) *out = *number;
  return number.has_value();
}

Value host_get(runnel_context*, Value object, runnel_text key) { return get(object, view(key)); }

Value host_at(runnel_context*, Value array, uint32_t index) {
  return array.kind == RUNNEL_ARRAY && index < array.size ? items_of(array)[index] : missing();
}

Member host_member(runnel_context*, Value object, uint32_t index) {
  return object.kind == RUNNEL_OBJECT && index < object.size ? members_of(object)[index] : Member{};
}

bool bad_text(runnel_context* c, std::string_view text) {
  if (text.size() > c->arena->limit()) {
    fail(*c, "limit.memory", "a string of " + std::to_string(text.size()) + " bytes is over the job's memory limit");
    return true;
  }
  const size_t bad = first_bad_utf8(text);
  if (bad == text.size()) return false;
  fail(*c, "value.utf8",
       "a string is not valid UTF-8 at byte " + std::to_string(bad) + ": " + printable(text.substr(0, 80)));
  return true;
}

bool refused_value(runnel_context* c, const Value& value) {
  if (value.kind == RUNNEL_STRING) return bad_text(c, raw_text(value));
  if (value.kind == RUNNEL_DOUBLE) {
    fail(*c, "value.number", "a number is not finite; JSON has neither NaN nor infinity");
    return true;
  }
  fail(*c, "value.kind", "a value has kind " + std::to_string(value.kind) + ", which is no JSON");
  return true;
}

// What a routine made itself may be text that is not UTF-8, a number that is not finite, or no JSON at all.
inline bool refused(runnel_context* c, const Value& value) {
  const bool fine = value.kind == RUNNEL_STRING   ? (value.flags & (RUNNEL_CLEAN | RUNNEL_ESCAPED | kPlainText)) != 0
                    : value.kind == RUNNEL_DOUBLE ? std::isfinite(value.as.number)
                                                  : value.kind < RUNNEL_EXPRESSION;
  return !fine && refused_value(c, value);
}

Value checked(runnel_context* c, Value value) {
  if (!is_container(value)) return value;
  if (height_of(value) > kMaxDepth) {
    fail(*c, "limit.depth", "a value is nested deeper than " + std::to_string(kMaxDepth) + " levels");
    return missing();
  }
  return value;
}

// Elements a routine lent for the call, made to last. The container was made just now and nobody else has seen it.
void keep_elements(runnel_context* c, Value made) {
  if (!is_container(made)) return;
  const size_t count = made.kind == RUNNEL_OBJECT ? size_t{2} * made.size : made.size;
  auto* elements = const_cast<Value*>(items_of(made));
  for (size_t i = 0; i < count; ++i) elements[i] = keep_in_job(*c, elements[i]);
}

Value host_make_string(runnel_context* c, runnel_text text) {
  if (bad_text(c, view(text))) return missing();
  const Value made = make_string(*c->arena, view(text));
  check_memory(*c);
  return made;
}

Value host_make_array(runnel_context* c, const Value* items, uint32_t count) {
  for (uint32_t i = 0; i < count; ++i) {
    if (refused(c, items[i])) return missing();
  }
  const Value made = make_array(*c->arena, {items, count});
  keep_elements(c, made);
  check_memory(*c);
  return checked(c, made);
}

Value host_make_object(runnel_context* c, const Member* members, uint32_t count) {
  for (uint32_t i = 0; i < count; ++i) {
    if (members[i].key.kind != RUNNEL_STRING) {
      fail(*c, "value.kind", "a key of an object is not a string");
      return missing();
    }
    if (refused(c, members[i].key) || refused(c, members[i].value)) return missing();
  }
  constexpr uint32_t kFew = 8;
  Value made{};
  if (count <= kFew) {
    Member kept[kFew];
    for (uint32_t i = 0; i < count; ++i) {
      store(kept[i].key, keep_in_job(*c, members[i].key));
      store(kept[i].value, keep_in_job(*c, members[i].value));
    }
    made = make_object(*c->arena, {kept, count});
  } else {
    made = make_object(*c->arena, {members, count});
    keep_elements(c, made);
  }
  check_memory(*c);
  return checked(c, made);
}

Value host_make_time(runnel_context* c, int64_t us) {
  thread_local TimeWriter writer;
  auto* text = static_cast<char*>(c->arena->allocate(kTimeTextSize));
  if (!text) return check_memory(*c), missing();
  writer.write(text, us);
  return string_view_value({text, kTimeTextSize}, RUNNEL_CLEAN);
}

Value host_parse_json(runnel_context* c, runnel_text json) {
  thread_local Reader reader;
  const char* kept = c->arena->copy(view(json));
  Value value{};
  if (kept) reader.read({kept, json.size}, *c->arena, value);
  check_memory(*c);
  return value;
}

runnel_text host_write_json(runnel_context* c, Value value) {
  const std::string json = to_json(value);
  const char* kept = c->arena->copy(json);
  return check_memory(*c) ? runnel_text{} : runnel_text{kept, json.size()};
}

const Value* host_items(runnel_context* c, uint32_t slot, uint32_t* count) {
  *count = slot < c->slots.size() ? c->slots[slot].count : 0;
  return *count ? c->slots[slot].items : nullptr;
}

Value host_policy_message(runnel_context* c) { return c->policy_message; }

void host_emit(runnel_context* c, uint32_t event, Value item) {
  if (c->routine && event + 1 == c->routine->events.size()) {
    return fail(*c, "event.unknown", "the event \"error\" is emitted by the runtime; fail instead");
  }
  if (!refused(c, item)) emit(*c, event, item);
}

void host_fail(runnel_context* c, runnel_text code, runnel_text message) {
  fail(*c, code.size ? printable(view(code)) : "routine.error",
       is_utf8(view(message)) ? std::string(view(message)) : printable(view(message)));
}

bool host_failed(runnel_context* c) { return c->has_failed; }

Value host_evaluate(runnel_context* c, Value expression, Value item) {
  if (c->has_failed) return missing();
  const Value first = c->data;
  if (!is_missing(item)) c->data = item;
  Value out{};
  const bool done = evaluate(*c, expression, out);
  c->data = first;
  return done ? out : missing();
}

void host_print(runnel_context* c, runnel_text text) {
  if (is_utf8(view(text))) return print(*c, view(text));
  print(*c, printable(view(text)));
}

int64_t host_now(runnel_context* c) { return now_us(*c); }

Value host_job(runnel_context* c, uint32_t field) {
  const Value value = job_field(*c, field);
  check_memory(*c);
  return value;
}

Value host_get_data(runnel_context* c, runnel_text key) { return get_data(*c, view(key)); }

void host_set_data(runnel_context* c, Value key, Value value) {
  if (key.kind != RUNNEL_STRING) return fail(*c, "value.kind", "a key of the job's data is not a string");
  if (!refused(c, key) && !refused(c, value)) set_data(*c, key, value);
}

void host_trace(runnel_context* c, Value action, const Member* details, uint32_t count) {
  if (!c->traces || refused(c, action)) return;
  const Value object = count ? host_make_object(c, details, count) : missing();
  if (!c->has_failed) trace(*c, action, object);
}

void host_complete(runnel_context* c, runnel_text status, Value error) {
  if (!refused(c, error)) complete(*c, view(status), error);
}

Value host_state_get(runnel_context* c, bool shared, runnel_text key) {
  if (!c->state) return missing();
  // A copy: the state's own memory may be gone before the job is.
  const Value value = deep_copy(*c->arena, c->state->get(shared, view(key)));
  check_memory(*c);
  return value;
}

void host_state_set(runnel_context* c, bool shared, runnel_text key, Value value) {
  if (!c->state) return fail(*c, "worker.none", "there is no worker state here");
  if (bad_text(c, view(key)) || refused(c, value)) return;
  const Value kept_key = make_string(*c->arena, view(key));
  value = keep_in_job(*c, value);
  if (!check_memory(*c)) c->state->set(shared, kept_key, value);
}

void host_reject(runnel_context* c, runnel_text path, size_t offset, runnel_text message) {
  if (c->load) c->load->problems.push_back({std::string(view(path)), offset, std::string(view(message))});
}

void host_warn(runnel_context* c, runnel_text path, size_t offset, runnel_text message) {
  if (c->load) c->load->warnings.push_back({std::string(view(path)), offset, std::string(view(message))});
}

void host_add_slot(runnel_context* c, runnel_text name) {
  if (c->load) c->load->slots.emplace_back(view(name));
}

void host_add_event(runnel_context* c, runnel_text name) {
  if (c->load) c->load->events.emplace_back(view(name));
}

void host_add_flags(runnel_context* c, uint32_t flags) {
  if (c->load) c->load->flags |= flags;
}

const void* host_get_extension(runnel_text id) {
  const std::lock_guard lock(extensions_mutex);
  for (const auto& [known, table] : extensions) {
    if (known == view(id)) return table;
  }
  return nullptr;
}

bool suspend(runnel_context* c) {
  if (!c->suspender || c->is_condition) {
    fail(*c, "suspend.none", "only an activation can be suspended");
    return false;
  }
  if (!c->suspend.id) c->suspend.id = ++c->suspender->latest;
  return true;
}

runnel_later host_suspend(runnel_context* c) {
  if (!suspend(c)) return {};
  c->suspend.is_shared = true;
  return {c->suspender->mailbox, c->suspend.id};
}

bool host_finish(runnel_later later, void (*rest)(runnel_context*, void*), void (*release)(void*), void* data) {
  try {
    return Mailbox::send(later.worker, {later.activation, Continuation(rest, release, data)});
  } catch (const std::exception&) {  // out of memory, and the caller may be in C
    return false;
  }
}

void host_finish_after(runnel_context* c, int64_t us, void (*rest)(runnel_context*, void*), void (*release)(void*),
                       void* data) {
  Continuation kept(rest, release, data);
  if (suspend(c)) c->suspend.alarm.emplace(Alarm{std::max<int64_t>(us, 0), std::move(kept)});
}

void host_on_cancel(runnel_context* c, void (*cancel)(void*), void (*release)(void*), void* data) {
  Cancellation kept(cancel, release, data);
  if (suspend(c)) c->suspend.cancel = std::move(kept);
}

runnel_text host_slot_name(runnel_context* c, uint32_t slot) {
  return c->routine && slot < c->routine->slots.size() ? text_of(c->routine->slots[slot]) : runnel_text{};
}

constexpr runnel_host kTable = {sizeof(runnel_host),
                                RUNNEL_ABI_MAJOR,
                                RUNNEL_ABI_MINOR,
                                0,
                                host_text,
                                host_integer,
                                host_number,
                                host_get,
                                host_at,
                                host_member,
                                host_make_string,
                                host_make_array,
                                host_make_object,
                                host_make_time,
                                host_parse_json,
                                host_write_json,
                                host_items,
                                host_policy_message,
                                host_emit,
                                host_fail,
                                host_failed,
                                host_evaluate,
                                host_print,
                                host_now,
                                host_job,
                                host_get_data,
                                host_set_data,
                                host_trace,
                                host_complete,
                                host_state_get,
                                host_state_set,
                                host_reject,
                                host_add_slot,
                                host_add_event,
                                host_add_flags,
                                current_context,
                                host_get_extension,
                                host_suspend,
                                host_finish,
                                host_finish_after,
                                host_on_cancel,
                                host_warn,
                                host_take,
                                host_judge_after,
                                host_job_count,
                                host_job_of,
                                host_use_job,
                                host_lying,
                                host_slot_name};

}  // namespace

const runnel_host& host_table() { return kTable; }

void add_extension(std::string_view id, const void* table) {
  const std::lock_guard lock(extensions_mutex);
  for (const auto& [known, other] : extensions) {
    if (known == id) return;
  }
  extensions.emplace_back(id, table);
}

CurrentContext::CurrentContext(runnel_context* context) : before_(current) { current = context; }
CurrentContext::~CurrentContext() { current = before_; }
runnel_context* current_context() { return current; }

}  // namespace runnel::core
