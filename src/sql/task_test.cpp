#include "cairn/sql/task.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "cairn/sql/run_loop.hpp"

namespace cairn::sql {
namespace {

Task<int> number(int n) {
  co_return n;
}

Task<std::string> joined(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += std::to_string(co_await number(i));
  co_return text;
}

Task<> failing() {
  co_await number(1);
  throw std::runtime_error("from a task");
}

TEST(Task, ResultsAndExceptionsComeThrough) {
  RunLoop loop;
  EXPECT_EQ(loop.run(joined(5)), "01234");
  EXPECT_THROW(loop.run(failing()), std::runtime_error);
  const auto catching = []() -> Task<bool> {
    try {
      co_await failing();
    } catch (const std::runtime_error&) {
      co_return true;
    }
    co_return false;
  };
  EXPECT_TRUE(loop.run(catching()));
}

TEST(Task, StartsWhenItIsAwaited) {
  bool started = false;
  const auto start = [](bool& flag) -> Task<> {
    flag = true;
    co_return;
  };
  Task<> task = start(started);
  EXPECT_FALSE(started);
  RunLoop().run(std::move(task));
  EXPECT_TRUE(started);
}

TEST(Task, DroppedUnstartedItFreesItsArguments) {
  const auto value = std::make_shared<int>(1);
  const auto hold = [](std::shared_ptr<int> held) -> Task<int> { co_return *held; };
  { const Task<int> task = hold(value); }
  EXPECT_EQ(value.use_count(), 1);
}

TEST(Task, MoveOnlyResults) {
  const auto make = []() -> Task<std::unique_ptr<int>> { co_return std::make_unique<int>(7); };
  EXPECT_EQ(*RunLoop().run(make()), 7);
}

TEST(RunLoop, RunsWhatAnyThreadPosts) {
  RunLoop loop;
  std::vector<std::thread> threads;
  int sum = 0;  // touched by the loop's thread only
  for (int i = 1; i <= 4; ++i) threads.emplace_back([&loop, &sum, i] { loop.post([&sum, i] { sum += i; }); });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(loop.run(number(1)), 1) << "it was posted last";
  EXPECT_EQ(sum, 10);
}

}  // namespace
}  // namespace cairn::sql
