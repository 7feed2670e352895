// Vectors as text. Beside the parsers a slow, obvious one with strtod and strtol, as sqlite-vec has it: what
// Cairn takes, it must take too, with the same elements.
#include <cmath>
#include <optional>

#include "support.hpp"
#include "vector/parse.hpp"

namespace cairn::fuzz {
namespace {

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

template <class Take>
auto reference(const std::string& text, Take take) {
  std::optional<std::vector<decltype(take(nullptr, nullptr))>> elements;
  const char* at = text.c_str();
  while (is_space(*at)) ++at;
  if (*at != '[') return elements;
  ++at;
  while (is_space(*at)) ++at;
  elements.emplace();
  while (*at != '\0' && *at != ']') {
    char* end = nullptr;
    elements->push_back(take(at, &end));
    if (end == at) return decltype(elements)();
    at = end;
    while (is_space(*at) || *at == ',') ++at;
  }
  return elements;
}

std::optional<vector::Vector> parsed(vector::Vector (*parse)(std::string_view), std::string_view text) {
  try {
    return parse(text);
  } catch (const Error& e) {
    require(e.code() == ErrorCode::invalid_argument, "an error of another kind", e.what());
    return std::nullopt;
  }
}

void run(const std::string& text) {
  if (const auto floats = parsed(vector::parse_float32, text)) {
    const auto expected = reference(text, [](const char* at, char** end) { return std::strtod(at, end); });
    require(expected && expected->size() == floats->dims && floats->floats().size() == floats->dims,
            "float32: another number of elements", text);
    for (std::size_t i = 0; i < floats->dims; ++i) {
      require(std::isfinite(floats->floats()[i]), "float32: an element that is not finite", text);
      require(floats->floats()[i] == static_cast<float>((*expected)[i]), "float32: another element", text);
    }
  }
  if (const auto bytes = parsed(vector::parse_int8, text)) {
    const auto expected =
        reference(text, [](const char* at, char** end) { return std::strtol(at, end, 10); });
    require(expected && expected->size() == bytes->dims && bytes->bytes.size() == bytes->dims,
            "int8: another number of elements", text);
    for (std::size_t i = 0; i < bytes->dims; ++i)
      require(static_cast<std::int8_t>(bytes->bytes[i]) == (*expected)[i], "int8: another element", text);
  }
}

}  // namespace
}  // namespace cairn::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  cairn::fuzz::run({reinterpret_cast<const char*>(data), size});
  return 0;
}
