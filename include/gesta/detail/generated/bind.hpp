// The fields of an aggregate, handed to a function: one specialisation per number of fields, made by the command below.
// Floor: detail. Up to 16 fields, so that the headers which everybody includes stay cheap; bind_wide.hpp has the others.
// May include: <cstddef>.
#pragma once

#include <cstddef>

namespace gesta::detail {

template <std::size_t Fields>
struct bind {
  static_assert(Fields == 0);  // ours: headers that read whole messages include bind_wide.hpp; a model refuses more than 64 fields
};

template <>
struct bind<0> {
  template <class T, class F>
  static constexpr decltype(auto) visit(T&, F&& f) {
    return f();
  }
};

// awk 'BEGIN { for (n = 1; n <= 16; ++n) { f = f (n > 1 ? ", " : "") "f" n; if (n >= 1) print "template <>\nstruct bind<" n "> {\n  template <class T, class F>\n  static constexpr decltype(auto) visit(T& t, F&& f) {\n    auto& [" f "] = t;\n    return f(" f ");\n  }\n};" } }'
template <>
struct bind<1> {
  template <class T, class F>
  static constexpr decltype(auto) visit(T& t, F&& f) {
    auto& [f1] = t;
    return f(f1);
  }
};
template <>
struct bind<2> {
  template <class T, class F>
  static constexpr decltype(auto) visit(T& t, F&& f) {
    auto& [f1, f2] = t;
    return f(f1, f2);
  }
};
template <>
struct bind<3> {
  template <class T, class F>
  static constexpr decltype(auto) visit(T& t, F&& f) {
    auto& [f1, f2, f3] = t;
    return f(f1, f2, f3);
  }
};
template <>
struct bind<4> {
  template <class T, class F>
  static constexpr decltype(auto) visit(T& t, F&& f) {
    auto& [f1, f2, f3, f4] = t;
    return f(f1, f2, f3, f4);
  }
};
template <>
struct bind<5> {
  template <class T, class F>
  static constexpr decltype(auto) visit(T& t, F&& f) {
    auto& [f1, f2, f3, f4, f5] = t;
    return f(f1, f2, f3, f4, f5);
  }
};
template <>
struct bind<6> {
  template <class T, class F>
  static constexpr decltype(auto) visit(T& t, F&& f) {
    auto& [f1, f2, f3, f4, f5, f6] = t;
    return f(f1, f2, f3, f4, f5, f6);
  }
};
template <>
struct bind<7> {
  template <class T, class F>
  static constexpr decltype(auto) visit(T& t, F&& f) {
    auto& [f1, f2, f3, f4, f5, f6, f7] = t;
    return f(f1, f2, f3, f4, f5, f6, f7);
  }
};
template <>
struct bind<8> {
  template <class T, class F>
  static constexpr decltype(auto) visit(T& t, F&& f) {
    auto& [f1, f2, f3, f4, f5, f6, f7, f8] = t;
    return f(f1, f2, f3, f4, f5, f6, f7, f8);
  }
};
template <>
struct bind<9> {
  template <class T, class F>
  static constexpr decltype(auto) visit(T& t, F&& f) {
    auto& [f1, f2, f3, f4, f5, f6, f7, f8, f9] = t;
    return f(f1, f2, f3, f4, f5, f6, f7, f8, f9);
  }
};
template <>
struct bind<10> {
  template <class T, class F>
  static constexpr decltype(auto) visit(T& t, F&& f) {
    auto& [f1, f2, f3, f4, f5, f6, f7, f8, f9, f10] = t;
    return f(f1, f2, f3, f4, f5, f6, f7, f8, f9, f10);
  }
};
template <>
struct bind<11> {
  template <class T, class F>
  static constexpr decltype(auto) visit(T& t, F&& f) {
    auto& [f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11] = t;
    return f(f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11);
  }
};
template <>
struct bind<12> {
  template <class T, class F>
  static constexpr decltype(auto) visit(T& t, F&& f) {
    auto& [f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12] = t;
    return f(f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12);
  }
};
template <>
struct bind<13> {
  template <class T, class F>
  static constexpr decltype(auto) visit(T& t, F&& f) {
    auto& [f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13] = t;
    return f(f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13);
  }
};
template <>
struct bind<14> {
  template <class T, class F>
  static constexpr decltype(auto) visit(T& t, F&& f) {
    auto& [f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14] = t;
    return f(f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14);
  }
};
template <>
struct bind<15> {
  template <class T, class F>
  static constexpr decltype(auto) visit(T& t, F&& f) {
    auto& [f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15] = t;
    return f(f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15);
  }
};
template <>
struct bind<16> {
  template <class T, class F>
  static constexpr decltype(auto) visit(T& t, F&& f) {
    auto& [f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16] = t;
    return f(f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16);
  }
};

}  // namespace gesta::detail
