// Ctrl-C as a request: the first one asks to stop at the next good place, the second one kills.
#pragma once

namespace cairn::cli {

void catch_interrupts();
bool interrupted();

}  // namespace cairn::cli
