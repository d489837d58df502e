// The children that are alive, for a signal that ends this process: none of them outlives it.
#pragma once

#include <cstddef>

namespace runnel::exec {

// SIGINT, SIGTERM and SIGHUP kill the children first, where nobody else has a handler for them or ignores them.
void kill_children_at_end();

// Around the start of a child: a signal waits for it, so that there is no child which the table does not name.
class Starting {
 public:
  Starting();
  ~Starting();
  Starting(const Starting&) = delete;
  Starting& operator=(const Starting&) = delete;
};

// Children [the exec thread]: from the start to just before it is reaped, when its number may become another's.
constexpr size_t kNotNoted = static_cast<size_t>(-1);
size_t note_alive(int pid);
void forget_alive(size_t noted);

void signal_child(int pid, int signal);  // its group, and itself should it have left that

}  // namespace runnel::exec
