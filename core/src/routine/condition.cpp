#include "routine/expression.hpp"

namespace runnel::core {
namespace {

bool is_one_of(Value value, Value list) {
  for (uint32_t i = 0; i < list.size; ++i) {
    if (equal(value, items_of(list)[i])) return true;
  }
  return false;
}

bool matches(Value value, Value expected) {
  return equal(value, expected) || (expected.kind == RUNNEL_ARRAY && is_one_of(value, expected));
}

}  // namespace

bool is_truthy(Value value) {
  switch (value.kind) {
    case RUNNEL_MISSING:
    case RUNNEL_NULL:
      return false;
    case RUNNEL_BOOL:
    case RUNNEL_INT:
      return value.as.integer != 0;
    case RUNNEL_DOUBLE:
    case RUNNEL_NUMBER:
      return to_double(value) != 0.0;  // without a value: too big for a double
    default:
      return value.size > 0;
  }
}

bool holds(const Condition& condition, Value item) {
  switch (condition.form) {
    case Condition::Form::constant:
      return condition.constant;
    case Condition::Form::all_equal:
      for (const Condition::Test& test : condition.tests) {
        if (!matches(follow_path(item, test.path), test.expected)) return false;
      }
      return true;
    case Condition::Form::truthy:
      return is_truthy(follow_path(item, condition.tests.front().path));
    case Condition::Form::one_of:
      return is_one_of(item, condition.list);
    case Condition::Form::expression:
      break;
  }
  return false;
}

}  // namespace runnel::core
