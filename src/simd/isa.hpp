// The tables that the files of one instruction set each define.
#pragma once

#include "simd/kernels.hpp"

namespace cairn::simd {

extern const Kernels kScalar;
#if defined(__x86_64__)
extern const Kernels kHaswell;  // AVX2, FMA and F16C
extern const Kernels kSkylake;  // AVX-512 F, BW, DQ and VL
// Those of kSkylake but for what VNNI and VPOPCNTDQ improve; a function, since a table that copies another
// file's would be initialised too late for a static object that asks for kernels(). REQUIRES: the processor
// has all of it.
Kernels icelake_kernels() noexcept;
#elif defined(__aarch64__)
extern const Kernels kNeon;
#endif

}  // namespace cairn::simd
