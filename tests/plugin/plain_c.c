/* A routine class in C11 against plugin.h alone: counts the words of a text. */
#include <runnel/plugin.h>
#include <stdlib.h>
#include <string.h>

#define TEXT(text) \
  { text, sizeof(text) - 1 }

static const runnel_host* host;

struct word_count {
  int64_t least; /* bytes of a word that counts */
};

static bool init(const runnel_host* table) {
  host = table;
  return table->struct_size >= sizeof(runnel_host);
}

static runnel_text text_of(const char* text) {
  runnel_text result = {text, strlen(text)};
  return result;
}

static runnel_value integer(int64_t number) {
  runnel_value value = {0};
  value.kind = RUNNEL_INT;
  value.as.integer = number;
  return value;
}

static runnel_value literal(const char* text) {
  runnel_value value = {0};
  value.kind = RUNNEL_STRING;
  value.flags = RUNNEL_STATIC | RUNNEL_CLEAN;
  value.size = (uint32_t)strlen(text);
  value.as.text = text;
  return value;
}

static void* create(runnel_context* context, runnel_value config) {
  int64_t least = 0;
  host->integer(context, host->get(context, config, text_of("least")), &least);
  if (least < 1) {
    host->reject(context, text_of("least"), 0, text_of("a word has at least 1 byte"));
    return NULL;
  }
  struct word_count* self = malloc(sizeof *self);
  if (!self) {
    host->reject(context, text_of(""), 0, text_of("out of memory"));
    return NULL;
  }
  self->least = least;
  return self;
}

static bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

static void count_words(runnel_context* context, const struct word_count* self, runnel_text text) {
  int64_t words = 0;
  runnel_value longest = literal("");
  for (size_t at = 0; at < text.size;) {
    while (at < text.size && is_space(text.data[at])) ++at;
    const size_t start = at;
    while (at < text.size && !is_space(text.data[at])) ++at;
    if (at == start || (int64_t)(at - start) < self->least) continue;
    ++words;
    if (at - start > longest.size) {
      const runnel_text word = {text.data + start, at - start};
      longest = host->make_string(context, word);
    }
  }
  const runnel_member members[] = {{literal("words"), integer(words)}, {literal("longest"), longest}};
  host->set_data(context, literal("words"), integer(words));
  host->trace(context, literal("counted"), members, 1);
  host->emit(context, 0, host->make_object(context, members, 2));
}

static void activate(runnel_context* context, void* self) {
  uint32_t count = 0;
  const runnel_value* items = host->items(context, 0, &count);
  for (uint32_t i = 0; i < count; ++i) {
    const runnel_value text = host->get(context, items[i], text_of("text"));
    if (text.kind != RUNNEL_STRING) {
      host->fail(context, text_of("word_count.text"), text_of("an item needs a text"));
      return;
    }
    count_words(context, self, host->text(context, text));
  }
}

static void destroy(void* self) { free(self); }

static const runnel_port slots[] = {{TEXT("input"), TEXT("object with text")}};
static const runnel_port events[] = {{TEXT("output"), TEXT("{words, longest}")}};
static const runnel_param params[] = {
    {TEXT("least"), RUNNEL_PARAM_INT, 0, TEXT("1"), {NULL, 0}, TEXT("bytes a word has at least")}};

static const runnel_type type = {sizeof(runnel_type),
                                 0,
                                 TEXT("word_count"),
                                 TEXT("Counts the words of a text"),
                                 slots,
                                 events,
                                 params,
                                 1,
                                 1,
                                 1,
                                 0,
                                 NULL,
                                 create,
                                 activate,
                                 destroy,
                                 NULL};
static const runnel_type* const types[] = {&type};

extern RUNNEL_EXPORT const runnel_plugin runnel_plugin_entry;
const runnel_plugin runnel_plugin_entry = {RUNNEL_PLUGIN_MAGIC,
                                           sizeof(runnel_plugin),
                                           RUNNEL_ABI_MAJOR,
                                           RUNNEL_ABI_MINOR,
                                           TEXT("word_count"),
                                           TEXT("1.0.0"),
                                           TEXT("0.1.0"),
                                           types,
                                           1,
                                           0,
                                           init,
                                           NULL};
