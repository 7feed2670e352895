// Waits of random length, so that those who collided once do not meet again in step.
//
//   std::this_thread::sleep_for(jittered(std::chrono::milliseconds(5)));
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <random>
#include <thread>

namespace cairn::sql {

// Between a half and the whole of `longest`.
inline std::chrono::microseconds jittered(std::chrono::microseconds longest) {
  // Seeded by clock and thread: processes and threads that start together must differ.
  thread_local std::minstd_rand random(static_cast<std::minstd_rand::result_type>(
      static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count()) +
      std::hash<std::thread::id>{}(std::this_thread::get_id())));
  return std::chrono::microseconds(
      std::uniform_int_distribution<std::int64_t>(longest.count() / 2, longest.count())(random));
}

}  // namespace cairn::sql
