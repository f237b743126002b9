// The promises of codec/form.hpp: every kind of field is told apart.
#include <gesta/codec/form.hpp>

#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <deque>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <variant>
#include <vector>

namespace {

using gesta::detail::form;
template <class T>
constexpr form form_of = gesta::detail::form_of_type<T>;

enum class colour { red };
struct order { int number; };
struct derived : order {};
// Like std::vector, without being it.
class stack {
 public:
  using value_type = int;
  auto begin() const { return all_.begin(); }
  auto end() const { return all_.end(); }
  std::size_t size() const { return all_.size(); }
  void push_back(int n) { all_.push_back(n); }
  void clear() { all_.clear(); }

 private:
  std::vector<int> all_;
};

}  // namespace

TEST_CASE("values that stand for themselves are told apart") {
  CHECK(form_of<int> == form::number);
  CHECK(form_of<const bool> == form::number);
  CHECK(form_of<double> == form::number);
  CHECK(form_of<colour> == form::enumeration);
  CHECK(form_of<gesta::text<3>> == form::text);
  CHECK(form_of<std::string> == form::string);
  CHECK(form_of<std::chrono::seconds> == form::duration);
  CHECK(form_of<std::chrono::sys_seconds> == form::time_point);
}

TEST_CASE("values that hold others are told apart") {
  CHECK(form_of<gesta::list<int, 3>> == form::list);
  CHECK(form_of<std::vector<int>> == form::sequence);
  CHECK(form_of<std::vector<bool>> == form::sequence);
  CHECK(form_of<std::vector<char>> == form::sequence);
  CHECK(form_of<std::deque<std::string>> == form::sequence);
  CHECK(form_of<std::list<int>> == form::sequence);
  CHECK(form_of<stack> == form::sequence);
  CHECK(form_of<std::set<int>> == form::set);
  CHECK(form_of<std::multiset<int>> == form::set);
  CHECK(form_of<std::map<int, int>> == form::map);
  CHECK(form_of<std::array<gesta::text<3>, 3>> == form::array);
  CHECK(form_of<std::optional<std::vector<int>>> == form::optional);
  CHECK(form_of<std::variant<int, std::string>> == form::variant);
  CHECK(form_of<std::pair<int, int>> == form::pair);
  CHECK(form_of<order> == form::fields);
  CHECK(form_of<std::monostate> == form::fields);
}

TEST_CASE("what has no stable bytes is unknown") {
  CHECK(form_of<int*> == form::unknown);
  CHECK(form_of<const char*> == form::unknown);
  CHECK(form_of<std::string_view> == form::unknown);
  CHECK(form_of<std::unique_ptr<int>> == form::unknown);
  CHECK(form_of<std::unordered_map<int, int>> == form::unknown);
  CHECK(form_of<std::unordered_set<int>> == form::unknown);
  CHECK(form_of<std::tuple<int>> == form::unknown);
  CHECK(form_of<long double> == form::unknown);
  CHECK(form_of<derived> == form::unknown);
}
