// One test for each row of the yaml-cpp table of the flow file's page.
#include "catch.hpp"
#include "config/byte_check.hpp"
#include "config/yaml_parser.hpp"
#include "config_support.hpp"

using namespace config_test;

namespace {

const std::string kGood = "flow_id: t\nroutines: {a: {class: step}}\n";

std::string messages(const std::string& flow) { return load(flow).messages(); }

}  // namespace

TEST_CASE("a good flow of one routine loads") {
  const Loaded loaded = load(kGood);
  CHECK(loaded.messages().empty());
  REQUIRE(loaded.result.flow);
  CHECK(loaded.flow().id == "t");
}

TEST_CASE("a truncated file is reported at what it leaves open") {
  CHECK(messages(kGood + "version: 'unterminated") == "f:3:10: text in quotes that never ends\n");
  CHECK(messages(kGood + "version: \"unter\\\"minated\n") == "f:3:10: text in quotes that never ends\n");
  CHECK(messages(kGood + "version: don't\ndescription: 'x\n") == "f:4:14: text in quotes that never ends\n");
  CHECK(messages(kGood + "tests: [1, [2],\n") == "f:3:8: \"[\" is never closed\n");
  CHECK(messages(kGood + "env: {A: b\n") == "f:3:6: \"{\" is never closed\n");
}

TEST_CASE("a quote that is not closed does not swallow the keys behind it") {
  CHECK(messages("version: 'open\nflow_id: t\nname: 'x'\n") ==
        "f:2:1: text in quotes goes on here but is not indented\n  f:1:10: opened here\n");
  CHECK(messages(kGood + "version: 'two\n  lines'\n").empty());
}

TEST_CASE("nothing may stand behind the one document") {
  CHECK(messages(kGood + "---\nflow_id: u\n") == "f:3:1: a second document; a flow file holds one\n");
  CHECK(messages(kGood + "...\nflow_id: u\n") == "f:4:1: text behind the end of the flow\n");
  CHECK(messages("{\"flow_id\": \"t\"} rest\n") == "f:1:18: text behind the end of the flow\n");
  CHECK(messages(kGood + "...\n").empty());
  CHECK(messages("%YAML 1.2\n---\n" + kGood).empty());
  // Not even our own sentinel.
  CHECK(messages(kGood + "--- end of the flow file, 5f1c\n") == "f:3:1: a second document; a flow file holds one\n");
}

TEST_CASE("duplicate keys are reported with both places") {
  CHECK(messages("flow_id: t\n" + kGood) == "f:2:1: duplicate key \"flow_id\"\n  f:1:1: first given here\n");
  CHECK(messages(kGood + "env: {A: 1, \"A\": 2, A: 3}\n") ==
        "f:3:13: duplicate key \"A\"\n  f:3:7: first given here\nf:3:21: duplicate key \"A\"\n  f:3:7: first given "
        "here\n");
}

TEST_CASE("an alias bomb ends at the node budget") {
  std::string bomb = kGood + "tests:\n  - &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 0; i < 8; ++i) {
    const std::string alias = "*a" + std::to_string(i);
    bomb += "  - &a" + std::to_string(i + 1) + " [";
    for (int j = 0; j < 10; ++j) bomb += (j ? ", " : "") + alias;
    bomb += "]\n";
  }
  CHECK(messages(bomb) == "f:8:40: alias \"*a3\" makes the flow larger than 100000 nodes\n");
  std::string nested = kGood + "tests: ";
  for (int i = 0; i < 90; ++i) nested += "&n" + std::to_string(i) + " [";
  for (int i = 0; i < 5000; ++i) nested += "x, ";
  nested += "x" + std::string(90, ']') + "\n";
  CHECK(messages(nested).find("the flow is larger than 100000 nodes") != std::string::npos);
}

TEST_CASE("an alias inside its own anchor is an error") {
  CHECK(messages(kGood + "tests: &a [*a]\n") == "f:3:12: alias \"*a\" stands inside its own anchor\n");
  CHECK(messages(kGood + "tests: [*b]\n") == "f:3:9: no anchor of this name stands above\n");
}

TEST_CASE("aliases put their anchor's value in, with the alias as its place") {
  const Loaded loaded = load("flow_id: &id t\nversion: *id\nroutines: {a: {class: step}}\n");
  CHECK(loaded.messages().empty());
  CHECK(loaded.flow().version == "t");
  CHECK(messages("flow_id: &id two words\nroutines: {a: {class: *id}}\n") ==
        "f:1:14: \"two words\" is not a flow id\nf:2:23: unknown class \"two words\"\n");
}

TEST_CASE("nesting ends at 100 levels, however it is written") {
  CHECK(messages(kGood + "tests: " + std::string(99, '[') + std::string(99, ']') + "\n").empty());
  CHECK(messages(kGood + "tests: " + std::string(100, '[') + std::string(100, ']') + "\n") ==
        "f:3:107: nested deeper than 100 levels\n");
  CHECK(messages(std::string(100'000, '[')) == "f:1:100: nested deeper than 100 levels\n");
  std::string dashes;
  for (int i = 0; i < 5000; ++i) dashes += "- ";
  CHECK(messages(dashes).find("nested deeper than 100 levels") != std::string::npos);
  std::string anchors = kGood + "env: {}\ntests:\n  - &a " + std::string(60, '[') + std::string(60, ']') + "\n  - " +
                        std::string(50, '[') + "*a" + std::string(50, ']') + "\n";
  CHECK(messages(anchors) == "f:6:55: alias \"*a\" nests deeper than 100 levels\n");
}

TEST_CASE("control bytes, bad UTF-8, byte order marks and UTF-16 are refused before YAML sees them") {
  using namespace std::string_literals;
  CHECK(messages("flow_id: \0t\n"s) == "f:1:10: control byte 0x00 is not allowed\n");
  CHECK(messages("flow_id: t\nversion: \x1b[2J\n") == "f:2:10: control byte 0x1B is not allowed\n");
  CHECK(messages("flow_id: \xff\n") == "f:1:10: byte 0xFF is not valid UTF-8\n");
  CHECK(messages("flow_id: \xed\xa0\x80\n") == "f:1:10: byte 0xED is not valid UTF-8\n");
  CHECK(messages("\xef\xbb\xbf" + kGood) == "f: the file starts with a byte order mark\n");
  CHECK(messages("\xff\xfe"
                 "f\0"s) == "f: the file is UTF-16 or UTF-32\n");
  CHECK(messages("f\0l\0"s) == "f: the file is UTF-16 or UTF-32\n");
  CHECK(messages("\0f\0l"s) == "f: the file is UTF-16 or UTF-32\n");
  CHECK(messages("flow_id: t\r\nroutines: {a: {class: step}}\r\ndescription: a\ttab\r\n").empty());
}

TEST_CASE("a flow file has at most 1 MiB") {
  const std::string filler(kLargestFlow - kGood.size() - 1, '#');
  CHECK(messages(kGood + filler + "\n").empty());
  CHECK(messages(kGood + filler + "#\n") == "f: the file has 1048577 bytes; a flow file has at most 1 MiB\n");
}

TEST_CASE("only core tags are allowed") {
  CHECK(messages(kGood + "version: !!python/object:os.system x\n") ==
        "f:3:10: tag \"!!python/object:os.system\" is not allowed\n");
  CHECK(messages(kGood + "env: !mine {A: &b !own 1}\n") ==
        "f:3:6: tag \"!mine\" is not allowed\nf:3:19: tag \"!own\" is not allowed\n");
  CHECK(messages("flow_id: !!str t\nroutines: !!map {a: {class: !<tag:yaml.org,2002:str> step}}\n").empty());
  CHECK(messages(kGood + "execution: {workers: !!str 2}\n") ==
        "f:3:28: \"workers\" must be a whole number from 1 to 1024, not \"2\"\n");
  CHECK(messages(kGood + "execution: {workers: !!int \"2\"}\n").empty());
}

TEST_CASE("an empty value is reported at its key, a written null at itself") {
  CHECK(messages("flow_id:\nroutines: {a: {class: step}}\n") == "f:1:1: \"flow_id\" must be text, not nothing\n");
  CHECK(messages("flow_id: t\nexecution:\n  workers:\nroutines: {a: {class: step}}\n") ==
        "f:3:3: \"workers\" must be a whole number from 1 to 1024, not nothing\n");
  CHECK(messages(kGood + "tests: null\n") == "f:3:8: \"tests\" must be a list, not nothing\n");
  CHECK(messages(kGood + "tests:\nnull: 1\n") ==
        "f:3:1: \"tests\" must be a list, not nothing\nf:4:1: unknown key \"null\"\n");
  CHECK(messages(kGood + "entry: ''\n") == "f:3:9: routine and slot are missing\n");
}

TEST_CASE("an empty file, a list and a scalar are no flow") {
  CHECK(messages("") == "f: the flow file is empty\n");
  CHECK(messages("# only this\n") == "f: the flow file is empty\n");
  CHECK(messages("---\n") == "f: the flow file is empty\n");
  CHECK(messages("- a\n") == "f:1:1: a flow must be a map, not a list\n");
  CHECK(messages("flow\n") == "f:1:1: a flow must be a map, not \"flow\"\n");
}

TEST_CASE("what yaml-cpp lets pass and YAML does not is refused") {
  CHECK(messages(kGood + "version\n") == "f:3:1: key \"version\" without \":\"\n");
  CHECK(messages(kGood + "version: \"a\"#b\n") == "f:3:13: a comment needs a blank before it\n");
  CHECK(messages(kGood + "version: \"it\\'s\"\n") == "f:3:13: unknown escape \"\\'\"\n");
  CHECK(messages(kGood + "tests: [1, , 2]\n") == "f:3:12: expected a value before this\n");
  CHECK(messages(kGood + "? [a, b]\n: 1\n") == "f:3:3: a key must be text, not a list\n");
}

TEST_CASE("JSON is a flow file, surrogate pairs included, with places as in YAML") {
  const Loaded loaded = load(
      "{\n\t\"flow_id\": \"t\", \"description\": \"\\ud83d\\ude00!\",\n"
      "\t\"routines\": {\"a\": {\"class\": \"step\"}}}\n");
  CHECK(loaded.messages().empty());
  CHECK(loaded.flow().description == "\xf0\x9f\x98\x80!");
  CHECK(messages("{\"description\": \"\\ud83d\\ude00\", \"flow_id\": \"t\", \"routnes\": {}}") ==
        "f:1:49: unknown key \"routnes\"\n");
}
