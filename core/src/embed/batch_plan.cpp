#include "embed/batch_plan.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <set>

#include "base/diagnostic.hpp"
#include "embed/record_choice.hpp"
#include "embed/setup.hpp"
#include "sink/secret_mask.hpp"

namespace runnel::core {

namespace {

std::string check_fields(const std::vector<std::string>& fields) {
  const std::vector<std::string>& known = record_fields();
  for (const std::string& field : fields) {
    if (std::find(known.begin(), known.end(), field) != known.end()) continue;
    std::string message = "no record key \"" + printable(field) + "\"";
    if (std::string hint = suggest(field, known); !hint.empty()) message += "; " + hint;
    return message;
  }
  return "";
}

// Where jobs go.
std::string check_entry(const Flow& flow, const BatchOptions& options, CheckedBatch& out) {
  SlotRef& slot = out.plan.slot;
  const std::string mistake = options.post.empty() ? find_entry(flow, slot) : find_slot(flow, options.post, slot);
  if (mistake.empty()) {
    out.entry.slot = slot;
    out.entry.is_for_all = !options.post.empty();
    return "";
  }
  if (!options.post.empty()) return "--post: " + mistake;
  const bool names_slots = out.format == InputFormat::jobs || out.format == InputFormat::records;
  if (!names_slots || flow.entry_candidates.empty()) return mistake;
  slot = flow.entry_candidates.front();
  out.entry.mistake = mistake;
  return "";
}

// A file that is to be resumed on holds records, one a line, with what it takes to know them again.
std::string check_file(const BatchOptions& options) {
  if (!options.emit.empty()) return "--output is for records; print the items of --emit to the standard output";
  if (options.pretty) return "--output keeps a record a line; --pretty is for the standard output";
  for (const char* needed : {"status", "input"}) {
    if (options.fields.empty()) break;
    if (std::find(options.fields.begin(), options.fields.end(), needed) != options.fields.end()) continue;
    return "--fields must name status and input with --output: they tell which jobs are done";
  }
  return "";
}

// Each record is to hold what it takes to post its job again.
std::string check_record_input(const BatchOptions& options) {
  if (!options.emit.empty()) return "--record-input is for records; --emit prints items";
  for (const char* needed : {"input", "post"}) {
    if (options.fields.empty()) break;
    if (std::find(options.fields.begin(), options.fields.end(), needed) != options.fields.end()) continue;
    return "--record-input writes input and post; name both in --fields, too";
  }
  return "";
}

// Which records of an earlier run are posted again.
std::string check_replay(const Flow& flow, const BatchOptions& options, InputFormat format) {
  const ReplayOptions& replay = options.replay;
  if (format != InputFormat::records) {
    const bool chooses = !replay.status.empty() || !replay.job_ids.empty() || flow.where;
    return chooses ? "--status, --where and ids choose among records; they are for the input format records" : "";
  }
  if (!replay.status.empty() && !final_status(replay.status))
    return "--status: \"" + printable(replay.status) + "\" is none of completed, failed, cancelled";
  return "";
}

// What is printed.
std::string check_output(const Flow& flow, const BatchOptions& options, BatchPlan& plan, JobOptions& jobs) {
  if (std::string mistake = check_fields(options.fields); !mistake.empty()) return "--fields: " + mistake;
  plan.in_order = options.in_order;
  plan.records.fields = options.fields;
  plan.records.pretty = options.pretty;
  plan.records.write.ascii = options.ascii;
  plan.records.secrets = flow.secrets;
  plan.select = flow.select;
  if (plan.select) {
    if (!options.fields.empty()) return "--fields chooses keys of records; --select prints an expression";
    plan.printed = Printed::selected;
  }
  if (options.emit.empty()) return "";
  if (plan.select) return "--emit and --select exclude each other";
  SlotRef event;
  if (std::string mistake = find_event(flow, options.emit, event); !mistake.empty()) return "--emit: " + mistake;
  const Routine& emitter = flow.routines[event.routine];
  if (event.slot == emitter.error_event() && !emitter.has_error_connection()) {
    return "--emit: the event \"error\" of routine \"" + emitter.id + "\" is emitted only when it is connected";
  }
  if (!options.fields.empty()) return "--fields chooses keys of records; --emit prints items";
  plan.printed = Printed::emitted;
  jobs.strand.collect = true;
  jobs.strand.collect_routine = event.routine;
  jobs.strand.collect_event = event.slot;
  return "";
}

std::string slot_text(const Flow& flow, const SlotRef& slot) {
  const Routine& routine = flow.routines[slot.routine];
  return routine.id + "." + routine.names.slots[slot.slot];
}

std::string classes_of(const Flow& flow) {
  std::set<std::string> names;
  for (const Routine& routine : flow.routines) names.insert(routine.spec->name);
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

std::string line_of_input(const std::string& name) {
  const std::string shown = printable(name);
  if (name == "-") return "  -: standard input\n";
  std::error_code error;
  const auto size = std::filesystem::file_size(name, error);
  if (error) return "  " + shown + ": not a regular file\n";
  const Compression compression = compression_of_file(name);
  const std::string packed = compression == Compression::none ? "" : ", " + std::string(name_of(compression));
  return "  " + shown + ": " + std::to_string(size) + (size == 1 ? " byte" : " bytes") + packed + "\n";
}

std::string inputs_text(const Flow& flow, const BatchOptions& options) {
  if (options.data) return "input: --data\n";
  std::string text = "inputs: " + std::to_string(options.inputs.size()) + ", " + options.input_format + "\n";
  for (const std::string& name : options.inputs) text += line_of_input(name);
  if (!options.replay.status.empty()) text += "status: " + options.replay.status + "\n";
  if (flow.where) text += "where: " + printable(flow.expressions[*flow.where].source.text) + "\n";
  for (const std::string& id : options.replay.job_ids) text += "job: " + printable(id) + "\n";
  if (options.skip) text += "skip: " + std::to_string(options.skip) + "\n";
  if (options.head) text += "head: " + std::to_string(*options.head) + "\n";
  return text;
}

std::string ids_text(const Flow& flow, const RuntimeOptions& runtime, const BatchOptions& options) {
  const bool stable = options.stable_ids || runtime.deterministic || options.file;
  const std::string made = stable ? "from position and content" : "UUIDs";
  return "job ids: " +
         (flow.job_id_from                 ? "--job-id-from"
          : options.input_format == "jobs" ? "given, else " + made
                                           : made) +
         "\n";
}

std::string rate_text(double jobs_per_second) {
  char text[64];
  std::snprintf(text, sizeof text, "%.6g jobs a second", jobs_per_second);
  return text;
}

std::string prints_text(const BatchOptions& options, const BatchPlan& plan) {
  if (plan.printed == Printed::emitted) return "the items of " + options.emit;
  if (plan.printed == Printed::selected) return "--select";
  std::string text = "records";
  for (const std::string& field : options.fields) text += (&field == &options.fields.front() ? " of " : ", ") + field;
  return text;
}

}  // namespace

std::string check_batch(const Flow& flow, const RuntimeOptions& runtime, const BatchOptions& options, Arena& memory,
                        CheckedBatch& out) {
  if (std::string mistake = job_options(flow, runtime, memory, out.jobs); !mistake.empty()) return mistake;
  out.jobs.stable_ids = options.stable_ids;
  const auto format = input_format_of(options.input_format);
  if (!format)
    return "--input-format: no format \"" + printable(options.input_format) + "\"; " +
           suggest(options.input_format, input_format_names());
  out.format = *format;
  if (options.data && out.format != InputFormat::jsonl) return "--data is JSON; --input-format is for input files";
  if (options.data && (options.skip || options.head)) return "--data is one job; --skip and --head are for input files";
  if (std::string mistake = check_entry(flow, options, out); !mistake.empty()) return mistake;
  if (std::string mistake = check_output(flow, options, out.plan, out.jobs); !mistake.empty()) return mistake;
  if (options.file) {
    if (flow.select) return "--output is for records; print --select to the standard output";
    if (std::string mistake = check_file(options); !mistake.empty()) return mistake;
    out.plan.records.always_input = true;
    out.jobs.stable_ids = true;
  }
  if (options.record_input) {
    if (flow.select) return "--record-input is for records; --select prints an expression";
    if (std::string mistake = check_record_input(options); !mistake.empty()) return mistake;
    out.plan.records.always_input = true;
    out.plan.records.always_post = true;
  }
  if (std::string mistake = check_replay(flow, options, out.format); !mistake.empty()) return mistake;
  if (options.window == 0) return "--window must be at least 1";
  if (options.skip == UINT64_MAX) return "--skip is too large";
  out.feed = {options.window, options.skip, options.head, options.jobs_per_second, options.data};
  return "";
}

std::string check_inputs(const BlockReader& reader) {
  const ReadFailure failure = reader.check();
  if (failure.error == 0) return "";
  if (!failure.text.empty()) return printable(failure.source) + ":" + failure.text;
  return printable(failure.source) + ": cannot be read: " + failure.message();
}

}  // namespace runnel::core

namespace runnel {

const std::vector<std::string>& input_formats() { return core::input_format_names(); }

BatchResult plan_batch(const Flow& loaded, const RuntimeOptions& runtime, const BatchOptions& options,
                       std::string& text) {
  const core::Flow& flow = *loaded.graph();
  core::Arena memory;
  core::CheckedBatch batch;
  std::string mistake = core::check_batch(flow, runtime, options, memory, batch);
  if (mistake.empty() && !options.data) {
    mistake = core::check_inputs(core::BlockReader(options.inputs, -1, batch.format));
  }
  if (mistake.empty() && batch.format == core::InputFormat::records)
    mistake = core::RecordChoice(flow, options.replay).check(options.inputs, options.skip, options.head);
  BatchResult result;
  if (!mistake.empty()) {
    result.exit_code = 2;
    result.message = std::move(mistake);
    return result;
  }
  text = "flow: " + flow.id + " (" + core::printable(flow.file) + ")\n";
  text += "entry: " +
          (batch.format == core::InputFormat::records && options.post.empty() ? "where each record was posted to"
           : batch.entry.slot                                                 ? core::slot_text(flow, *batch.entry.slot)
                                                                              : "named by each job") +
          "\n";
  text += "classes: " + core::classes_of(flow) + "\n";
  text += core::inputs_text(flow, options);
  text += "workers: " + std::to_string(workers_for(loaded, runtime.workers)) + "\n";
  if (flow.partition_by) {
    text += "partition_by: " + core::printable(flow.expressions[*flow.partition_by].source.text) + "\n";
  }
  text += "window: " + std::to_string(options.window) + (options.window == 1 ? " job\n" : " jobs\n");
  if (options.jobs_per_second > 0) text += "rate: " + core::rate_text(options.jobs_per_second) + "\n";
  text += core::ids_text(flow, runtime, options);
  text += "prints: " + core::prints_text(options, batch.plan) + ", in " + (options.in_order ? "input" : "completion") +
          " order" + (options.file ? ", to " + core::printable(options.file->path) : "") + "\n";
  text = core::SecretMask(flow.secrets).masked_cut(text);
  return result;
}

}  // namespace runnel
