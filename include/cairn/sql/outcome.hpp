// What an operation came to: a value, or the exception that it threw.
//
//   pool.read(count_notes).then([](cairn::sql::Outcome<int> outcome) {
//     if (outcome.ok()) show(outcome.get());
//   });
#pragma once

#include <exception>
#include <type_traits>
#include <utility>
#include <variant>

namespace cairn::sql {

template <class T>
class Outcome {
 public:
  using Value = std::conditional_t<std::is_void_v<T>, std::monostate, T>;

  // Runs `work` and keeps what it returns or throws.
  template <class Work>
  static Outcome of(Work&& work) noexcept {
    try {
      if constexpr (std::is_void_v<T>) {
        work();
        return Outcome(Value());
      } else {
        return Outcome(Value(work()));
      }
    } catch (...) {
      return Outcome(std::current_exception());
    }
  }
  explicit Outcome(Value value) : state_(std::in_place_index<1>, std::move(value)) {}
  explicit Outcome(std::exception_ptr error) noexcept : state_(std::in_place_index<0>, std::move(error)) {}

  bool ok() const noexcept { return state_.index() == 1; }
  // Null when ok.
  std::exception_ptr error() const noexcept { return ok() ? nullptr : *std::get_if<0>(&state_); }

  // The value, moved out, or the exception, thrown. Once only.
  T get() {
    if (!ok()) std::rethrow_exception(std::move(*std::get_if<0>(&state_)));
    if constexpr (!std::is_void_v<T>) return std::move(*std::get_if<1>(&state_));
  }

 private:
  std::variant<std::exception_ptr, Value> state_;
};

}  // namespace cairn::sql
