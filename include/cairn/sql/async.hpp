// A pool whose work runs in threads of its own: a whole closure is shipped to a connection, and its result
// comes back as a future, to a callback, or into a coroutine.
//
//   cairn::sql::AsyncPool async(pool);
//   const auto count = [](cairn::sql::Connection& db) {
//     return db.query_one<int>("SELECT count(*) FROM notes");
//   };
//
//   std::future<int> future = async.read(count).future();
//   async.read(count).then([](cairn::sql::Outcome<int> outcome) { … });   // in the database's thread
//   int n = co_await async.read(count).resume_on(loop);                   // goes on in the loop's thread
//
//   async.write([](cairn::sql::Transaction& tx) { … },                    // committed when it returns
//               {.deadline = std::chrono::steady_clock::now() + std::chrono::seconds(2)}).future();
//
// The unit is a closure, with as many statements as it likes, never a row: a trip to another thread costs
// several times what a look-up does. read() and write() are those of Pool, whose connections they take, so
// that hooks, metrics and the queue for the writer are shared with who uses the pool directly.
//
// A limit counts from the call, so waiting for a turn is included: `timeout` after the deadline and
// `interrupted` after a stop, both looked at when the closure's turn comes and all the time while its
// statements run, or it waits for a connection or for a stream's reader.
// Thread-safety: every member may be called from any thread. Closures run in other threads: what they capture
// must be safe there. Lifetime: the pool, and the executors that results are sent to, must outlive it.
#pragma once

#include <cstddef>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include "cairn/sql/deadline.hpp"
#include "cairn/sql/executor.hpp"
#include "cairn/sql/outcome.hpp"
#include "cairn/sql/pool.hpp"
#include "cairn/sql/row_stream.hpp"

namespace cairn::sql {

namespace detail {

class Workers;

// Something to do for a thread with a connection.
class Job {
 public:
  virtual ~Job() = default;
  virtual void run(Pool& pool) noexcept = 0;
  // Instead of run().
  virtual void fail(std::exception_ptr error) noexcept = 0;
};

template <class R>
class Work {
 public:
  virtual ~Work() = default;
  virtual R run(Pool& pool) = 0;
};

// How a connection is waited for: with a deadline for what is left of it, instead of acquire_timeout. Throws
// when a limit is passed already.
Acquire within(const Limits& limits);

// On a reader, in a transaction; F takes a Connection.
template <class R, class F>
class ReadWork final : public Work<R> {
 public:
  ReadWork(F closure, Limits limits) : closure_(std::move(closure)), limits_(std::move(limits)) {}

  R run(Pool& pool) override {
    const PooledConnection db = pool.reader(within(limits_));
    return run_within(*db, limits_, [&] {
      return transaction(
          *db, [&](Transaction&) { return closure_(*db); }, TransactionMode::deferred);
    });
  }

  template <class Body>
  static R run_within(Connection& db, const Limits& limits, Body&& body) {
    if (!limits.deadline && !limits.stop.stop_possible()) return body();
    OperationLimit limit(db, limits);
    return limit.run(body);
  }

 private:
  F closure_;
  Limits limits_;
};

// On the writer; F takes a Transaction.
template <class R, class F>
class WriteWork final : public Work<R> {
 public:
  WriteWork(F closure, Limits limits) : closure_(std::move(closure)), limits_(std::move(limits)) {}

  R run(Pool& pool) override {
    const PooledConnection db = pool.writer(within(limits_));
    return ReadWork<R, F>::run_within(*db, limits_, [&] { return transaction(*db, closure_); });
  }

 private:
  F closure_;
  Limits limits_;
};

// Work, and whom to tell. What the closure captured is gone before anybody is told.
template <class R, class Tell>
class TellingJob final : public Job {
 public:
  TellingJob(std::unique_ptr<Work<R>> work, Tell tell) : work_(std::move(work)), tell_(std::move(tell)) {}

  void run(Pool& pool) noexcept override {
    Outcome<R> outcome = Outcome<R>::of([&] { return work_->run(pool); });
    work_.reset();
    tell_(std::move(outcome));
  }
  void fail(std::exception_ptr error) noexcept override {
    work_.reset();
    tell_(Outcome<R>(std::move(error)));
  }

 private:
  std::unique_ptr<Work<R>> work_;
  Tell tell_;
};

void submit(Workers& workers, std::unique_ptr<Job> job);

}  // namespace detail

// Work that was described and not yet begun: say how its result shall come back. Once only.
template <class R>
class [[nodiscard]] Operation {
 public:
  // Begins it. Dropping the future neither stops the work nor waits for it.
  std::future<R> future() && {
    std::promise<R> promise;
    std::future<R> future = promise.get_future();
    begin([promise = std::move(promise)](Outcome<R> outcome) mutable {
      if (!outcome.ok()) {
        promise.set_exception(outcome.error());
      } else if constexpr (std::is_void_v<R>) {
        promise.set_value();
      } else {
        promise.set_value(outcome.get());
      }
    });
    return future;
  }

  // Begins it. `done(Outcome<R>)` is called in the database's thread, or, when the pool closes first, in the
  // closing one; with a full queue, in this one. It must be brief and must not throw.
  template <class Done>
  void then(Done done) && {
    begin(std::move(done));
  }

  // To be awaited at once: begins it, and resumes the coroutine through `executor`.
  template <Executor E>
  auto resume_on(E& executor) && {
    return Awaiter<E>{std::move(*this), executor};
  }

 private:
  friend class AsyncPool;

  template <Executor E>
  class Awaiter {
   public:
    Awaiter(Operation operation, E& executor) : operation_(std::move(operation)), executor_(executor) {}
    Awaiter(const Awaiter&) = delete;
    ~Awaiter() {
      if (state_) state_->gone = true;
    }

    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> coroutine) {
      state_ = std::make_shared<State>();
      state_->coroutine = coroutine;
      // From here on the coroutine may run, and this object be gone, at any moment.
      operation_.begin([state = state_, &executor = executor_](Outcome<R> outcome) mutable {
        state->outcome.emplace(std::move(outcome));
        detail::Suspended::resume_on(executor, std::move(state));
      });
    }
    R await_resume() { return state_->outcome->get(); }

   private:
    struct State : detail::Suspended {
      std::optional<Outcome<R>> outcome;
    };

    Operation operation_;
    E& executor_;
    std::shared_ptr<State> state_;
  };

  Operation(detail::Workers& workers, std::unique_ptr<detail::Work<R>> work)
      : workers_(&workers), work_(std::move(work)) {}

  template <class Tell>
  void begin(Tell tell) {
    detail::submit(*workers_,
                   std::make_unique<detail::TellingJob<R, Tell>>(std::move(work_), std::move(tell)));
  }

  detail::Workers* workers_;
  std::unique_ptr<detail::Work<R>> work_;
};

struct AsyncOptions {
  std::size_t reading_threads = 0;  // 0: as many as the pool has readers
  // Closures that wait for a thread, reading and writing ones each. One more fails at once, with `busy`: who
  // produces work faster than it is done must hear of it.
  std::size_t max_pending = 10000;
};

class AsyncPool {
 public:
  explicit AsyncPool(Pool& pool, const AsyncOptions& options = {});
  // Closes, and waits for the closures that run.
  ~AsyncPool();
  AsyncPool(const AsyncPool&) = delete;
  AsyncPool& operator=(const AsyncPool&) = delete;

  // f(Connection&) on a reader: all its queries see one snapshot.
  template <class F>
  auto read(F f, Limits limits = {}) {
    using R = std::decay_t<std::invoke_result_t<F&, Connection&>>;
    return Operation<R>(*readers_, std::make_unique<detail::ReadWork<R, F>>(std::move(f), std::move(limits)));
  }

  // f(Transaction&) on the writer, one after the other, in the order of the calls.
  template <class F>
  auto write(F f, Limits limits = {}) {
    using R = std::decay_t<std::invoke_result_t<F&, Transaction&>>;
    return Operation<R>(*writer_, std::make_unique<detail::WriteWork<R, F>>(std::move(f), std::move(limits)));
  }

  // Begins f(Connection&, RowSink<T>&) on a reader, and hands out the rows that it pushes (row_stream.hpp).
  template <class T, class F>
  RowStream<T> stream(F f, const StreamOptions& options = {}, Limits limits = {}) {
    auto channel = std::make_shared<detail::RowChannel<T>>(options, limits);
    read(
        [f = std::move(f), channel, closing = closing_.get_token()](Connection& db) mutable {
          const std::stop_callback on_close(closing, [&] { channel->abandon(); });
          RowSink<T> sink(*channel);
          f(db, sink);
          sink.flush();
        },
        std::move(limits))
        .then([channel](Outcome<void> outcome) { channel->finish(outcome.error()); });
    return RowStream<T>(std::move(channel));
  }

  // No new work is taken; what waits fails with `closed`, what runs is let finish, but for streams, which end
  // with `closed`, too. The pool underneath stays open.
  void close() noexcept;

 private:
  std::stop_source closing_;
  std::unique_ptr<detail::Workers> readers_;
  std::unique_ptr<detail::Workers> writer_;
};

}  // namespace cairn::sql
