// The states of a job: pending -> running -> completed | failed | cancelled; the last three are final.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace runnel::core {

enum class Status : uint8_t { pending, running, completed, failed, cancelled };

constexpr std::string_view text_of(Status status) {
  constexpr std::string_view kTexts[] = {"pending", "running", "completed", "failed", "cancelled"};
  return kTexts[static_cast<uint8_t>(status)];
}

constexpr bool is_final(Status status) { return status >= Status::completed; }

// The final status of that name, for job.complete().
constexpr std::optional<Status> final_status(std::string_view text) {
  for (Status status : {Status::completed, Status::failed, Status::cancelled}) {
    if (text == text_of(status)) return status;
  }
  return std::nullopt;
}

}  // namespace runnel::core
