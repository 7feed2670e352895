// For tests: the Error that a piece of code throws.
//
//   EXPECT_EQ(error_of([&] { store.get(99); }).code(), ErrorCode::not_found);
#pragma once

#include <utility>

#include "cairn/error.hpp"

namespace cairn {

template <class Body>
Error error_of(Body&& body) {
  try {
    std::forward<Body>(body)();
  } catch (const Error& e) {
    return e;
  }
  return {ErrorCode{0}, "no error was thrown"};
}

}  // namespace cairn
