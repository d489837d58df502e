#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "sink_support.hpp"

using namespace runnel::core;

namespace {

RecordOptions hiding(std::vector<std::string> secrets) {
  RecordOptions options;
  options.secrets = std::move(secrets);
  return options;
}

std::string line_of(Value value, std::vector<std::string> secrets) {
  RecordWriter writer(hiding(std::move(secrets)));
  OutBuffer out;
  writer.write_line(out, value);
  return std::string(out.view());
}

}  // namespace

TEST_CASE("a secret shows as *** in values and keys, also within longer text and behind escapes") {
  JobContext job;
  const std::string text =
      R"({"token":"s3cret","a s3cret b":["xs3crets3cret"],"n":1.0,"e":"\u0073\u0033cret\n","q":"s3cre"})";
  Value value{};
  REQUIRE(Reader().read(text, job.arena, value));
  CHECK(line_of(value, {"s3cret", ""}) == R"({"token":"***","a *** b":["x******"],"n":1.0,"e":"***\n","q":"s3cre"})"
                                          "\n");
}

TEST_CASE("of two secrets the longer one is hidden first, and secrets with quotes are found") {
  CHECK(line_of(literal("abcdef abc"), {"abc", "abcdef"}) == "\"*** ***\"\n");
  CHECK(line_of(string_view_value("say \"a\\b\" now"), {"\"a\\b\""}) == "\"say *** now\"\n");
  CHECK(line_of(string_view_value("p\xc3\xa4ss"), {"\xc3\xa4s"}) == "\"p***s\"\n");
}

TEST_CASE("no string of a record shows a secret, its own keys stay") {
  JobContext job;
  fill_bad_line(job, R"({"password":"key\"s3)");
  job.error = string_view_value("bad key\"s3");
  job.error_detail = Problem{"c", "m", "key\"s3", 1, "key\"s3:1", "the key\"s3"};
  job.errors.push_back({"c", "key\"s3!", "", 1, "", ""});
  job.metadata = string_view_value("key\"s3");
  job.output.print("-key\"s3-");
  const std::string shown = record(job, hiding({"key\"s3", "status"}));
  CHECK(shown.find("s3") == std::string::npos);
  const auto json = nlohmann::json::parse(shown);
  CHECK(json["status"] == "failed");
  CHECK(json["error"] == "bad ***");
  CHECK(json["error_detail"]["routine_id"] == "***");
  CHECK(json["error_detail"]["location"] == "***:1");
  CHECK(json["errors"][0]["message"] == "***!");
  CHECK(json["output"] == "-***-");
  CHECK(json["post"]["text"] == R"({"password":"***)");
}

TEST_CASE("a secret that the cut of a long line would halve is hidden") {
  JobContext job;
  const std::string line = std::string(64 * 1024 - 4, 'x') + "topsecret" + std::string(100, 'y');
  fill_bad_line(job, line);
  const auto json = nlohmann::json::parse(post(job, hiding({"topsecret"})));
  CHECK(json["text"] == std::string(64 * 1024 - 4, 'x') + "***y");
}

namespace {

// JSON of the text, the characters in turn as they are and as \u00NN, by the bits of `spelling`.
std::string spelt(std::string_view text, uint32_t spelling) {
  std::string json;
  for (size_t i = 0; i < text.size(); ++i) {
    if (spelling >> (i % 32) & 1) {
      constexpr char kHex[] = "0123456789abcdef";
      json += std::string("\\u00") + kHex[text[i] >> 4] + kHex[text[i] & 15];
    } else {
      json += text[i];
    }
  }
  return json;
}

}  // namespace

TEST_CASE("no spelling of a secret is shown, in what is JSON and what is not") {
  CHECK(rc::check([](uint32_t spelling, bool ascii) {
    const std::string secret = "4711abc";
    const std::string text = spelt(secret, spelling);
    RecordOptions options = hiding({secret});
    options.write.ascii = ascii;
    JobContext job;
    const std::string line = R"({"x )" + text + R"( y":[")" + text;
    fill_bad_line(job, line);
    const std::string shown = nlohmann::json::parse(post(job, options))["text"];
    RC_ASSERT(shown.find(secret) == std::string::npos);
    RC_ASSERT(shown.find(text) == std::string::npos);
    Value value{};
    const std::string whole = line + R"("]})";
    RC_ASSERT(Reader().read(whole, job.arena, value));
    OutBuffer out;
    RecordWriter(options).write_line(out, value);
    RC_ASSERT(std::string(out.view()) == R"({"x *** y":["***"]})"
                                         "\n");
  }));
}

TEST_CASE("a number that is a secret, or holds one, is hidden; its neighbours stay") {
  JobContext job;
  Value value{};
  const std::string text = "[48213,-48213,48213.0,4.8213e4,1482139,4821,{\"48213\":0.48213}]";
  REQUIRE(Reader().read(text, job.arena, value));
  CHECK(line_of(value, {"48213"}) == R"(["***","***","***","***","***",4821,{"***":"***"}])"
                                     "\n");
  CHECK(line_of(value, {"nan"}) == text + "\n");
}

TEST_CASE("of a text that was cut the beginning of a secret is hidden, too") {
  const SecretMask mask({"topsecret"});
  CHECK(mask.masked_cut("it was topsec") == "it was ***");
  CHECK(mask.masked_cut("not \"topse...\", said topsecret...") == "not \"***...\", said ***...");
  CHECK(mask.masked_cut("stop") == "stop");
  CHECK(mask.masked_cut("") == "");
}
