#include <rapidcheck.h>

#include "catch.hpp"
#include "sink/base64.hpp"
#include "sink_support.hpp"

using namespace runnel::core;

TEST_CASE("the record of a completed job, to the byte") {
  JobContext job;
  fill_completed(job);
  CHECK(
      record(job) ==
      R"({"job_id":"j-1","worker_id":"w0","flow_id":"traced_workflow","status":"completed","error":null,)"
      R"("created_at":"2024-01-01T10:00:00.000000Z","completed_at":"2024-01-01T10:00:00.000412Z",)"
      R"("metadata":{"user_id":"alice"},"data":{"user_id":"alice","n":1.0},)"
      R"("trace_log":[{"timestamp":"2024-01-01T10:00:00.000101Z","routine_id":"ingress",)"
      R"("action":"validating_request","details":{}},)"
      R"({"timestamp":"2024-01-01T10:00:00.000102Z","routine_id":"egress","action":"say \"hi\"","details":{"ok":true}}]})"
      "\n");
}

TEST_CASE("a line that could not be read has {} and [] and shows its text and place") {
  JobContext job;
  fill_bad_line(job, "{\"a\":tru}");
  CHECK(
      record(job) ==
      R"({"job_id":"j-7","worker_id":"w1","flow_id":"f","status":"failed","error":"expected a value",)"
      R"("created_at":"2024-01-01T10:00:00.000000Z","completed_at":"2024-01-01T10:00:00.000001Z",)"
      R"("metadata":{},"data":{},"trace_log":[],)"
      R"("error_detail":{"code":"input.syntax","routine_id":null,"attempt":1,"location":"in.jsonl:9:6","cause":null},)"
      R"("input":{"source":"in.jsonl","line":9,"ordinal":7,"sha":"ee46bcad4edd6c40"},)"
      R"("post":{"routine":"ingress","slot":"input","text":"{\"a\":tru}"}})"
      "\n");
}

TEST_CASE("all that is only there when there is something to say comes in its order") {
  JobContext job;
  fill_completed(job);
  job.status = Status::failed;
  job.error = literal("no disk");
  job.error_detail = Problem{"script.error", "no disk", "enrich", 3, "flow.yaml:3:9", "ENOSPC"};
  job.errors.push_back({"user", "first", "a", 1, "", ""});
  job.errors.push_back({"user", "second", "b", 2, "f:1:2", "c"});
  job.output.print("one\ntwo\n");
  job.discarded = 4;
  job.trace_log.set_limit(2);
  job.trace_log.add(job.trace_log.at(1));
  job.input_read = true;
  job.input_text = "{}";
  job.place = {"-", 3, 2};
  job.post_routine = literal("ingress");
  job.post_slot = literal("input");
  job.post_data = job.metadata;
  RecordOptions options;
  options.fields = {"post",      "input",  "output",        "error_detail",   "errors",
                    "discarded", "job_id", "trace_dropped", "output_dropped", "no_such_field"};
  CHECK(record(job, options) ==
        R"({"job_id":"j-1","error_detail":{"code":"script.error","routine_id":"enrich","attempt":3,)"
        R"("location":"flow.yaml:3:9","cause":"ENOSPC"},)"
        R"("errors":[{"code":"user","message":"first","routine_id":"a","attempt":1,"location":null,"cause":null},)"
        R"({"code":"user","message":"second","routine_id":"b","attempt":2,"location":"f:1:2","cause":"c"}],)"
        R"("output":"one\ntwo\n","discarded":4,"trace_dropped":1,)"
        R"("input":{"source":"-","line":3,"ordinal":2,"sha":"1349cde127705c16"},)"
        R"("post":{"routine":"ingress","slot":"input","data":{"user_id":"alice"}}})"
        "\n");
}

TEST_CASE("output over its limit says how much was dropped") {
  JobContext job;
  fill_completed(job);
  job.output.print(std::string(CapturedOutput::kLimit + 5, 'x'));
  RecordOptions options;
  options.fields = {"output_dropped"};
  CHECK(record(job, options) == "{\"output_dropped\":5}\n");
}

TEST_CASE("fields choose keys, the order stays; with none to show the record is {}") {
  JobContext job;
  fill_completed(job);
  RecordOptions options;
  options.fields = {"data", "status"};
  CHECK(record(job, options) == "{\"status\":\"completed\",\"data\":{\"user_id\":\"alice\",\"n\":1.0}}\n");
  options.fields = {"errors"};
  CHECK(record(job, options) == "{}\n");
}

TEST_CASE("what a job repeats stands before its input") {
  JobContext job;
  fill_completed(job);
  job.replay_of = literal("earlier");
  job.place = {"-", 1, 1};
  RecordOptions options;
  options.fields = {"job_id", "replay_of", "input"};
  CHECK(record(job, options) == "{\"job_id\":\"j-1\",\"replay_of\":\"earlier\"}\n");
  options.fields = {"replay_of", "input"};
  options.always_input = true;
  CHECK(record(job, options).starts_with("{\"replay_of\":\"earlier\",\"input\":{"));
}

TEST_CASE("base64 is read back, and nothing else is base64") {
  CHECK(rc::check([](const std::string& bytes) { RC_ASSERT(from_base64(to_base64(bytes)) == bytes); }));
  for (const char* text :
       {"A", "AA", "AAA", "A===", "====", "AB==", "AAB=", "A*==", "AA==AAAA", "QQ==\n", "QUJD\xff"}) {
    INFO(text);
    CHECK(!from_base64(text));
  }
}

TEST_CASE("every field name chooses its own key") {
  JobContext job;
  fill_completed(job);
  job.status = Status::failed;
  job.error_detail = Problem{};
  job.errors.emplace_back();
  job.output.print(std::string(CapturedOutput::kLimit + 1, 'x'));
  job.discarded = 1;
  job.errors_dropped = 1;
  job.trace_log.set_limit(1);
  job.trace_log.add(job.trace_log.at(0));
  job.place.ordinal = 1;
  job.replay_of = literal("earlier");
  for (const std::string& name : RecordWriter::field_names()) {
    RecordOptions options;
    options.fields = {name};
    const auto json = nlohmann::json::parse(record(job, options));
    CHECK(json.size() == 1);
    CHECK(json.contains(name));
  }
}

TEST_CASE("input and post are in a completed record only when asked for, input never without an ordinal") {
  JobContext job;
  fill_completed(job);
  job.input_read = true;
  job.input_text = "1";
  job.post_data = make_int(1);
  RecordOptions options;
  options.fields = {"input", "post"};
  CHECK(record(job, options) == "{}\n");
  options.always_post = options.always_input = true;
  CHECK(record(job, options) == "{\"post\":{\"routine\":null,\"slot\":null,\"data\":1}}\n");
  job.place = {"a\nb\xff", 1, 1};
  job.has_input_hash = true;
  job.input_hash = 0xabc;
  CHECK(record(job, options) == R"({"input":{"source":"a\\x0ab\\xff","line":1,"ordinal":1,"sha":"0000000000000abc"},)"
                                R"("post":{"routine":null,"slot":null,"data":1}})"
                                "\n");
}

TEST_CASE("a line that is not UTF-8 is shown as base64") {
  JobContext job;
  fill_bad_line(job, "\xff\xfe");
  CHECK(post(job) == R"({"routine":"ingress","slot":"input","base64":"//4="})");
  for (const auto& [line, text] : {std::pair{"\xff", "/w=="}, {"a\xff\xff", "Yf//"}, {"ab\x80z", "YWKAeg=="}}) {
    fill_bad_line(job, line);
    CHECK(post(job) == R"({"routine":"ingress","slot":"input","base64":")" + std::string(text) + "\"}");
  }
}

TEST_CASE("a long line is shown by its first 64 KiB, cut at a character") {
  constexpr size_t kMost = 64 * 1024;
  JobContext job;
  for (const std::string& filler : {std::string("x"), std::string("\xc3\xa4"), std::string("\xf0\x9f\x98\x80")}) {
    for (size_t start = 0; start < 4; ++start) {
      std::string line(start, 'a');
      while (line.size() < 2 * kMost) line += filler;
      fill_bad_line(job, line);
      const auto json = nlohmann::json::parse(post(job));
      const std::string shown = json["text"];
      CHECK(line.starts_with(shown));
      CHECK(shown.size() == start + (kMost - start) / filler.size() * filler.size());
      CHECK(json["truncated"] == true);
    }
  }
  const std::string exact(kMost, 'x');
  fill_bad_line(job, exact);
  CHECK(!nlohmann::json::parse(post(job)).contains("truncated"));
  job.input_truncated = true;
  CHECK(nlohmann::json::parse(post(job))["truncated"] == true);
  // Not UTF-8 right at the cut, which is no cut character.
  const std::string bad = std::string(kMost - 1, 'x') + "\xff" + "xx";
  fill_bad_line(job, bad);
  CHECK(nlohmann::json::parse(post(job)).contains("base64"));
  const std::string late = std::string(kMost, 'x') + "\xff";
  fill_bad_line(job, late);
  CHECK(nlohmann::json::parse(post(job))["text"].get<std::string>().size() == kMost);
}

TEST_CASE("pretty records are indented by two") {
  JobContext job;
  fill_completed(job);
  RecordOptions options;
  options.pretty = true;
  options.fields = {"status", "metadata"};
  CHECK(record(job, options) ==
        "{\n  \"status\": \"completed\",\n  \"metadata\": {\n    \"user_id\": \"alice\"\n  }\n}\n");
}

TEST_CASE("--ascii writes everything above 0x7f as escapes") {
  JobContext job;
  fill_completed(job);
  job.error = string_view_value("\xc3\xa4\xf0\x9f\x98\x80");
  RecordOptions options;
  options.write.ascii = true;
  options.fields = {"error"};
  CHECK(record(job, options) == "{\"error\":\"\\u00e4\\ud83d\\ude00\"}\n");
}

TEST_CASE("any value as a line") {
  RecordWriter writer{RecordOptions{}};
  OutBuffer out;
  writer.write_line(out, make_int(1));
  writer.write_line(out, literal("two"));
  writer.write_line(out, missing());
  CHECK(out.view() == "1\n\"two\"\nnull\n");
}

TEST_CASE("records with large values fit a small buffer") {
  JobContext job;
  fill_completed(job);
  const std::string large(100'000, 'x');
  for (int i = 0; i < 20; ++i) job.data.set(make_string(job.arena, "k" + std::to_string(i)), string_view_value(large));
  job.trace_log.set_limit(5000);
  for (int i = 0; i < 3000; ++i) job.trace_log.add({0, string_view_value(large.substr(0, 0)), literal("a"), missing()});
  RecordWriter writer{RecordOptions{}};
  OutBuffer out(1);
  writer.write(out, job);
  const auto json = nlohmann::json::parse(out.view());
  CHECK(json["data"]["k19"].get<std::string>().size() == large.size());
  CHECK(json["trace_log"].size() == 3002);
}
