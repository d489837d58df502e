// From a record in a block to what a JobRunner is asked to do.
#pragma once

#include "job/job_request.hpp"
#include "source/block_reader.hpp"
#include "value/hash.hpp"

namespace runnel::core {

// request.slot and is_post stay as they are, unless a dispatcher has looked at the block.
inline void fill_request(JobRequest& request, const Block& block, size_t index) {
  const Line& line = block.lines[index];
  request.text = block.text(line);
  request.place.source = block.source;
  request.place.line = block.first_line + line.line;
  request.place.ordinal = block.first_ordinal + index;
  request.number = request.place.ordinal;
  request.column = line.column;
  request.too_long = line.too_long;
  request.has_hash = line.too_long;
  request.text_hash = block.long_line_hash;
  request.format = block.format;
  request.decoder = block.decoder;
  request.problem = nullptr;
  if (!block.posts.empty()) {
    const Post& post = block.posts[index];
    request.slot = post.slot;
    request.job_id = post.job_id;
    request.problem = post.problem;
    request.is_post = block.are_posts;
  }
  if (!block.replays.empty()) {
    const Replay& replay = block.replays[index];
    if (!line.too_long) request.text_hash = content_hash(request.text);
    request.has_hash = true;
    request.text = replay.text;
    request.column = 0;
    request.format = replay.format;
    request.decoder = replay.decoder;
    request.is_post = replay.is_post;
    request.replay_of = replay.replay_of;
    request.base_metadata = replay.metadata;
    if (replay.is_lost) {
      request.post_routine = replay.routine;
      request.post_slot = replay.slot;
    }
  }
  if (block.problem && index + 1 == block.lines.size()) request.problem = &*block.problem;
}

}  // namespace runnel::core
