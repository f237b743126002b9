#!/usr/bin/env python3
"""Takes one thing at a time out of the transports, and sees to it that a law finds it. mutating.py says how it is called."""
import mutating

exchange, hub, client = "transport/exchange.hpp", "transport/in_process.hpp", "transport/socket.hpp"
desk, journal, broker, shape = "transport/socket_desk.hpp", "transport/socket_journal.hpp", "transport/socket_broker.hpp", "transport/well_formed.hpp"

# (what is left out, header, the line's old text, its new text, the place of the laws, found by drawn histories too)
mutations = [
    ("a key is under way twice", exchange, "next = of.ready.erase(next);\n      if (is_spent", "++next;\n      if (is_spent", "in_process_rig", True),
    ("the limit in flight is one more", exchange, "of.under_way.size() < of.in_flight;)", "of.under_way.size() <= of.in_flight;)", "in_process_rig", True),
    ("a token of another member is good", exchange, "one->second.member == who ? at->second.of : nullptr", "true ? at->second.of : nullptr", "in_process_rig", False),
    ("what is not settled in time is not handed out again", exchange, "of.deadlines.begin()->first <= now.nanoseconds", "of.deadlines.begin()->first < 0", "in_process_rig", False),
    ("extend changes nothing", exchange, "    one.until = now + of->settle_within;\n", "", "in_process_rig", False),
    ("a delay is over at once", exchange, "first.due = duration{} < delay ? now + delay : timestamp{};", "first.due = timestamp{};", "in_process_rig", False),
    ("a delay never ends", exchange, "of.later.begin()->first.first <= now.nanoseconds", "of.later.begin()->first.first < 0", "in_process_rig", False),
    ("one delivery more than the most", exchange, "one.deliveries >= of.deliveries; }", "one.deliveries > of.deliveries; }", "in_process_rig", False),
    ("a revived message has its old deliveries", exchange, "    again.deliveries = 0;\n", "", "in_process_rig", True),
    ("a discarded message takes room", exchange, "    notes_.discarded(of->name, sequence);\n    no_longer_owed(sequence);", "    notes_.discarded(of->name, sequence);", "in_process_rig", False),
    ("a member that ends keeps what it has", exchange, "for (const delivery_token token : its) take_back(of, token, now, duration{});", "", "in_process_rig", False),
    ("an id is recognised for ever", exchange, "    forget_ids(now);\n    if (recognises", "    if (recognises", "in_process_rig", False),
    ("an id is never recognised", exchange, "return !id.empty() && ids_.find(id) != ids_.end();", "return id.empty() && ids_.find(id) != ids_.end();", "in_process_rig", False),
    ("a member gets the topics of others", exchange, "first.of) == at->second.topics.end()) {", "first.of) == at->second.topics.end() && count > 9) {", "in_process_rig", False),
    ("a group begins with what came before it", exchange, "if (one.in == &in && from_beginning) {", "if (one.in == &in) {", "in_process_rig", False),
    ("what is kept for the first group is not", exchange, "      if (one.in == &in && from_beginning) {", "      if (false) {", "in_process_rig", False),
    ("a message may be too large", exchange, "    if (size > largest_)", "    if (size > largest_ + 1)", "in_process_rig", False),
    ("a message goes when the first group has it", exchange, "at == messages_.end() || --at->second.owed != 0", "at == messages_.end()", "in_process_rig", False),
    ("a ticket is answered for ever", hub, "        open_.erase(at);\n", "", "in_process_rig", False),
    ("of a ticket that is refused nobody knows", hub, "if (number == 0) return acceptance::refused;", "", "in_process_rig", False),
    ("a member that ends says nothing", hub, "if (hub_ != nullptr && who_ != 0) hub_", "if (false) hub_", "in_process_rig", False),
    ("a delay is not passed on", hub, "return what.nak(who_, token, now, delay);", "return what.nak(who_, token, now, {});", "in_process_rig", False),
    ("headers are not counted", shape, "for (const header& one : message.headers) size += one.name.size() + one.value.size();", "", "in_process_rig", False),
    ("a topic may have empty words", shape, "(c != '.' || !in_word)", "c != '.'", "in_process_rig", False),
    ("sockets: a client that is gone stays a member", desk, "for (const member_id member : session.members) what.leave(member, now);", "", "socket_rig", True),
    ("sockets: a delay is not passed on", desk, "what.nak(member, token, now, {delay})", "what.nak(member, token, now, {})", "socket_rig", False),
    ("sockets: only a frame full of dead letters", desk, "if (one.message->sequence <= behind) return true;", "if (one.message->sequence <= behind + 1) return true;", "socket_rig", False),
    ("sockets: a duplicate is said to be accepted", desk, "came == acceptance::duplicate ? 2 : 1", "came == acceptance::duplicate ? 1 : 1", "socket_rig", False),
    ("sockets: what is published is not kept", journal, "    open(fact::published);", "    if (one.sequence != 0) return;\n    open(fact::published);", "socket_rig", False),
    ("sockets: what is settled is not kept", journal, "  void settled(std::string_view group, std::uint64_t sequence) {\n", "  void settled(std::string_view group, std::uint64_t sequence) {\n    if (sequence != 0) return;\n", "socket_rig", False),
    ("sockets: deliveries are not kept", exchange, "in.messages[at].deliveries = deliveries", "(void)deliveries", "socket_rig", False),
    ("sockets: tokens are those of the last run", broker, "desk_.what.number_from((run << 32) + 1);", "(void)run;", "socket_rig", False),
    ("sockets: a member does not come again", client, "if (session == session_) return true;", "if (session_ != 0) return true;", "socket_rig", False),
    ("sockets: a lost connection is not waited for", client, "      if (is_refused_) return 0;\n      if (!is_last)", "      return 0;\n      if (!is_last)", "socket_rig", False),
    ("sockets: who waits for a connection does not go on when it is there", client, "is_last = !(duration{} < left);\n      if (joined()) {", "is_last = !(duration{} < left);\n      if (session_ == 0 ? joined() : link_->session() == session_) {", "socket_rig", False),
    ("sockets: a member that ends says nothing", client, "link_ == nullptr || is_refused_ ||", "true || is_refused_ ||", "socket_rig", False),
]

if __name__ == "__main__":
    mutating.main(mutations, "transport_run.cpp")
