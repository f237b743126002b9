// Every sentence that the compiler says on gesta's behalf. One struct per rule; a false Ok is the mistake, the other parameters name
// the user's types, so that they stand in the report. A sentence says what is wrong, then what to write.
// Floor: model; it includes nothing, so every floor may include it.
// May include: nothing.
#pragma once

namespace gesta::diagnostic {

/// `(void)sizeof(apart<...>())` reports in a function that is evaluated while compiling: a mistake in that function itself would make
/// Clang complain once more, that its value is no constant.
template <class Report>
constexpr auto apart() {
  (void)sizeof(Report);
  return 0;
}

// ---- decide ------------------------------------------------------------------------------------------------------------------

template <bool Ok, class Aggregate, class Event>
struct event_without_evolve {
  static_assert(Ok, "[gesta E101] the Aggregate emits an Event that its state does not evolve by; add  void evolve(State&, const Event&)  beside the state, for exactly this Event");
};

template <bool Ok, class Aggregate, class Command>
struct command_without_decide {
  static_assert(Ok, "[gesta E102] the Aggregate lists a Command that it does not decide; add  auto decide(const State&, const Command&) -> gesta::emits<...>  beside the state, for exactly this Command");
};

template <bool Ok, class Contract, class Returned>
struct returns_undeclared {
  static_assert(Ok, "[gesta E103] decide returns something that its contract does not list; add it to  gesta::emits<...>  or to  ::or_rejects<...>");
};

template <bool Ok, class Contract, class Returned>
struct out_of_contract_order {
  static_assert(Ok, "[gesta E104] decide emits its events in another order than the contract lists them; emit them in the order of  gesta::emits<...>,  or change that");
};

template <bool Ok, class Contract>
struct no_change_undeclared {
  static_assert(Ok, "[gesta E105] decide returns  gesta::no_change  but its contract does not say so; write  gesta::emits<...>::or_nothing");
};

template <bool Ok, class Message>
struct message_with_base {
  static_assert(Ok, "[gesta E106] the Message has a base class; a message is a plain struct: make the base a member");
};

template <bool Ok, class Message>
struct message_with_c_array {
  static_assert(Ok, "[gesta E107] the Message has a C array as a member; use  gesta::text<N>  or  gesta::list<T, N>");
};

template <bool Ok, class Message>
struct message_not_plain {
  static_assert(Ok, "[gesta E108] the Message is no plain struct; it has private members, constructors or virtual functions: make its members public and remove the constructors");
};

template <bool Ok, class Type>
struct event_and_command {
  static_assert(Ok, "[gesta E109] the Type is used as an event and as a command; a fact and a wish are two types: declare a struct for each");
};

template <bool Ok, class Aggregate, class Command>
struct key_field_missing {
  static_assert(Ok, "[gesta E110] the Aggregate finds its entities by a field that the Command does not have; add the field, or list the Command in another aggregate");
};

template <bool Ok, class Aggregate, class Command, class Type, class Other>
struct key_field_of_two_types {
  static_assert(Ok, "[gesta E111] the Aggregate finds its entities by a field that has one Type in its first command and Other in this Command; give the field one type everywhere");
};

template <bool Ok, class Aggregate, class Command, class Returned>
struct decide_without_contract {
  static_assert(Ok, "[gesta E112] decide returns a type that is no contract; let it return  gesta::emits<Event...>,  with  ::or_nothing  and  ::or_rejects<Rejection...>  where they apply");
};

template <bool Ok, class Contract, class Returned>
struct emitted_twice {
  static_assert(Ok, "[gesta E113] decide emits two events of one type; list  gesta::many<Event>  in the contract and return  gesta::each(range, make)");
};

template <bool Ok, class Contract>
struct too_many_events {
  static_assert(Ok, "[gesta E114] one decision lists more than 64 events; list  gesta::many<Event>  for repeated ones, or split the command");
};

template <bool Ok, class Make>
struct each_closure_too_large {
  static_assert(Ok, "[gesta E115] the function given to gesta::each captures more than three words, or something that cannot be copied as bytes; capture by reference");
};

template <bool Ok, class Message>
struct message_with_pointer {
  static_assert(Ok, "[gesta E116] the Message holds a pointer, or a view of memory that it does not own; hold the value itself:  gesta::text<N>,  std::string  or a struct");
};

template <bool Ok, class Message>
struct message_with_too_many_fields {
  static_assert(Ok, "[gesta E118] the Message has more than 64 fields; put some of them into a struct of their own");
};

template <bool Ok, class Message>
struct message_with_reference {
  static_assert(Ok, "[gesta E119] the Message has a member that cannot be stored, a reference or a type that is neither copied nor moved; hold the value itself");
};

template <bool Ok, class State>
struct state_not_a_value {
  static_assert(Ok, "[gesta E117] the State of an aggregate cannot be made without arguments, or cannot be assigned; an entity without events is  State{}");
};

// ---- messages ----------------------------------------------------------------------------------------------------------------

template <bool Ok, class Text>
struct literal_too_long {
  static_assert(Ok, "[gesta E120] this literal is longer than the Text it is for; write a larger N in  gesta::text<N>,  or  gesta::text<N>::from(...)  for a buffer");
};

template <bool Ok, class Element>
struct list_of_no_bytes {
  static_assert(Ok, "[gesta E121] gesta::list<T, N>  holds values that are copied as bytes, and this Element is not; write  std::vector<Element>");
};

template <bool Ok, class List>
struct list_without_room {
  static_assert(Ok, "[gesta E122] this List has room for nothing; write a larger N in  gesta::list<T, N>");
};

template <bool Ok, class Element>
struct list_of_wide_alignment {
  static_assert(Ok, "[gesta E123] the Element of a gesta::list is aligned to more than eight bytes; hold the numbers that it is made of");
};

template <bool Ok, class Member, class Message>
struct message_without_wire_form {
  static_assert(Ok, "[gesta E124] the Message is stored, and this Member of it cannot be written as bytes and read back; hold plain values: numbers, enums with a stated type, text, structs, and ordered containers, optionals and variants of them");
};

// ---- boundaries --------------------------------------------------------------------------------------------------------------

template <bool Ok, class Boundary, class Command>
struct command_without_decide_together {
  static_assert(Ok, "[gesta E131] the Boundary lists a Command that it does not decide; add  auto decide(const State&..., const Command&) -> gesta::emits<...>  with one or more of its states, in the order of  gesta::states<...>");
};

template <bool Ok, class Boundary, class Command>
struct decided_by_two {
  static_assert(Ok, "[gesta E132] the Boundary has two functions decide for one Command, which read different states; remove one, or list no state twice");
};

template <bool Ok, class Boundary, class State>
struct state_without_tags {
  static_assert(Ok, "[gesta E133] the State of a boundary does not say which events it is about; add  using tags = gesta::tags<\"field\">;  with the fields that tell its events, or  gesta::tags<>  when it is about all of them");
};

template <bool Ok, class State, class Tag>
struct unknown_tag {
  static_assert(Ok, "[gesta E134] the State of a boundary is about a Tag that no event of the model has; add  using tags = gesta::tags<...>  with it to the events, or correct its name");
};

template <bool Ok, class State, class Event>
struct event_without_tag {
  static_assert(Ok, "[gesta E135] the State of a boundary evolves by an Event that does not have all the tags of the State, so nobody knows to which one it belongs; add them to the  gesta::tags<...>  of the Event, or remove the function evolve");
};

template <bool Ok, class Command, class State, class Tag>
struct tag_not_in_command {
  static_assert(Ok, "[gesta E136] the decision of the Command reads a State that is found by a Tag, and the Command has no field of that name; add the field");
};

template <bool Ok, class Command, class Tag, class Type, class Other>
struct tag_of_another_type_in_command {
  static_assert(Ok, "[gesta E137] a field of the Command is a Tag that has one Type in the events of the model and Other in the Command; give the field one type everywhere");
};

template <bool Ok, class Event, class Tag>
struct tag_not_in_event {
  static_assert(Ok, "[gesta E138] the Event names a Tag that is none of its fields; add the field, or remove the name from  gesta::tags<...>");
};

template <bool Ok, class Event, class Tag, class Type, class Other>
struct tag_of_two_types {
  static_assert(Ok, "[gesta E139] the Tag of the Event has one Type in the first event that has it and Other in this one; give the field one type everywhere");
};

template <bool Ok, class Event, class Tag, class Type>
struct tag_not_a_key {
  static_assert(Ok, "[gesta E140] the Type of a Tag cannot tell one thing from another; let it be an integer, an enum, text, or a struct of those");
};

template <bool Ok, class Boundary, class State>
struct state_of_no_events {
  static_assert(Ok, "[gesta E141] the State of a boundary evolves by no event of the model, so it would always be empty; add  void evolve(State&, const Event&)  beside the state, for exactly an event of the model");
};

template <bool Ok, class Boundary, class Event>
struct event_without_state {
  static_assert(Ok, "[gesta E145] the Boundary emits an Event by which none of its states evolves, so no decision would ever know of it; add  void evolve(State&, const Event&)  beside one of its states, for exactly this Event");
};

template <bool Ok, class Boundary>
struct too_many_states {
  static_assert(Ok, "[gesta E146] the Boundary has more than six states; split it");
};

// ---- handlers ----------------------------------------------------------------------------------------------------------------

template <bool Ok, class Handler>
struct command_with_two_handlers {
  static_assert(Ok, "[gesta E201] a command is listed by two aggregates, or twice by one (Handler names the second place); a command has exactly one handler: remove it from one of them");
};

template <bool Ok, class Reactor, class Command>
struct sent_command_without_handler {
  static_assert(Ok, "[gesta E202] the Reactor sends a Command that no aggregate of the model lists; add it to its aggregate's commands, or add the aggregate to the model");
};

template <bool Ok, class Reactor, class Command, class Rejection>
struct refusal_unheard {
  static_assert(Ok, "[gesta E203] the Reactor sends a Command that can be refused with this Rejection and does not hear it; add  void react(const Reactor&, const Command&, const Rejection&)");
};

template <bool Ok, class Handler, class Event>
struct reaction_to_nothing_emitted {
  static_assert(Ok, "[gesta E204] the Handler takes an Event that nobody in the model emits; an old version is upcast before anybody sees it: take the event that a decision emits");
};

template <bool Ok, class Part>
struct part_never_reached {
  static_assert(Ok, "[gesta E205] no event of the model ever reaches this Part; add  react(const Reactor&, const Event&)  or  project(View&, const Event&)  for an event of the model, in the header of its struct, or remove the part");
};

template <bool Ok, class Reactor, class Command>
struct sent_command_without_key {
  static_assert(Ok, "[gesta E206] the Reactor sends a Command that does not carry its key; return  gesta::to(key, command),  or let the aggregate say  gesta::by<\"field\">");
};

template <bool Ok, class Reactor, class Cause, class Returned>
struct reaction_without_command {
  static_assert(Ok, "[gesta E207] the Reactor returns something that is no command of the model's kind; return a command or  gesta::to(key, command)");
};

template <bool Ok, class Reactor, class Command, class Rejection>
struct refusal_never_given {
  static_assert(Ok, "[gesta E208] the Reactor hears a Rejection of a Command that it does not send, or that is never refused so; remove the function, or send the command");
};

template <bool Ok, class Part>
struct part_listed_twice {
  static_assert(Ok, "[gesta E585] the model lists the Part twice; remove one of the two");
};

template <bool Ok, class Part>
struct not_a_part {
  static_assert(Ok, "[gesta E209] the model lists something that is no part of a model; list aggregates, projections, gesta::reactors, choreographies, sagas, processes, gesta::history, gesta::retired, gesta::budget, gesta::lean or gesta::traced");
};

// ---- ids and versions --------------------------------------------------------------------------------------------------------

template <bool Ok, class Event, class Other>
struct same_event_id {
  static_assert(Ok, "[gesta E301] two events have the same id and version, so one would be read as the other; give one of them another id or a higher version");
};

template <bool Ok, class Part, class Other>
struct same_part_id {
  static_assert(Ok, "[gesta E302] two aggregates, views, reactors, sagas or processes have the same id; give each its own");
};

template <bool Ok, class Event>
struct event_without_id {
  static_assert(Ok, "[gesta E303] the Event is stored under a name and does not say it; add  static constexpr auto id = \"...\";  to it, and never change it");
};

template <bool Ok, class Part>
struct part_without_id {
  static_assert(Ok, "[gesta E310] the Part, an aggregate, a projection, a reactor, a saga or a process, does not say the name it is kept under; add  static constexpr auto id = \"...\";  to it, and never change it");
};

template <bool Ok, class Locked>
struct id_left_the_model {
  static_assert(Ok, "[gesta E304] an id of the lock is neither in the model nor retired, so its stored events could not be read; bring the event back, or list the id in  gesta::retired<...>");
};

template <bool Ok, class Event>
struct retired_id_in_use {
  static_assert(Ok, "[gesta E305] the Event uses an id that the model has retired, so old records would be read as the new event; give it a new id");
};

template <bool Ok, class Event>
struct predecessor_missing {
  static_assert(Ok, "[gesta E306] the Event has a version above 1 and the version before it is not in the model; keep the old struct and list it in  gesta::history<...>");
};

template <bool Ok, class Old>
struct old_without_upcast {
  static_assert(Ok, "[gesta E307] the Old version cannot be read as an event of today; add  auto upcast(const Old&) -> Newer  beside it, for exactly this struct");
};

template <bool Ok, class Old>
struct upcast_leads_nowhere {
  static_assert(Ok, "[gesta E308] upcast of the Old version gives something that is neither an event or rejection of the model nor a later version in gesta::history; give the next version, or  gesta::emits<...>  of such");
};

template <bool Ok, class Was, class Now, class Event>
struct schema_changed {
  static_assert(Ok, "[gesta E309] the fields of the Event are no longer those of the lock, which has the field Was where the Event has Now, and its version was not raised; raise it,  gesta::event_id{\"...\", n + 1},  and keep the old struct in  gesta::history<...>");
};

template <bool Ok, class Locked>
struct version_left_the_model {
  static_assert(Ok, "[gesta E316] a version of the lock is no longer in the model, so what is stored under it could not be read; bring its struct back, as the event or in  gesta::history<...>,  and never lower the version of an event");
};

template <bool Ok, class Old>
struct upcast_refuses {
  static_assert(Ok, "[gesta E312] upcast of the Old version can refuse, and what has happened cannot be refused; take  or_rejects<...>  away, and say  or_nothing  where the old fact means nothing today");
};

template <bool Ok, class Old>
struct old_version_torn {
  static_assert(Ok, "[gesta E313] the Old version becomes several events and no aggregate records all of them, so its stream could not be read; let the decisions of one aggregate record each of them");
};

template <bool Ok, class Rejection, class Other>
struct same_rejection_id {
  static_assert(Ok, "[gesta E314] two rejections have the same id and version, so a remembered outcome would be read as the other; give one of them another id or a higher version");
};

template <bool Ok, class Old>
struct old_rejection_without_id {
  static_assert(Ok, "[gesta E315] the Old version of a rejection does not say the name under which outcomes hold it; add the  static constexpr auto id  that it had, or take it out of  gesta::history<...>");
};

template <bool Ok, class State>
struct old_state_without_upcast {
  static_assert(Ok, "[gesta E311] the State says which struct it was, and that one cannot be brought to today; add  auto upcast(const State::was&) -> State  beside it, for exactly this struct");
};

// ---- views -------------------------------------------------------------------------------------------------------------------

template <bool Ok, class Projection, class Event>
struct event_not_projected {
  static_assert(Ok, "[gesta E401] the Projection follows an aggregate and misses this Event of it; add  void project(View&, const Event&),  for exactly this Event, or list it in  gesta::ignoring<...>");
};

template <bool Ok, class Projection, class Event>
struct projection_emits {
  static_assert(Ok, "[gesta E402] project returns something; a projection only changes its view: return void, or gesta::row where it has rows, and let a reactor send commands");
};

template <bool Ok, class Projection, class Aggregate>
struct follows_unknown {
  static_assert(Ok, "[gesta E403] the Projection follows an Aggregate that is not in the model; add the aggregate to the model, or remove it from  gesta::follows<...>");
};

template <bool Ok, class Projection, class Event>
struct ignored_and_projected {
  static_assert(Ok, "[gesta E404] the Projection ignores an Event that it also projects, or that its aggregates never emit; remove it from  gesta::ignoring<...>");
};

template <bool Ok, class Projection, class Row>
struct rows_without_key {
  static_assert(Ok, "[gesta E405] the Row of a Projection has no field of the name that  gesta::rows<Row, \"name\">  says, or one that can be no key; add the field to the row: a number, an enum, a text, or a struct of those, with  gesta::dense  an integer");
};

template <bool Ok, class Projection, class Event>
struct event_without_row {
  static_assert(Ok, "[gesta E406] the Projection does not know to which row an Event belongs; give the event a field with the name and the type of the row's key, or declare  locate(const Projection&, const Event&)  -> key");
};

template <bool Ok, class Projection, class Event>
struct locates_no_key {
  static_assert(Ok, "[gesta E407] locate returns neither the row's key nor a list of keys for an Event of the Projection; return exactly the key's type, or  gesta::list<key, N>  for none or several rows");
};

template <bool Ok, class Asked>
struct rows_asked_as_view {
  static_assert(Ok, "[gesta E408] what is Asked for has rows and is asked for as one view, or has none in this model and is asked for as rows; write  app.rows<Projection>()  or  app.row<Projection>(key)  for a projection with rows,  app.view<View>()  for a view without");
};

template <bool Ok, class Projection, class Row>
struct index_of_no_field {
  static_assert(Ok, "[gesta E409] the Row of a Projection has an index by a field that it does not have; name fields of the row in  gesta::indexes<\"field\", \"field, field\">");
};

template <bool Ok, class Row, class Member>
struct member_without_column {
  static_assert(Ok, "[gesta E410] the Row of a view is kept in a table, and this Member of it cannot be a column; hold plain values: numbers, enums with a stated type, text, structs, and ordered containers, optionals and variants of them");
};

// ---- sagas -------------------------------------------------------------------------------------------------------------------

template <bool Ok, class Step>
struct step_without_undo {
  static_assert(Ok, "[gesta E501] the Step does not say how it is undone; give it one  undo(facts) -> command,  no template and no overload, or say  using undo = gesta::irreversible;  or  gesta::needless");
};

template <bool Ok, class Irreversible, class CanFail, class Outcome>
struct failure_after_irreversible {
  static_assert(Ok, "[gesta E502] a step that can fail comes after one that cannot be undone; move Irreversible behind CanFail, give it an undo, or answer Outcome so that it cannot fail (gesta::proceed, gesta::until_answered)");
};

template <bool Ok, class Step, class Fact>
struct fact_not_known {
  static_assert(Ok, "[gesta E503] the Step asks for a Fact that no earlier step yields; take the beginning event, an earlier step's command or its event, or move the Step behind the one that yields it");
};

template <bool Ok, class Step, class Fact>
struct fact_not_certain {
  static_assert(Ok, "[gesta E504] the Fact may be missing when the Step needs it (a sibling, one of any_of, or an answer gesta::proceed / nothing without it); take  const Fact*  and look");
};

template <bool Ok, class Step, class Outcome>
struct saga_outcome_unanswered {
  static_assert(Ok, "[gesta E505] the Step's command can end with this Outcome and the saga has no answer; add  constexpr auto on(const Outcome&) -> gesta::compensate  (or compensate_with<cause>, proceed, again<n>, until_answered)");
};

template <bool Ok, class Step, class Rejection>
struct undo_rejection_unanswered {
  static_assert(Ok, "[gesta E506] the Step's undo can be refused with this Rejection; add  constexpr auto on_undo(const Rejection&) -> gesta::proceed  (it is undone already), again<n> or stuck (a person must look)");
};

template <bool Ok, class Saga, class Message>
struct no_correlation_field {
  static_assert(Ok, "[gesta E507] the saga finds its instance by a field that the Message does not have, or has with another type, or that is no key; add the field, or rename it");
};

template <bool Ok, class Interrupt, class Event>
struct interrupt_without_not_found {
  static_assert(Ok, "[gesta E508] this Event can arrive when no instance exists; add  not_found(const Event&) -> gesta::drop  or -> a command");
};

template <bool Ok, class Step, class Fact>
struct undo_needs_unknown_outcome {
  static_assert(Ok, "[gesta E509] the Step is undone when it timed out, but its undo takes a Fact that exists only if it succeeded; let undo take the Step's own command (always known), or answer timed_out with gesta::until_answered");
};

template <bool Ok, class Step, class Command>
struct step_command_unhandled {
  static_assert(Ok, "[gesta E510] the Step asks (or undoes with) a Command that no aggregate of the model lists; add it to the commands of its aggregate, or add the aggregate to the model");
};

template <bool Ok, class Step>
struct irreversible_in_any_of {
  static_assert(Ok, "[gesta E511] in any_of the losers are undone, and this Step cannot be; give it an undo, or take it out of any_of");
};

template <bool Ok, class Said>
struct within_of_another_type {
  static_assert(Ok, "[gesta E567] within is a length of time; write  static constexpr auto within = gesta::seconds(30);");
};

template <bool Ok, class Step>
struct many_in_any_of {
  static_assert(Ok, "[gesta E566] in any_of the first success stands, and this Step, which asks many commands, has none where it asks none; let it ask one command, or take it out of any_of");
};

template <bool Ok, class Step, class Outcome, class Answer>
struct not_an_answer {
  static_assert(Ok, "[gesta E512] on(Outcome) returns something that is not an answer; return gesta::compensate, compensate_with<cause>, proceed, again<n> or until_answered");
};

template <bool Ok, class Step, class Cause>
struct cause_not_given {
  static_assert(Ok, "[gesta E513] the Step's undo takes a Cause, but not every failing answer of the saga gives that type; answer with  compensate_with<Cause>  everywhere, interrupts and deadlines too, or take  const Cause*  and look");
};

template <bool Ok, class Saga>
struct saga_without_beginning {
  static_assert(Ok, "[gesta E514] nothing begins this saga; let its first step say  using begun_by = event;");
};

template <bool Ok, class Step, class UndoCommand>
struct unknown_undo_must_be_able_to_do_nothing {
  static_assert(Ok, "[gesta E515] the Step is undone when it timed out, so perhaps nothing was done, but its UndoCommand cannot say so; let its decide return  emits<...>::or_nothing,  or answer timed_out with gesta::until_answered");
};

template <bool Ok, class Step, class Fact>
struct ambiguous_fact {
  static_assert(Ok, "[gesta E516] the Step asks for a Fact that several steps yield; say whose it means: take  gesta::from<ThatStep, Fact>");
};

template <bool Ok, class Saga, class Item>
struct not_a_step {
  static_assert(Ok, "[gesta E517] the Saga lists an Item that is no step there; a step has one  run(facts) -> command,  no template and no overload; a group has one step or more, and no beginning, interrupt, deadline or group within; an interrupt has one  on(const Event&),  a deadline  within  and  on(gesta::timed_out)");
};

template <bool Ok, class Interrupt, class Irreversible>
struct interrupt_too_late {
  static_assert(Ok, "[gesta E518] nothing is left to interrupt: the first thing that the saga asks is Irreversible, and it cannot be undone; remove the Interrupt, give Irreversible an undo, or put a step that can be undone before it");
};

template <bool Ok, class Step, class Outcome>
struct outcome_never_comes {
  static_assert(Ok, "[gesta E519] the Step answers an Outcome with which its command never ends (in on_undo: with which the command of its undo is never refused; gesta::timed_out: only where the step says  within;  a template counts for nothing); remove the function, or correct its parameter");
};

template <bool Ok, class Saga, class Step>
struct step_listed_twice {
  static_assert(Ok, "[gesta E546] the Saga lists the Step twice; a step is told by its type and its id: write a struct of its own for the second time");
};

template <bool Ok, class Saga, class Step>
struct step_without_id {
  static_assert(Ok, "[gesta E547] the Step is recorded under a name and does not say it; add  static constexpr auto id = \"...\";  to it, and never change it");
};

template <bool Ok, class Step, class Other>
struct same_step_id {
  static_assert(Ok, "[gesta E548] two steps of one saga have the same id; give each its own");
};

template <bool Ok, class Saga, class Step>
struct begins_behind_the_first {
  static_assert(Ok, "[gesta E549] the Step says  begun_by  and is not the first of the Saga; put it first, or hear its event in an interrupt:  on(const Event&) -> gesta::compensate");
};

template <bool Ok, class Step, class Event>
struct saga_waits_in_vain {
  static_assert(Ok, "[gesta E560] the Step waits for an Event that nobody in the model emits; take one that a decision emits, or add its aggregate to the model");
};

template <bool Ok, class Step, class Outcome>
struct irreversible_may_stand {
  static_assert(Ok, "[gesta E561] the Step cannot be undone, and it fails with this Outcome when it may have been done (where it asks many, in part); give it an undo, or answer Outcome with gesta::proceed or gesta::until_answered");
};

template <bool Ok, class Step, class Command>
struct saga_command_without_key {
  static_assert(Ok, "[gesta E562] the Step asks (or undoes with) a Command that does not carry its key; let its aggregate say  gesta::by<\"field\">");
};

template <bool Ok, class Step, class Rejection, class Answer>
struct not_an_answer_of_undo {
  static_assert(Ok, "[gesta E563] on_undo(Rejection) returns something that is not an answer of an undo; return gesta::proceed (it is undone already), again<n>, until_answered or stuck (a person must look)");
};

template <bool Ok, class Interrupt, class Answer>
struct not_an_answer_of_interrupt {
  static_assert(Ok, "[gesta E564] an interrupt, or a deadline, can only let the saga go back; return gesta::compensate or compensate_with<cause>");
};

template <bool Ok, class Step, class Rejection>
struct saga_rejection_without_id {
  static_assert(Ok, "[gesta E565] what the Step's command, or its undo's, is refused with is recorded, and this Rejection does not say its name; add  static constexpr auto id = \"...\";");
};

template <bool Ok, class Part>
struct correlation_not_said {
  static_assert(Ok, "[gesta E581] nothing says by which field an event finds its instance of the Part; write  gesta::by<\"field\">  before all else that it lists:  gesta::saga<gesta::by<\"order\">, Step...>,  gesta::process<gesta::by<\"order\">, ...>");
};

template <bool Ok, class Step, class Returned>
struct step_returns_no_command {
  static_assert(Ok, "[gesta E582] run, undo or not_found of the Step returns something that is no command: nothing, an event, or a container; return the one command that is to be asked, from run also  gesta::many<Command>;  where nothing is to be undone say  using undo = gesta::needless;");
};

template <bool Ok, class Part, class Key>
struct instance_not_visited {
  static_assert(Ok, "[gesta E587] the visitor of  sagas.open  or  sagas.stuck  does not take instances of the Part, whose keys it gets as Key; write  sagas.open<Part>([](const Key& key, const gesta::saga_standing& one) {...}),  of a delayed command  const gesta::delay_standing&,  and for all parts at once  sagas.open([](const char* part, const auto& key, const gesta::saga_standing& one) {...})");
};

template <bool Ok, class Part, class Given>
struct no_such_instance {
  static_assert(Ok, "[gesta E584] the runner is asked for an instance of a Part that is no saga, process or delayed command of the model (resolve: no saga; ignored: no delayed command), or by a Given that is no key of it; write  sagas.state<Part>(key)  with a Part that the model lists and a key of the type of the field that its  gesta::by<...>  names, of a delayed command its name");
};

// ---- flow --------------------------------------------------------------------------------------------------------------------

template <bool Ok, class... Path>
struct endless_reactions {
  static_assert(Ok, "[gesta E601] these reactions feed each other for ever (the path ends where it began); break it at one reaction, let one of its events undo something that begins outside the path, or say in a reactor  using cycle = gesta::allow_cycle<\"reason\", bound>;");
};

template <bool Ok, class Last, class... Path>
struct path_ends_nowhere {
  static_assert(Ok, "[gesta E602] after Last nobody goes on, and the process is neither complete nor given up; let a reactor say  react(const Reactor&, const Last&) -> command;  if Last is refused<Command, Rejection>:  react(const Reactor&, const Command&, const Rejection&);  if it is unchanged<Command>:  react(const Reactor&, const Command&, gesta::nothing);  if several commands are asked there:  react(const Reactor&, const gesta::all_done<Command>&)");
};

template <bool Ok, class Remains, class... Path>
struct left_undone {
  static_assert(Ok, "[gesta E603] on this path the process is given up while Remains still stands; lead the path through the event that says  using undoes = Remains;  or let Remains say  using undo = gesta::needless;");
};

template <bool Ok, class Completing, class GivingUp, class... Path>
struct both_ends {
  static_assert(Ok, "[gesta E604] on this path the process is completed and given up as well; remove one of the two reactions");
};

template <bool Ok, class Choreography>
struct choreography_incomplete {
  static_assert(Ok, "[gesta E605] the Choreography does not say all that makes it one; write  gesta::choreography<gesta::by<\"field\">, gesta::begins<event...>, gesta::completes<event...>, gesta::gives_up<event...>, gesta::reactors<...>>,  where one of completes and gives_up may be missing");
};

template <bool Ok, class Trigger, class Fact>
struct reaction_fact_missing {
  static_assert(Ok, "[gesta E606] the reaction to Trigger asks for a Fact that has not happened on every path to it; take  const Fact*  and look, or react to a later event");
};

template <bool Ok, class Choreography, class Message>
struct choreography_without_field {
  static_assert(Ok, "[gesta E607] the Choreography finds its processes by a field that the Message does not have, or has with another type than the first beginning event, or that can be no key; add the field, or name another one in  gesta::by<\"field\">");
};

template <bool Ok, class Choreography, class Event>
struct choreography_of_unemitted {
  static_assert(Ok, "[gesta E608] the Choreography begins, completes or gives up with an Event that no decision of the model emits; name one that is emitted, or add its aggregate to the model");
};

template <bool Ok, class Reactor, class Cause, class Choreography>
struct reaction_to_no_fact {
  static_assert(Ok, "[gesta E609] the Reactor's reaction to Cause asks for something that is no event of the model; take facts as  const Event&  or  const Event*,  up to four with a last  const gesta::about&");
};

template <bool Ok, class Choreography>
struct choreography_too_large {
  static_assert(Ok, "[gesta E615] the Choreography has more paths, or longer ones, than are walked while compiling; split it at an event that completes one and begins another, or make it a saga");
};

template <bool Ok, class Reactor, class Cause, class Choreography>
struct reaction_unreached {
  static_assert(Ok, "[gesta E616] no path from the beginnings of the Choreography leads to Cause, so nothing is proved of the Reactor's reaction to it; add Cause to  gesta::begins<...>,  or list the reactor in a  gesta::reactors<...>  of its own");
};

template <bool Ok, class Reactor, class Cause, class Choreography>
struct reaction_with_two_lists {
  static_assert(Ok, "[gesta E617] the Reactor has several reactions to Cause, which ask for different facts; keep one, and take  const Fact*  for what may be missing");
};

// ---- codecs ------------------------------------------------------------------------------------------------------------------

template <bool Ok, class Message>
struct renamed_field_missing {
  static_assert(Ok, "[gesta E701] the Message renames a field for the wire that it does not have; write the field's name in C++ first, then its name on the wire:  static constexpr gesta::renamed wire[] = {{\"field\", \"name\"}};");
};

template <bool Ok, class Message>
struct wire_name_used_twice {
  static_assert(Ok, "[gesta E702] two fields of the Message have the same name on the wire; rename one of them");
};

// ---- kinds of events ---------------------------------------------------------------------------------------------------------

template <bool Ok, class Event, class Returned>
struct domain_event_published {
  static_assert(Ok, "[gesta E703] publish of the Event returns something that is no integration event, so a domain event would leave its service; return a struct of its own that says  static constexpr auto id = gesta::integration_id{\"...\"};  or a std::optional or a gesta::many of it");
};

template <bool Ok, class Aggregate, class Event>
struct integration_event_decided {
  static_assert(Ok, "[gesta E704] a decision of the Aggregate records an integration event, so others would depend on what this service keeps; record a domain event with  static constexpr auto id = gesta::event_id{...},  and make the integration event of it by  publish(const Event&)");
};

template <bool Ok, class Later, class Earlier>
struct same_integration_id {
  static_assert(Ok, "[gesta E705] two integration events that the model publishes have the same id and version, so nobody could tell them apart; give one of them another id, or a version of its own:  gesta::integration_id{\"...\", 2}");
};

template <bool Ok, class Message>
struct published_and_never_emitted {
  static_assert(Ok, "[gesta E706] there is a publish of a Message that no decision of the model records: an old version, a rejection or a command; an old version is upcast before anybody sees it: write it for the event of today, or remove it");
};

template <bool Ok, class Event>
struct domain_event_heard {
  static_assert(Ok, "[gesta E707] gesta::from_outside lists an Event that is no integration event, and other services send no others; list what that service publishes, a struct that says  static constexpr auto id = gesta::integration_id{\"...\"};");
};

template <bool Ok, class Member, class Message>
struct integration_without_wire_form {
  static_assert(Ok, "[gesta E708] the integration event Message is sent, and this Member of it cannot be written as bytes and read back; hold plain values: numbers, enums with a stated type, text, structs, and ordered containers, optionals and variants of them");
};

template <bool Ok, class Model>
struct nothing_published {
  static_assert(Ok, "[gesta E709] no event of the Model is told to others, so the relay would send nothing; add  auto publish(const Event&) -> Integration  beside the event that is to be told");
};

// ---- edges -------------------------------------------------------------------------------------------------------------------

template <bool Ok, class Receiver, class Edge>
struct edge_loses_messages {
  static_assert(Ok, "[gesta E710] the Receiver needs every message, and the Edge before it may lose some; connect it by one that promises  gesta::arrival::at_least_once,  or add to it what it can live with:  using needs = gesta::edge<gesta::guarantee{}>;");
};

template <bool Ok, class Receiver, class Edge>
struct edge_repeats_messages {
  static_assert(Ok, "[gesta E711] the Receiver needs each message once, and the Edge before it may repeat some; recognise repetitions by an inbox before it,  gesta::recognised<Edge>,  or let the receiver need  gesta::arrival::at_least_once  and bear repetitions");
};

template <bool Ok, class Receiver, class Edge>
struct edge_without_order {
  static_assert(Ok, "[gesta E712] the Receiver needs the messages of a key in their order, as sagas and processes do, and the Edge before it keeps none; connect it by one that promises  gesta::ordering::by_key,  or add to it  using needs = gesta::edge<gesta::lossless>;  where no order matters");
};

template <bool Ok, class Receiver, class Edge>
struct edge_loses_order {
  static_assert(Ok, "[gesta E713] the Receiver needs the order of a key kept when a message is handed back, as sagas and processes do, and the Edge before it lets later ones pass; connect it by one that promises  gesta::handing_back::keeps_order,  or add to the receiver what it needs:  using needs = gesta::edge<gesta::guarantee{...}>;");
};

template <bool Ok, class Receiver, class Edge>
struct edge_outlives_less {
  static_assert(Ok, "[gesta E714] the Receiver needs messages to outlive more than the Edge before it promises, a killed process or a power failure; connect it by a transport that keeps them so, or let the receiver need a lower  gesta::survival");
};

template <bool Ok, class Receiver>
struct needs_no_edge {
  static_assert(Ok, "[gesta E715] the Receiver says what it needs by something that is no edge; write  using needs = gesta::edge<gesta::in_order>;  or  gesta::edge<gesta::guarantee{...}>");
};

template <bool Ok, class Edge>
struct edge_without_promise {
  static_assert(Ok, "[gesta E716] a receiver is connected to an Edge that promises nothing; add to it  static constexpr gesta::guarantee promises{...};  or name a transport or a  gesta::edge<...>");
};

// ---- repetitions -------------------------------------------------------------------------------------------------------------

template <bool Ok, class Model>
struct nothing_heard {
  static_assert(Ok, "[gesta E720] the Model hears nothing from outside, so an inbox would have nothing to keep; list what it hears as a part of it:  gesta::from_outside<Integration...>");
};

template <bool Ok, class Handler, class Edge>
struct idempotency_not_said {
  static_assert(Ok, "[gesta E721] the Edge may repeat messages, and the Handler does not say how it bears that; add to it  using idempotent = gesta::by_position;  (or by_id<>, by_key, naturally, accepts_duplicates<\"why\">)");
};

template <bool Ok, class Handler>
struct idempotency_unknown {
  static_assert(Ok, "[gesta E722] the Handler says by something strange how it bears that a message comes again; write  using idempotent = gesta::by_position;  (or by_id<>, by_key, naturally, accepts_duplicates<\"why\">)");
};

template <bool Ok, class Handler, class Event>
struct key_not_handed_over {
  static_assert(Ok, "[gesta E723] the Handler says  gesta::by_key,  and its receive of the Event cannot hand over a key, as it does not know the id; add a last parameter  const gesta::envelope&  to it, whose  source  and  id  name the message");
};

template <bool Ok, class Handler>
struct window_not_positive {
  static_assert(Ok, "[gesta E724] the Handler recognises ids for no time at all; let its window be longer:  using idempotent = gesta::by_id<gesta::days(7)>;");
};

template <bool Ok, class Handler>
struct duplicates_without_reason {
  static_assert(Ok, "[gesta E725] the Handler accepts duplicates without a reason; write why they do no harm:  using idempotent = gesta::accepts_duplicates<\"a second reminder\">;");
};

template <bool Ok, class Receiver>
struct receiver_hears_nothing {
  static_assert(Ok, "[gesta E726] it is not said which integration events the Receiver hears; add to a handler  using hears = gesta::from_outside<Integration...>;  and to a projection  gesta::follows<gesta::from_outside<Integration...>>");
};

template <bool Ok, class Receiver, class Event>
struct heard_and_not_received {
  static_assert(Ok, "[gesta E727] the Receiver hears the Event and does not take it; add  void receive(const Handler&, const Event&, Capability&)  with exactly these types, where it is a projection  void project(View&, const Event&),  and  locate  where no field of the event says its row");
};

template <bool Ok, class Receiver, class Old>
struct old_is_not_heard {
  static_assert(Ok, "[gesta E746] the Receiver lists the Old version in its history, and it does not become an event that is heard there; it has an integration_id, and beside it stands  auto upcast(const Old&) -> Newer,  without or_rejects, where each Newer is heard or is listed as well");
};

template <bool Ok, class Handler, class Event, class Error>
struct receive_error_unanswered {
  static_assert(Ok, "[gesta E728] receive of the Event may return the Error, and the Handler does not say what follows; add  gesta::retry on_failure(const Handler&, const Error&)  or  gesta::park on_failure(const Handler&, const Error&)");
};

template <bool Ok, class Handler, class Event>
struct receive_returns_strange {
  static_assert(Ok, "[gesta E729] receive of the Event returns what says nothing to who calls it; return void, gesta::done or  gesta::done::or_fails<error...>");
};

// ---- size --------------------------------------------------------------------------------------------------------------------

template <bool Ok, class Integration, class Connection>
struct integration_above_connection {
  static_assert(Ok, "[gesta E740] the Integration event may be larger on the wire than the largest message that the Connection takes; make it smaller, or let a payload that is too large stay behind:  gesta::relay<outlet>(..., gesta::claim_check{blobs})");
};

template <bool Ok, class Event>
struct event_above_budget {
  static_assert(Ok, "[gesta E801] the Event may be larger on the wire than the model's budget; make it smaller, or keep the large part elsewhere and store its key");
};

// ---- personal data -----------------------------------------------------------------------------------------------------------

template <bool Ok, class Model, class Event>
struct personal_without_keys {
  static_assert(Ok, "[gesta E750] the Event holds personal data and the Model is started without keys; give them to start:  gesta::start<Model>(store, gesta::sealed_by(keys))");
};

template <bool Ok, class Subject, class Event>
struct personal_without_subject {
  static_assert(Ok, "[gesta E751] the Event has a gesta::personal<Subject, T> and nothing says whose it is; add a field of type Subject to the struct that holds it, or to one around it");
};

template <bool Ok, class Subject, class Event>
struct personal_of_several {
  static_assert(Ok, "[gesta E752] beside a gesta::personal<Subject, T> the Event has several fields of type Subject, and nothing says which of them it belongs to; put the value and its subject into a struct of their own");
};

template <bool Ok, class Subject, class Event>
struct personal_never_sealed {
  static_assert(Ok, "[gesta E753] the Event has a gesta::personal<Subject, T> where it cannot be sealed: in a set, as the key of a map, or within another one; hold it as a field, an optional, or an element of a list or vector");
};

template <bool Ok, class Subject>
struct subject_without_id {
  static_assert(Ok, "[gesta E754] the Subject of a gesta::personal says no id under which its keys are kept, or has no key; make it a struct of one field, a number or text, with  static constexpr auto id = \"customer\";");
};

template <bool Ok, class Keys>
struct not_a_key_store {
  static_assert(Ok, "[gesta E755] gesta::sealed_by is given something that seals no personal data; give it gesta::memory_keys or gesta::sqlite_keys, or derive yours from gesta::sealing<Keys> and give it  key_of_now, key_named  and  destroy,  as gesta::key_store says");
};

template <bool Ok, class Rejection>
struct rejection_with_personal_data {
  static_assert(Ok, "[gesta E756] the Rejection has an id, so outcomes that remember it are stored, and it holds personal data; say why without it, or take the id away");
};

// ---- effects -----------------------------------------------------------------------------------------------------------------

template <bool Ok, class Reactor, class Capability>
struct performs_nothing {
  static_assert(Ok, "[gesta E170] the Reactor performs no event of the model with this Capability; add  perform(const Reactor&, const Event&, Capability&),  for exactly an event of the model and exactly this Capability, in the header of its struct");
};

template <bool Ok, class Reactor, class Event>
struct strange_effect {
  static_assert(Ok, "[gesta E171] perform of the Reactor returns something for this Event that nobody takes; return void, gesta::done,  or  gesta::done::or_fails<Error...>");
};

template <bool Ok, class Reactor, class Failure>
struct failure_unanswered_by {
  static_assert(Ok, "[gesta E172] an effect of the Reactor may fail so and nothing says what then; add  gesta::retry on_failure(const Reactor&, const Error&),  or let it return  gesta::park");
};

template <bool Ok, class Reactor, class Failure>
struct failure_answered_in_vain {
  static_assert(Ok, "[gesta E173] the Reactor has an on_failure that is never asked, as no effect fails so, or each that does has its own; remove it, or list the error in  gesta::done::or_fails<...>");
};

template <bool Ok, class Reactor, class Failure>
struct strange_answer {
  static_assert(Ok, "[gesta E174] on_failure of the Reactor returns neither  gesta::retry  nor  gesta::park;  return one of them");
};

template <bool Ok, class Reactor>
struct start_not_said {
  static_assert(Ok, "[gesta E175] nothing says where the Reactor begins when it was never run, so a deployment might perform all of the past; give  gesta::from_now{},  gesta::from_beginning{}  or  gesta::continues{\"id of the old one\"}  as a further argument");
};

template <bool Ok, class Reactor, class Argument>
struct no_consumer_option {
  static_assert(Ok, "[gesta E185] the consumer of the Reactor got an Argument that is no option of it; give a start, and where wanted a clock (it returns a gesta::timestamp),  gesta::unknown_events,  gesta::stop_after,  gesta::events_a_commit  or  gesta::observed_by(...);  how often an effect is tried again says its  on_failure");
};

template <bool Ok, class Reactor, class Argument>
struct consumer_option_twice {
  static_assert(Ok, "[gesta E186] the consumer of the Reactor got an Argument of one kind twice (two starts, two clocks, or one option twice); give it once");
};

template <bool Ok, class Reactor, class Given>
struct capability_not_kept {
  static_assert(Ok, "[gesta E187] Given stands where gesta::perform_by takes the capability, and it is a temporary that would be gone before the first effect, or the capability was left out; declare it before the consumer and write  gesta::perform_by<Reactor>(log, views, capability, gesta::from_now{})");
};

template <bool Ok, class Reactor, class Given>
struct no_view_store {
  static_assert(Ok, "[gesta E188] the second argument says where the Reactor keeps how far it is, and Given is no store of views; write  gesta::perform_by<Reactor>(log, gesta::sqlite_views{\"shop.db\"}, capability, start)  or  gesta::memory_views{}  (gesta::react_by  takes no capability)");
};

template <bool Ok, class Contract, class Returned>
struct error_undeclared {
  static_assert(Ok, "[gesta E176] perform returns an error that its Contract does not list; add it to  gesta::done::or_fails<...>");
};

template <bool Ok, class Reactor, class Event>
struct effect_without_key {
  static_assert(Ok, "[gesta E177] locate of the Reactor says for this Event something that is no key, and the order of effects is kept for each key; return one key: a number, an enum, text<N>, or a struct of these");
};

template <bool Ok, class Reactor>
struct effect_without_id {
  static_assert(Ok, "[gesta E178] the Reactor does not say the name its checkpoint is kept under; add  static constexpr auto id = \"...\";  to it, and never change it");
};

template <bool Ok, class Reactor, class Part>
struct effect_named_as_part {
  static_assert(Ok, "[gesta E179] the Reactor has the id of a Part of the model, and both would keep one checkpoint; give each its own");
};

// ---- callers -----------------------------------------------------------------------------------------------------------------

template <bool Ok, class Outcome>
struct outcome_unanswered {
  static_assert(Ok, "[gesta E901] match has no answer to this Outcome of the command; add  [](const Outcome&) { ... }");
};

template <bool Ok, class Command>
struct command_not_in_model {
  static_assert(Ok, "[gesta E902] no aggregate of the model lists the Command; add it to its aggregate's commands, or add the aggregate to the model");
};

template <bool Ok, class Command>
struct command_needs_key {
  static_assert(Ok, "[gesta E903] the Command does not carry its key; write  handle(key, command),  or let its aggregate say  gesta::by<\"field\">");
};

template <bool Ok, class Command, class Key>
struct wrong_key {
  static_assert(Ok, "[gesta E904] the key given with the Command is not of its aggregate's Key type; give a Key, or none where the command carries it");
};

template <bool Ok, class Command, class Rejection>
struct stored_rejection_without_id {
  static_assert(Ok, "[gesta E905] the outcome of a command that is handled once, or sent by a reactor, is stored, and this Rejection does not say its name; add  static constexpr auto id = \"...\";");
};

template <bool Ok, class State>
struct answers_differ {
  static_assert(Ok, "[gesta E906] the answers of match return different types; let all of them return one type");
};

template <bool Ok, class Store>
struct cannot_take_back {
  static_assert(Ok, "[gesta E908] the Store keeps only the last records, so what it has overwritten cannot be taken back; use  gesta::memory_store  or  gesta::fixed_memory_store  for batches and for reactors that allow a cycle");
};

template <bool Ok, class Command, class Given>
struct not_an_option {
  static_assert(Ok, "[gesta E912] handle got something beside the Command that is no option; give  gesta::once{source, number}  or  gesta::expected{version},  or nothing");
};

template <bool Ok, class Command, class Option>
struct option_given_twice {
  static_assert(Ok, "[gesta E913] handle got one Option twice; give it once");
};

template <bool Ok, class Model, class Event>
struct event_of_another_model {
  static_assert(Ok, "[gesta E911] gesta::as_variant<Model>,  or explore_app<Model, Saga>,  got an Event that no decision of the Model records, and that is no command of it; name the model of the app that calls it, and let explore_app begin with what that model hears");
};

template <bool Ok, class Model>
struct no_times_kept {
  static_assert(Ok, "[gesta E914] the Model keeps no times, so nothing can be told as of one; ask  gesta::at_position{n},  or take  gesta::lean  out of the model");
};

template <bool Ok, class View>
struct view_has_no_version {
  static_assert(Ok, "[gesta E915] the View is made of many streams, and a version counts the events of one; ask  gesta::at_position{n}  or  gesta::at_time{t}");
};

template <bool Ok, class View>
struct view_projects_nothing {
  static_assert(Ok, "[gesta E916] the View projects no event of the model, so it would always be empty; add  void project(View&, const Event&),  for exactly an event of the model");
};

template <bool Ok, class Member, class Aggregate>
struct state_without_wire_form {
  static_assert(Ok, "[gesta E610] gesta::snapshots  keeps the state of the Aggregate as bytes, and this Member of it has no form as bytes; give it one that has, or start without snapshots");
};

template <bool Ok, class Store>
struct no_snapshots_kept {
  static_assert(Ok, "[gesta E611] the app keeps no snapshots, so none can be asked for; start it with  gesta::snapshots{.every = n},  0 where only snapshot() takes them");
};

template <bool Ok, class Projection>
struct view_kept_elsewhere {
  static_assert(Ok, "[gesta E180] the app does not keep the view of the Projection in memory, as an option of gesta::start says; ask  app.rows<Projection>()  where it is inlined, its consumer where it is async, or  app.live<Projection>()");
};

template <bool Ok, class Store>
struct inlined_without_tables {
  static_assert(Ok, "[gesta E181] the Store has no tables in which a view could be kept with its events; write  gesta::async<...>  and keep it by a consumer, leave the option away for a view in memory, or take  gesta::sqlite_store  or  gesta::postgres_store  and include its views,  <gesta/store/sqlite_views.hpp>  or  <gesta/store/postgres_views.hpp>");
};

template <bool Ok, class Projection>
struct view_not_opened {
  static_assert(Ok, "[gesta E189] a store of views is asked for the view of a Projection that it was not opened with; add the Projection:  gesta::sqlite_views::opened<by_country, Projection>");
};

template <bool Ok, class Part>
struct view_mode_of_no_part {
  static_assert(Ok, "[gesta E182] an option of gesta::start names a Part that is no projection of the model, nor a reactor in gesta::async, or names it twice; name each projection of the model at most once in  gesta::inlined, gesta::async, gesta::live,  and a reactor in  gesta::async  alone");
};

template <bool Ok, class Reactor>
struct reacts_in_commit {
  static_assert(Ok, "[gesta E183] the app lets the Reactor act in the commit of what it hears, or its model does not list it, so it cannot follow the log as well; start the app with  gesta::async<Reactor>{}");
};

template <bool Ok, class Reactor>
struct reacts_without_app {
  static_assert(Ok, "[gesta E184] what the Reactor asks for is decided by an app, and a reader decides nothing; give  gesta::react_by  the app");
};

template <bool Ok, class Store>
struct store_without_snapshots {
  static_assert(Ok, "[gesta E612] the log of the Store has no place for snapshots; start without  gesta::snapshots,  or take a store that has one");
};

template <bool Ok, class Store>
struct store_without_single_entities {
  static_assert(Ok, "[gesta E613] gesta::cached_states  needs a Store that is no memory and reads single entities; start without it, or take  gesta::sqlite_store  or  gesta::postgres_store");
};

template <bool Ok, class Store>
struct side_by_side_without_cached_states {
  static_assert(Ok, "[gesta E618] units of the Store run side by side, so states are read when they are needed; start with  gesta::cached_states{},  or take  gesta::postgres_store");
};

template <bool Ok, class Model, class Store>
struct side_by_side_with_views {
  static_assert(Ok, "[gesta E619] units of the Store run side by side, and a view in memory needs every event in order; name each projection of the Model in  gesta::async<...>  and let  gesta::consume  keep it, or take  gesta::postgres_store");
};

template <bool Ok, class Store>
struct start_option_given_twice {
  static_assert(Ok, "[gesta E614] gesta::start got an option twice beside the Store, or two clocks; give each once");
};

template <bool Ok, class Command>
struct seen_of_an_aggregate {
  static_assert(Ok, "[gesta E142] gesta::seen  was given with a Command of an aggregate; give  gesta::expected{version},  which counts the events of its entity");
};

template <bool Ok, class Command>
struct expected_of_a_boundary {
  static_assert(Ok, "[gesta E143] gesta::expected  was given with a Command of a boundary, which has no entity whose version counts; give  gesta::seen{app.last_position()}");
};

template <bool Ok, class... State>
struct states_unanswered {
  static_assert(Ok, "[gesta E144] match has no answer to a command of a boundary that was accepted; add one that takes the states which its decision reads,  [](const State&...) { ... }");
};

template <bool Ok, class State>
struct tag_state_has_no_version {
  static_assert(Ok, "[gesta E147] the State is made of the events of many streams, and a version counts those of one; ask  gesta::at_position{n}  or  gesta::at_time{t}");
};

template <bool Ok, class Store>
struct boundary_without_all_events {
  static_assert(Ok, "[gesta E148] the states that boundaries read, and the facts that reactions ask for, are made of all events, and the Store keeps the last ones only, or  gesta::cached_states  only some states; use another store, or start without them");
};

template <bool Ok, class State, class... Value>
struct wrong_tag_values {
  static_assert(Ok, "[gesta E149] what is found by tags needs one Value for each of them, in their order and of their types, and these are others, or no event of the model has such a tag; give values of the types of the tags");
};

template <bool Ok, class Store>
struct reader_of_memory {
  static_assert(Ok, "[gesta E160] the log of this Store lies in the memory of its app, and nobody else can open it; the app is its own reader: hand the app to the consumer, or read it by  app.read  and  app.follow");
};

template <bool Ok, class Outcome>
struct query_unanswered {
  static_assert(Ok, "[gesta E161] what was asked of a view can come to an Outcome that match does not answer: a row too old would pass for a new one; add an answer that takes  const Outcome&");
};

template <bool Ok, class Projection>
struct view_version_below_one {
  static_assert(Ok, "[gesta E162] the version of the Projection is no number from 1 on; write  static constexpr auto version = 2;  and leave it out for the first");
};

template <bool Ok, class Newer, class Older>
struct not_versions_of_one_view {
  static_assert(Ok, "[gesta E163] a query lists two projections that are no versions of one view, or not the newer one first; give both the same id and key, and list the one of the higher version first");
};

template <bool Ok, class Event>
struct asks_for_no_event {
  static_assert(Ok, "[gesta E164] gesta::only asks for an Event that no decision of the model records today; ask for one that the contract of a decision lists, also where an older one is meant that is upcast to it");
};

template <bool Ok, class Model>
struct not_a_model {
  static_assert(Ok, "[gesta E907] gesta::start takes a model; declare  struct Model : gesta::model<...> {};");
};

template <bool Ok, class Argument>
struct cannot_append {
  static_assert(Ok, "[gesta E917] append got an Argument that is neither facts nor an option; write  app.append(gesta::facts<Aggregate>(key, gesta::expected{version}, event...)),  then, where wanted,  gesta::once{source, number}  or  gesta::at_time{t}");
};

template <bool Ok, class Aggregate, class Event>
struct fact_of_another {
  static_assert(Ok, "[gesta E918] the facts of the Aggregate hold an Event that no decision of it records; append one that its commands record, or let a command say so:  -> gesta::emits<Event>");
};

template <bool Ok, class Aggregate, class Key>
struct wrong_key_of_facts {
  static_assert(Ok, "[gesta E919] the key of the facts is not of the Aggregate's Key type; write  gesta::facts<Aggregate>(key, ...)  with a Key");
};

template <bool Ok, class Aggregate>
struct not_in_model {
  static_assert(Ok, "[gesta E920] the Aggregate of the facts is no part of the model; list it in  gesta::model<...>,  or append facts of one that is");
};

template <bool Ok, class Store>
struct store_cannot_erase {
  static_assert(Ok, "[gesta E921] the Store has no way to erase single events; use  gesta::memory_store,  gesta::fixed_memory_store,  gesta::sqlite_store  or  gesta::postgres_store");
};

template <bool Ok, class Store>
struct store_cannot_close {
  static_assert(Ok, "[gesta E922] the Store cannot refuse an event, so none of its streams can be closed; use  gesta::fixed_memory_store,  gesta::sqlite_store  or  gesta::postgres_store");
};

template <bool Ok, class State>
struct state_not_comparable {
  static_assert(Ok, "[gesta E923] truncate_before compares the State with and without what it erases, and the State can be neither encoded nor compared; add  bool operator==(const State&) const = default;");
};

template <bool Ok, class Aggregate>
struct erases_tagged {
  static_assert(Ok, "[gesta E924] an event of the Aggregate has tags, or is a fact that a reaction asks for, and what boundaries decide on, or reactors do, would change without it; let another event say that, or erase nothing");
};

template <bool Ok, class Observer>
struct observes_nothing {
  static_assert(Ok, "[gesta E930] the Observer observes nothing; add  void observe(Observer&, const gesta::decided&)  beside it, for exactly this type and one of gesta::decided, rejected, conflicted, retried, parked, stalled, caught_up, fell_behind");
};

template <bool Ok, class Observer>
struct observer_not_kept {
  static_assert(Ok, "[gesta E931] the Observer is a temporary, and would be gone before anything is told to it; declare it before the app and write  gesta::observed_by(name)");
};

template <bool Ok, class Store>
struct not_a_store {
  static_assert(Ok, "[gesta E925] the Store has no log on which a model can run; write  template <class Model> using log = ...;  with what the concept  gesta::log_in_units  of <gesta/store/store.hpp> lists");
};

// ---- processes ---------------------------------------------------------------------------------------------------------------

template <bool Ok, class Process, class State, class Input>
struct cell_missing {
  static_assert(Ok, "[gesta E520] in this State the process does not say what the Input means; add  on(const State&, const Input&) -> gesta::becomes<Next>::asks<Command>,  or list Input in the State's  ignores,  defers  or  rejects");
};

template <bool Ok, class Process, class State, class Listed>
struct no_list_of_inputs {
  static_assert(Ok, "[gesta E583] what the State  ignores,  defers  or  rejects  is Listed, which is no list of inputs; write  using ignores = gesta::inputs<Input...>;  for one input as well");
};

template <bool Ok, class Process, class State, class Input>
struct cell_said_twice {
  static_assert(Ok, "[gesta E521] the State says two things about this Input; keep one of on(), ignores, defers, rejects");
};

template <bool Ok, class Process, class State>
struct state_unreachable {
  static_assert(Ok, "[gesta E522] no path from the beginning leads to this State; let some on() become it, or remove it");
};

template <bool Ok, class Process, class State>
struct state_without_end {
  static_assert(Ok, "[gesta E523] from this State no path leads to an end; let a later State say  static constexpr auto ends = gesta::ended::completed;  or  gesta::ended::compensated");
};

template <bool Ok, class Process, class Command>
struct process_command_unhandled {
  static_assert(Ok, "[gesta E524] the process asks a Command that no aggregate of the model lists; add it to the commands of its aggregate, or add the aggregate to the model");
};

template <bool Ok, class Process, class State, class Input>
struct cell_impossible {
  static_assert(Ok, "[gesta E525] the process says what this Input means in this State, but it can never come there: no command it answers is open, or the State is the first, which hears only what begins; remove it, ask the command, or list an event from outside in  gesta::listens_to");
};

template <bool Ok, class Process, class State>
struct state_without_id {
  static_assert(Ok, "[gesta E526] the State of a process is stored under a name and does not say it; add  static constexpr auto id = \"...\";");
};

template <bool Ok, class Process, class First, class Second>
struct same_state_id {
  static_assert(Ok, "[gesta E527] two states of the process have the same id, or are listed twice; give each its own, and list it once");
};

template <bool Ok, class Process, class State, class Input, class Returned>
struct not_a_move {
  static_assert(Ok, "[gesta E528] on(const State&, const Input&) returns something that is no move to a state of the process; return  gesta::becomes<Next>,  gesta::becomes<Next>::asks<Command>  or  gesta::either<...>  of them, with Next in  gesta::states<...>");
};

template <bool Ok, class Process, class State, class Input>
struct end_goes_on {
  static_assert(Ok, "[gesta E529] the State says that it ends, and what an Input means in it (or within); nothing is heard behind an end: remove one of the two");
};

template <bool Ok, class Process>
struct process_without_beginning {
  static_assert(Ok, "[gesta E550] the process lists no state, or nothing that begins it; write  gesta::states<...>  and  gesta::begins<Event>");
};

template <bool Ok, class Process, class Message>
struct process_key_missing {
  static_assert(Ok, "[gesta E551] the process finds its instance by a field that the Message does not have, or has with another type than the first event that begins it; add the field, or rename it");
};

template <bool Ok, class Process, class Command>
struct process_command_without_key {
  static_assert(Ok, "[gesta E552] the process asks a Command that does not carry the key of its entity; let the aggregate say  gesta::by<\"field\">");
};

template <bool Ok, class Process, class Message>
struct process_message_without_id {
  static_assert(Ok, "[gesta E553] the Message, a command that the process asks or a rejection of one, is kept in the records of its instance and does not say its name; add  static constexpr auto id = \"...\";");
};

template <bool Ok, class Process, class State, class Command>
struct ends_with_open_command {
  static_assert(Ok, "[gesta E554] the process can come to the end State while the Command is open, so nobody would hear how it ended; wait for its answer in a state before");
};

template <bool Ok, class Process, class Event>
struct process_hears_nothing_emitted {
  static_assert(Ok, "[gesta E555] the process begins with, or listens to, an Event that no decision of the model records; take one that a decision records, or remove it");
};

template <bool Ok, class Process, class State>
struct process_without_time {
  static_assert(Ok, "[gesta E556] the State says  within  and the model is  gesta::lean,  which keeps no times; remove one of the two");
};

template <bool Ok, class Process>
struct process_too_wide {
  static_assert(Ok, "[gesta E557] the process can be in more than 512 situations (a state, and what is open and waits in it), more than are looked at; wait for answers before asking more, or split it");
};

template <bool Ok, class Process, class State>
struct waits_for_ever {
  static_assert(Ok, "[gesta E559] the process can come to this State with nothing open, and nothing that it hears there leads on, so it would wait for ever; ask a command with the move to it, say  within,  or let the State end");
};

template <bool Ok, class Process, class State>
struct first_state_with_values {
  static_assert(Ok, "[gesta E558] the first State is the one before the beginning, which no move makes, and it cannot be made without arguments; give its members defaults, or a first state without members");
};

// ---- threads -----------------------------------------------------------------------------------------------------------------

template <bool Ok, class Bounded>
struct buffer_without_room {
  static_assert(Ok, "[gesta E165] a buffer is Bounded to no value at all, so that nothing could ever be put into it; write  gesta::bounded<N>  with N above 0");
};

template <bool Ok, class Handler>
struct ordered_by_many_workers {
  static_assert(Ok, "[gesta E166] the Handler needs the whole log in order, and several workers keep only the order of each key; give  gesta::one_worker,  or let the Handler say  using order = gesta::ordered_by_key;");
};

template <bool Ok, class Handler>
struct order_unsaid {
  static_assert(Ok, "[gesta E167] the Handler is given to several workers and does not say which order it needs; add to it  using order = gesta::ordered_by_key;  gesta::unordered  where it needs none, or give  gesta::one_worker");
};

template <bool Ok, class Handler, class Model>
struct handles_nothing {
  static_assert(Ok, "[gesta E168] the Handler takes no event of the Model, so nothing would ever be given to it; add  void operator()(const Event&, const gesta::about&)  for an event of the model");
};

template <bool Ok, class Handler, class Event, class Returned>
struct located_nowhere {
  static_assert(Ok, "[gesta E169] locate of the Handler returns something that is no key of one partition, and each Event is handled by one worker; return an integer, an enum, text, or a struct of those");
};

// ---- the runtime of sagas ------------------------------------------------------------------------------------------------------

template <bool Ok, class Store>
struct sagas_without_all_records {
  static_assert(Ok, "[gesta E530] what sagas have to do is known from all their records, and the Store keeps the last ones only, or  gesta::cached_states  only some states; use another store, or start without them");
};

template <bool Ok, class Saga>
struct saga_changed {
  static_assert(Ok, "[gesta E531] the Saga is not what the lock holds under its version: its steps, their order, or what is answered changed, and instances may be under way; give it  id = gesta::event_id{\"...\", N + 1},  and keep the old struct in the model as  gesta::pinned<Old>");
};

template <bool Ok, class Locked>
struct saga_left_the_model {
  static_assert(Ok, "[gesta E532] the lock holds a version of a saga, Locked, that left the model, and instances of it may be under way; keep its struct in the model as  gesta::pinned<Old>");
};

template <bool Ok, class Process>
struct process_changed {
  static_assert(Ok, "[gesta E572] the Process is not what the lock holds under its version: its states, what it hears, or what an input leads to changed, and instances may be under way; give it  id = gesta::event_id{\"...\", N + 1},  and keep the old struct in the model as  gesta::pinned<Old>");
};

template <bool Ok, class Locked>
struct process_left_the_model {
  static_assert(Ok, "[gesta E573] the lock holds a version of a process, Locked, that left the model, and instances of it may be under way; keep its struct in the model as  gesta::pinned<Old>");
};

template <bool Ok, class Old, class Returned>
struct migration_to_nowhere {
  static_assert(Ok, "[gesta E568] migrate(const gesta::instance_of<Old>&) returns something that names no saga of the model; let it return  gesta::moves_to<New>,  New a saga that the model lists, and Old as  gesta::pinned<Old>");
};

template <bool Ok, class Old, class New>
struct migration_begins_otherwise {
  static_assert(Ok, "[gesta E569] instances of Old move to New, which begins by another event or has another key; let both say the same  begun_by  and the same  gesta::by<...>,  or take migrate out, and what began under Old ends by it");
};

template <bool Ok, class Old, class New>
struct migration_to_no_later_version {
  static_assert(Ok, "[gesta E570] instances of Old move to New, which is no later version of it; give New the same name and a higher version,  id = gesta::event_id{\"...\", N + 1}");
};

template <bool Ok, class Step, class Outcome>
struct step_cannot_be_passed {
  static_assert(Ok, "[gesta E571] migrate(instance, Step) says that the Step was passed with this Outcome, which the Step's command has not, or by which it fails, or which would have to be undone; return gesta::nothing or a rejection that is answered gesta::proceed, or an event where  using undo = gesta::needless");
};

// ---- delayed messages -----------------------------------------------------------------------------------------------------------

template <bool Ok, class Command>
struct delayed_command_unhandled {
  static_assert(Ok, "[gesta E540] the Command is delayed and no aggregate or boundary of the model lists it; add it there, or add the aggregate to the model");
};

template <bool Ok, class Command>
struct delayed_command_without_id {
  static_assert(Ok, "[gesta E541] the delayed Command is kept in the log and has no name; add  static constexpr auto id = \"...\";");
};

template <bool Ok, class Command>
struct delayed_command_without_key {
  static_assert(Ok, "[gesta E542] the delayed Command does not say which entity it is for; give its aggregate  gesta::by<\"field\">  and the Command that field");
};

template <bool Ok, class Delays>
struct delayed_listed_twice {
  static_assert(Ok, "[gesta E543] the model has several lists of delayed commands, and names of delays are of one list; write one  gesta::delayed<...>  with all of them");
};

template <bool Ok, class Command>
struct command_not_delayed {
  static_assert(Ok, "[gesta E544] the Command is said for later and the model does not list it; add it to the model's  gesta::delayed<...>");
};

template <bool Ok, class Name>
struct delay_without_name {
  static_assert(Ok, "[gesta E574] what is said for later has a name, which is text, and the Name is none; write  app.later(\"reminder of 17\", command, when),  and the same name in  app.cancel");
};

template <bool Ok, class Model>
struct nothing_delayed {
  static_assert(Ok, "[gesta E575] the Model delays no commands, so there is nothing to cancel or to show; list those that may wait in the model's  gesta::delayed<...>");
};

template <bool Ok, class Command>
struct delayed_not_visited {
  static_assert(Ok, "[gesta E586] the visitor of app.delayed does not take the Command, which the model delays; add  void operator()(std::string_view name, const Command&, const gesta::delay_standing&)");
};

template <bool Ok, class Command>
struct delay_by_length {
  static_assert(Ok, "[gesta E576] the Command is said for a length of time, and a moment is meant; write  now + length,  with the clock of the app:  gesta::system_clock{}() + gesta::seconds(60)");
};

// ---- changes of rows ---------------------------------------------------------------------------------------------------------

template <bool Ok, class Message>
struct change_as_message {
  static_assert(Ok, "[gesta E760] the Message is a change of a row: no event, since nobody decided it, and no command, since it has happened; translate it into a command of the model:  auto translate(const Listener&, const gesta::inserted<Row>&) -> Command");
};

template <bool Ok, class Message>
struct row_as_message {
  static_assert(Ok, "[gesta E761] the Message is a row of a table that somebody else keeps: it says  table;  a message of the model has a shape of its own: write a struct for it, and fill that where the change is translated");
};

template <bool Ok, class Row, class Field>
struct row_not_of_columns {
  static_assert(Ok, "[gesta E762] the Row is no plain struct whose fields are columns, or has a Field that none is; a field is a number, a bool, an enum,  gesta::text<N>,  std::string, a list of bytes, or a std::optional of these");
};

template <bool Ok, class Row>
struct row_without_table {
  static_assert(Ok, "[gesta E763] the Row does not say its table and its key; add  static constexpr auto table = \"customers\";  and  using key = gesta::by<\"id\">;  or, where several columns are the key, the name of a struct of them");
};

template <bool Ok, class Row>
struct row_key_not_there {
  static_assert(Ok, "[gesta E764] the key of the Row is no field of it, has another type there, or may be NULL; name fields that it has, with their types, and without std::optional");
};

template <bool Ok, class Row>
struct row_field_missing {
  static_assert(Ok, "[gesta E765] the Row has no field of this name; ask for one that it has");
};

template <bool Ok, class Row>
struct change_unanswered {
  static_assert(Ok, "[gesta E766] match does not answer every operation on the Row; add  [](const gesta::deleted<Row>&) {...}  and what else of inserted, updated, deleted, truncated is missing, all with the result of the first");
};

template <bool Ok, class Row>
struct change_not_visited {
  static_assert(Ok, "[gesta E767] the visitor does not take the changes of a Row that the source captures; add  void operator()(const gesta::change<Row>&),  or do not capture it");
};

template <bool Ok, class Listener, class Change>
struct change_untranslated {
  static_assert(Ok, "[gesta E768] the Listener does not say what becomes of this Change; add  auto translate(const Listener&, const Change&) -> Command,  std::optional of one, or void where nothing does, for exactly these types; a Command is one of the model, with its key");
};

template <bool Ok, class Listener, class Command, class Rejection>
struct translation_refused_unheard {
  static_assert(Ok, "[gesta E769] the model can refuse what the Listener makes of a change, and nobody hears it; add  void on_refusal(const Listener&, const Command&, const Rejection&)  beside the Listener");
};

template <bool Ok, class Listener>
struct listener_without_name {
  static_assert(Ok, "[gesta E588] the Listener does not say a name of at most 30 characters, under which what was handled before is recognised; add  static constexpr auto id = \"...\";  to it, and never change it");
};

// ---- remote commands -------------------------------------------------------------------------------------------------------------

template <bool Ok, class Saga, class Step>
struct remote_step_without_time {
  static_assert(Ok, "[gesta E730] the Step asks a command that another service decides and does not say how long it waits for the answer; add  static constexpr auto within = gesta::seconds(30);  and  constexpr auto on(const gesta::timed_out&) -> gesta::compensate  (or compensate_with<cause>, proceed, again<n>, until_answered)");
};

template <bool Ok, class Command, class Event>
struct remote_event_of_inside {
  static_assert(Ok, "[gesta E731] the contract of the Command, which another service decides, names an Event that stays inside of a service; name one that is told outside, whose id is  gesta::integration_id{\"...\"}");
};

template <bool Ok, class Command>
struct remote_command_without_id {
  static_assert(Ok, "[gesta E732] the Command is sent to another service and has no name there; add  static constexpr auto id = \"...\";  to it, and never change it");
};

template <bool Ok, class Command>
struct remote_contract_unreadable {
  static_assert(Ok, "[gesta E733] decide(const gesta::elsewhere&, const Command&)  does not say how the Command may end; let it return  gesta::emits<event...>,  with  ::or_nothing  or  ::or_rejects<rejection...>  behind it, or  gesta::sent  where nobody answers");
};

template <bool Ok, class Sender, class Command>
struct remote_command_unwaited {
  static_assert(Ok, "[gesta E734] the Sender asks a Command that another service decides, and cannot wait for the answer; let a step of a saga ask it, or list it in an aggregate of the model");
};

template <bool Ok, class Saga>
struct unrecorded_saga_too_large {
  static_assert(Ok, "[gesta E589] the Saga has more than 64 steps, or its run and undo ask for more than 64 facts, and  gesta::unrecorded_sagas  keeps each as a bit of a word; run it by  gesta::run_sagas,  or cut it into two sagas");
};

template <bool Ok, class Saga>
struct unrecorded_saga_waits {
  static_assert(Ok, "[gesta E580] the Saga has a deadline, or a step that asks a command that another service decides, and  gesta::unrecorded_sagas  has no clock and waits for nobody; run it by  gesta::run_sagas,  or take these out of it");
};

template <bool Ok, class Saga>
struct remote_in_lean {
  static_assert(Ok, "[gesta E735] the Saga asks a command that another service decides, and the model is  gesta::lean,  which keeps neither times nor the names of messages; take  gesta::lean  out of it");
};

template <bool Ok, class Command>
struct serves_what_it_does_not_decide {
  static_assert(Ok, "[gesta E736] gesta::serve  is to answer for a Command that it cannot: an aggregate of the model lists it and finds its entity by a field of it, it has an id, and beside it stands  auto decide(const gesta::elsewhere&, const Command&) -> gesta::emits<...>;");
};

template <bool Ok, class Command, class Outcome>
struct outcome_beyond_contract {
  static_assert(Ok, "[gesta E737] here the Command can end with an Outcome (an event, by what  publish  makes of it, a rejection, or gesta::nothing) that its contract,  decide(const gesta::elsewhere&, const Command&),  does not name, so that who asks could not read it; name it there, or let  publish(const Event&)  return an event that it names");
};

template <bool Ok, class Asker>
struct asker_without_id {
  static_assert(Ok, "[gesta E738] the Asker, or who serves, does not say the name under which others answer it or share its messages; add  static constexpr auto id = \"...\";  of at most 30 characters to it, and never change it");
};

// ---- tests -------------------------------------------------------------------------------------------------------------------

template <bool Ok, class Contract, class Event>
struct expects_undeclared_event {
  static_assert(Ok, "[gesta E951] the test expects an Event that the command's Contract does not list; expect one that it lists, or add it to  gesta::emits<...>");
};

template <bool Ok, class Contract, class Rejection>
struct expects_undeclared_rejection {
  static_assert(Ok, "[gesta E952] the test expects a Rejection that the command's Contract does not list; expect one that it lists, or add it to  ::or_rejects<...>");
};

template <bool Ok, class Model, class Part>
struct told_of_no_part {
  static_assert(Ok, "[gesta E577] gesta::testing::given<Model, Part>  takes a model and behind it a saga or a process, and Model and Part are not these, or not in this order; write  given<shop, fulfilment>(order::placed{...})");
};

template <bool Ok, class Model, class Saga>
struct explores_no_saga {
  static_assert(Ok, "[gesta E578] explore and explore_app take a model and behind it a saga, and Model and Saga are not these, or not in this order; write  explore<shop, fulfilment>(),  and tell stories of a process by  gesta::testing::given<shop, manager>");
};

template <bool Ok, class View, class... Event>
struct view_projects_none {
  static_assert(Ok, "[gesta E953] the View of the test projects none of the events; add  void project(View&, const Event&),  or give events that it projects");
};

template <bool Ok, class Type>
struct not_comparable {
  static_assert(Ok, "[gesta E954] the test compares values of a Type that is no plain struct and has no operator==; give it one");
};

}  // namespace gesta::diagnostic
