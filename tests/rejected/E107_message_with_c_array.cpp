// [gesta E107] the Message has a C array as a member; use  gesta::text<N>  or  gesta::list<T, N>
// in message_with_c_array<false, rename_account>
#include <gesta/model/model.hpp>

struct renamed { static constexpr auto id = "account.renamed"; };
struct rename_account { char name[32]; };
struct account { int renames = 0; };

constexpr void evolve(account& a, const renamed&) { ++a.renames; }
constexpr auto decide(const account&, const rename_account&) -> gesta::emits<renamed> { return renamed{}; }

struct accounts : gesta::aggregate<account, gesta::commands<rename_account>> {
  static constexpr auto id = "account";
};
struct bank : gesta::model<accounts> {};
