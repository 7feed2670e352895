// This program once more, as another process.
#pragma once

#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <stdexcept>
#include <string>
#include <vector>

// Its argv is `arguments`; its standard output is `output`.
inline pid_t start_child(std::vector<std::string> arguments, int output) {
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  const pid_t pid = fork();
  if (pid < 0) throw std::runtime_error("cannot fork");
  if (pid == 0) {
    dup2(output, STDOUT_FILENO);
    close(output);
    execv("/proc/self/exe", argv.data());
    _exit(127);
  }
  return pid;
}
