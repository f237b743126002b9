#include <gesta/message/text.hpp>
#include <gesta/model/model.hpp>

struct renamed { gesta::text<32> name; static constexpr auto id = "account.renamed"; };
struct rename_account {};
struct account { int renames = 0; };

constexpr void evolve(account& a, const renamed&) { ++a.renames; }
constexpr auto decide(const account&, const rename_account&) -> gesta::emits<renamed> { return renamed{"Ada"}; }

struct accounts : gesta::aggregate<account, gesta::commands<rename_account>> {
  static constexpr auto id = "account";
};
struct bank : gesta::model<accounts> {};
