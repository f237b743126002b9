// [gesta E118] the Message has more than 64 fields; put some of them into a struct of their own
// in message_with_too_many_fields<false, measured>
#include <gesta/gesta.hpp>

struct measured {
  int channel_0, channel_1, channel_2, channel_3, channel_4, channel_5, channel_6, channel_7,
      channel_8, channel_9, channel_10, channel_11, channel_12, channel_13, channel_14, channel_15,
      channel_16, channel_17, channel_18, channel_19, channel_20, channel_21, channel_22, channel_23,
      channel_24, channel_25, channel_26, channel_27, channel_28, channel_29, channel_30, channel_31,
      channel_32, channel_33, channel_34, channel_35, channel_36, channel_37, channel_38, channel_39,
      channel_40, channel_41, channel_42, channel_43, channel_44, channel_45, channel_46, channel_47,
      channel_48, channel_49, channel_50, channel_51, channel_52, channel_53, channel_54, channel_55,
      channel_56, channel_57, channel_58, channel_59, channel_60, channel_61, channel_62, channel_63;
  int channel_64;
  static constexpr auto id = "probe.measured";
};
struct measure {};
struct probe { int channel_0 = 0; };

constexpr void evolve(probe& p, const measured& e) { p.channel_0 = e.channel_0; }
constexpr auto decide(const probe&, const measure&) -> gesta::emits<measured> { return measured{}; }

struct probes : gesta::aggregate<probe, gesta::commands<measure>> {
  static constexpr auto id = "probe";
};
struct plant : gesta::model<probes> {};
