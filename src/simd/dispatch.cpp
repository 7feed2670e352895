#include <array>
#include <cstdlib>
#include <string_view>

#include "simd/isa.hpp"
#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace cairn::simd {
namespace {

struct Available {
  std::array<const Kernels*, 4> list{};
  std::size_t count = 0;
};

#if defined(__x86_64__)
// Clang's __builtin_cpu_supports does not know the name.
bool has_f16c() noexcept {
  unsigned eax, ebx, ecx, edx;
  return __get_cpuid(1, &eax, &ebx, &ecx, &edx) && (ecx & bit_F16C);
}
#endif

Available detect() noexcept {
  Available found;
  found.list[found.count++] = &kScalar;
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && has_f16c())
    found.list[found.count++] = &kHaswell;
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")) {
    found.list[found.count++] = &kSkylake;
    if (__builtin_cpu_supports("avx512vnni") && __builtin_cpu_supports("avx512vpopcntdq")) {
      static const Kernels icelake = icelake_kernels();
      found.list[found.count++] = &icelake;
    }
  }
#elif defined(__aarch64__)
  found.list[found.count++] = &kNeon;
#endif
  return found;
}

const Kernels& choose() noexcept {
  const auto available = available_kernels();
  const char* const variable = std::getenv("CAIRN_SIMD");
  const std::string_view wanted = variable ? variable : "";
  for (const Kernels* candidate : available)
    if (wanted == candidate->name) return *candidate;
  return *available.back();
}

}  // namespace

std::span<const Kernels* const> available_kernels() noexcept {
  static const Available available = detect();
  return {available.list.data(), available.count};
}

const Kernels& kernels() noexcept {
  static const Kernels& chosen = choose();
  return chosen;
}

}  // namespace cairn::simd
