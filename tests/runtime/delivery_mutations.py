#!/usr/bin/env python3
"""Takes one thing at a time out of relays, inboxes and what receives straight from a transport, and sees to it that a test finds it. ../testing/laws/mutating.py says how it is called."""
import pathlib
import sys

here = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(here.parent / "testing" / "laws"))
import mutating  # noqa: E402

relay, share, inbox, receive = "runtime/relay.hpp", "runtime/relay_share.hpp", "runtime/inbox.hpp", "runtime/receive.hpp"

# (what is left out, header, the line's old text, its new text, the test that has to find it, found by drawn histories too)
mutations = [
    ("what comes behind a refused message of its key is forgotten", share, "          put_aside_from(what.next);\n", "", "relay", False),
    ("a key does not wait for its letter", share, "if (blocked) put_aside_from(first);", "if (false) put_aside_from(first);", "relay", False),
    ("what finds no room is put aside", share, "return is_never_taken(cause.why) ? sent::refused : sent::unknown;", "return sent::refused;", "relay", False),
    ("what was not accepted is noted", share, "        place = state_.at;\n        time = state_.time;\n", "", "relay", False),
    ("nobody waits before the transport is tried again", share, "again_at_ = clock_() + rules_.patience.wait_after(troubles_);", "again_at_ = {};", "relay", False),
    ("a clock that was set back is waited for", "runtime/back_off.hpp", " && !(most < until - now); }", "; }", "relay", False),
    ("each wait is as long as the first", share, "    ++troubles_;\n", "    troubles_ = 1;\n", "relay", False),
    ("all messages of an event have one id", share, "const source_place at{log.incarnation, where.position, part};",
     "const source_place at{log.incarnation, where.position, 0};", "relay", False),
    ("an event from before a restore gets another id", share, "const told_names::named& log = names_.at(where.position);", "const told_names::named& log = names_.at(~std::uint64_t{0});", "feed", False),
    ("what was accepted is published again", share, "if (is_read_ && from_ == state_.at) return;", "if (false) return;", "relay", False),
    ("an outlet may be cut anew", relay, "if (there.at.position != 0) {", "if (false) {", "relay", False),
    ("shares are not given back", relay, "i-- != 0 && mine > most_shares();) {", "i-- != 0 && mine > count_;) {", "relay", False),
    ("that a message was heard is not kept", inbox, "    if (!engine.log().remember(", "    if (false && !engine.log().remember(", "inbox", False),
    ("what is known is kept again", inbox, "case recall_result::known: one.what = state::repeated; return kept::good;", "case recall_result::known: break;", "inbox", False),
    ("what could not be kept is acknowledged", inbox, "(void)member_.nak(one.token, waits_.wait_after(failures_));", "(void)member_.ack(one.token);", "inbox", False),
    ("what is handed back often is a dead letter", inbox, ".deliveries = 0,", ".deliveries = 3,", "inbox", False),
    ("all wait for a message that an inlined view throws at", inbox, "(!is_of_one || arrivals_[later].key == one.key)", "true", "inbox", False),
    ("messages of one log are one message", inbox, "one.number = is_placed ? place.position << 16 | place.part : 0;", "one.number = 0;", "inbox", False),
    ("equal ids of two sources are one message", inbox, "const message_id foreign = message_of_id(of.source, of.id);",
     "const message_id foreign = message_of_id({}, of.id);", "inbox", False),
    ("what was taken back is acknowledged", inbox, "      wait_again();\n", "", "inbox", False),
    ("what throws comes again for ever", inbox, "if (has_thrown_ || detail::is_never_kept(", "if (detail::is_never_kept(", "inbox", False),
    ("a trace from outside ends here", inbox, "read_traceparent(of.traceparent, trace) ? trace.trace", "false ? trace.trace", "inbox", False),
    ("a handler forgets what it has handled", receive, "if (is_known) return this->acks(one, result, true);", "", "receive", False),
    ("a mark is good for ever", receive, "window == duration{} || now.nanoseconds", "true || now.nanoseconds", "receive", False),
    ("old marks stay", receive, "old.push_back(one.name);", "(void)old;", "receive", False),
    ("it is acknowledged before it is marked", receive, "if (!writes_mark()) return stops(one, result);", "this->acks(one, result, false);\n    if (!writes_mark()) return stops(one, result);",
     "receive", False),
    ("what could not be marked is handled again", receive, "      unmarked_.insert(mark_);\n", "", "receive", False),
    ("a retry never ends", receive, "one.deliveries > answer.times ? ", "answer.times == 0 ? ", "receive", False),
    ("a retry does not wait", receive, "answer.wait_after(one.deliveries)", "duration{}", "receive", False),
    ("what belongs to somebody else is handled", receive, "&& !this->member_.extend(one.token)) return;", "&& false) return;", "receive", False),
    ("a view projects what it knows", receive, "return one.what = state::repeated, true;", "(void)one;", "receive", False),
    ("a view acknowledges what it could not keep", receive, "this->hands_back(one, this->waits_.wait_after(this->failures_), result);\n    }\n  }\n\n  /// Projects those",
     "this->acks(one, result, false);\n    }\n  }\n\n  /// Projects those", "receive", False),
    ("who throws takes all others with it", receive, "      if (is_its_fault_) {", "      if (false) {", "receive", False),
]

mutating.main(mutations, here / "consumer_run.cpp")
