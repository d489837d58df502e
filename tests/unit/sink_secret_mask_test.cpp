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
