// {fmt}'s own functions, compiled here once. Header-only, every file that formats a message compiles them again,
// which took half of its time (3.6 s for a short one, 1.4 s now). Debian's library of them is no choice: shared, it
// would be a dependency of the extensions; static, it is not position independent.
#include <fmt/format-inl.h>

// What fmt/format.h declares as compiled elsewhere.
FMT_BEGIN_NAMESPACE
namespace detail {
template FMT_API auto thousands_sep_impl<char>(locale_ref) -> thousands_sep_result<char>;
template FMT_API auto thousands_sep_impl<wchar_t>(locale_ref) -> thousands_sep_result<wchar_t>;
template FMT_API auto decimal_point_impl(locale_ref) -> char;
template FMT_API auto decimal_point_impl(locale_ref) -> wchar_t;
}  // namespace detail
FMT_END_NAMESPACE
