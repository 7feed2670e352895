// cairn: the command. Where C++ exceptions end and the exit code is decided.
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>
#include <new>
#include <optional>
#include <string>

#include "cairn/error.hpp"
#include "cli/command_line.hpp"
#include "cli/exit_codes.hpp"
#include "cli/session.hpp"

namespace {

using namespace cairn::cli;

int complain(const char* sentence, int exit_code) {
  const std::string line = "cairn: " + one_line(sentence) + "\n";
  std::fwrite(line.data(), 1, line.size(), stderr);
  return exit_code;
}

// A reader that has seen enough (`cairn ls | head`) is no error; a full disk is.
int print(const std::string& text, int exit_code) {
  errno = 0;
  const bool written =
      std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
  if (written || errno == EPIPE) return exit_code;
  return complain(("cannot write the answer: " + std::string(std::strerror(errno))).c_str(), kFailed);
}

// What a verb has said before it failed is printed too.
int run_verb(const CommandLine& line) {
  std::optional<Session> session;
  int exit_code = kFailed;
  try {
    session.emplace(line.globals);
    exit_code = line.verb(*session);
  } catch (const UsageError& error) {
    exit_code = complain(error.what(), kUsage);
  } catch (const cairn::Error& error) {
    exit_code = complain(error.what(), kFailed);
  } catch (const std::bad_alloc&) {
    exit_code = complain("out of memory", kFailed);
  } catch (const std::exception& error) {
    exit_code = complain(error.what(), kFailed);
  }
  if (!session) return exit_code;
  session->log(LogLevel::debug, "done");
  return print(session->out, exit_code);
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  try {
    const CommandLine line = parse_command_line(argc, argv);
    return line.verb ? run_verb(line) : print(line.text, kOk);
  } catch (const std::exception& error) {
    return complain(error.what(), kUsage);
  }
}
