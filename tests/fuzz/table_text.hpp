// A plugin's table from text. Each line is a letter and a value; the value of a text may also be \x01N (N bytes at a
// null pointer) or \x02N (N bytes, of which only so many are there as a check may look at). Letters of the table:
//
//   M magic (hex)  S struct_size  A abi_major  B abi_minor  R readable  C type_count  L no types
//   N name  V version  K sdk_version
//   t a class: its name  T struct_size  f flags  u summary  x functions that are null (bits)  z a class that is null
//   p slot  P slot_count  e event  E event_count  q summary of the latest of them
//   d parameter  k kind  r required  j default  c choices  m summary  D param_count
//   h what its functions call: a letter (s slot, e event, f flags, w warn, r reject), then the argument; H: in create
//   y a line of the flow behind the class's name
#pragma once

#include <runnel/plugin.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace runnel::fuzz {

class TableText {
 public:
  explicit TableText(std::string_view text);
  TableText(const TableText&) = delete;
  TableText& operator=(const TableText&) = delete;
  ~TableText();

  const runnel_plugin& plugin() const { return *reinterpret_cast<const runnel_plugin*>(plugin_.get()); }
  size_t readable() const { return readable_; }
  std::string_view flow() const { return flow_; }

 private:
  struct Type;
  void read(char letter, std::string_view value);
  void read_type(char letter, std::string_view value);
  void read_param(char letter, std::string_view value);
  runnel_text text(std::string_view value);
  void finish();

  runnel_plugin head_{};
  size_t readable_ = sizeof(runnel_plugin);
  bool has_types_ = true;
  bool counts_types_ = true;
  std::unique_ptr<char[]> plugin_;
  std::string flow_;
  std::vector<std::unique_ptr<Type>> types_;  // null: a null pointer of the table
  std::unique_ptr<const runnel_type*[]> pointers_;
  std::vector<std::unique_ptr<char[]>> texts_;
};

}  // namespace runnel::fuzz
