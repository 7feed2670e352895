// Types of the program under test, as its cairn.toml would name them.
#pragma once

#include "cairn/sqlite/value.hpp"

namespace app {
enum class State { open, shut };
}

template <>
inline constexpr auto cairn::enum_names<app::State> = std::to_array<std::pair<app::State, std::string_view>>(
    {{app::State::open, "open"}, {app::State::shut, "shut"}});
