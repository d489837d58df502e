// The schema in a JSON file, with what is wrong about the file said in words.
#pragma once

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <runnel/routine.hpp>
#include <string>
#include <system_error>

namespace runnel::builtin {

// Looks the text over before it is made a value: how deep it is, its integers, and where it is no JSON.
class SchemaFileCheck : public nlohmann::json_sax<nlohmann::json> {
 public:
  std::string wrong;
  size_t wrong_at = 0;  // bytes up to there, of a text that is no JSON

  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t value) override {
    return value <= INT64_MAX || refuse(std::to_string(value) + kTooBig);
  }
  bool number_float(number_float_t, const string_t& text) override {
    return text.find_first_of(".eE") != std::string::npos || refuse(text + kTooBig);
  }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool key(string_t&) override { return true; }
  bool start_object(std::size_t) override { return descend(); }
  bool start_array(std::size_t) override { return descend(); }
  bool end_object() override { return depth_--, true; }
  bool end_array() override { return depth_--, true; }
  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception& error) override {
    if (error.id == kOutOfRange) return refuse("holds a number no double can hold");
    wrong_at = position == 0 ? 1 : position;
    // [json.exception.parse_error.101] parse error at line 1, column 2: syntax error while parsing value - ...
    const std::string text = error.what();
    const size_t at = text.find(" - ");
    return refuse(at == std::string::npos ? "it cannot be read" : text.substr(at + 3));
  }

 private:
  static constexpr const char* kTooBig = " is an integer beyond 64 bits, which cannot be compared exactly";
  static constexpr int kDeepest = 100, kOutOfRange = 406;

  bool refuse(std::string why) {
    wrong = std::move(why);
    return false;
  }
  bool descend() { return ++depth_ <= kDeepest || refuse("the schema is nested over 100 levels deep"); }

  int depth_ = 0;
};

inline std::string read_schema_text(const std::string& name) {
  constexpr size_t kMost = size_t{1024} * 1024;
  const auto refuse = [&](const std::string& why) { throw ConfigError("schema_file", '"' + name + "\" " + why); };
  std::error_code error;
  const auto status = std::filesystem::status(name, error);
  if (!std::filesystem::exists(status) && !error) error = std::make_error_code(std::errc::no_such_file_or_directory);
  if (error) refuse("cannot be read: " + error.message());
  if (std::filesystem::is_directory(status)) refuse("cannot be read: Is a directory");
  if (!std::filesystem::is_regular_file(status)) refuse("cannot be read: it is not a regular file");
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(name.c_str(), "rb"), std::fclose);
  if (!file) refuse("cannot be read: " + std::generic_category().message(errno));
  std::string text(kMost + 1, 0);
  text.resize(std::fread(text.data(), 1, text.size(), file.get()));
  if (std::ferror(file.get())) refuse("cannot be read: " + std::generic_category().message(errno));
  if (text.size() > kMost) refuse("is over 1 MiB");
  return text;
}

inline nlohmann::json read_schema_file(const std::string& name) {
  const std::string text = read_schema_text(name);
  const auto refuse = [&](const std::string& why) { throw ConfigError("schema_file", '"' + name + "\" " + why); };
  SchemaFileCheck check;
  if (!nlohmann::json::sax_parse(text, &check)) {
    if (check.wrong_at == 0) refuse("cannot be used: " + check.wrong);
    const std::string_view before = std::string_view(text).substr(0, check.wrong_at - 1);
    const auto line = std::count(before.begin(), before.end(), '\n') + 1;
    const size_t start = before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
    refuse("is not JSON: line " + std::to_string(line) + ", column " + std::to_string(before.size() - start + 1) +
           ": " + check.wrong);
  }
  nlohmann::json schema = nlohmann::json::parse(text);
  if (!schema.is_object() && !schema.is_boolean()) refuse("holds no schema; a schema is an object, true or false");
  return schema;
}

}  // namespace runnel::builtin
