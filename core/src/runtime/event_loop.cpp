#include "runtime/event_loop.hpp"

#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>
#include <asio/post.hpp>

namespace runnel::core {

struct EventLoop::Impl {
  asio::io_context context{1};
  asio::executor_work_guard<asio::io_context::executor_type> guard = asio::make_work_guard(context);
};

EventLoop::EventLoop() : impl_(std::make_unique<Impl>()) {}
EventLoop::~EventLoop() = default;

void EventLoop::post(std::function<void()> work) { asio::post(impl_->context, std::move(work)); }
void EventLoop::run() { impl_->context.run(); }
void EventLoop::run_ready() { impl_->context.poll(); }
void EventLoop::finish() {
  asio::post(impl_->context, [this] { impl_->guard.reset(); });
}

}  // namespace runnel::core
