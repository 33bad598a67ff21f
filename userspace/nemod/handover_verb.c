// SPDX-License-Identifier: GPL-2.0
/* What a person, a script or a hypervisor's hook asks for. */
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "host.h"
#include "lib/log.h"

/* A verb's work on one mobile router. */
struct task {
	struct mr *mr;
	struct peer *peer;	/* "to", or NULL */
	const struct handover_order *order;
	struct verb *verb;
};

/* What a function of the table says: done, or why not; or this. */
static const char waits[] = "";

static const char *wait(struct task *t)
{
	verb_wait(t->verb, &t->mr->handover.waits, t->mr->conf->name);
	return waits;
}

static const char *done(struct task *t)
{
	(void)t;
	return NULL;
}

static bool is_peer(const struct task *t)
{
	return !t->peer || IN6_ARE_ADDR_EQUAL(&t->mr->handover.peer,
					      &t->peer->conf->address);
}

/* prepare -------------------------------------------------------------------- */

static const char *offer(struct task *t)
{
	struct mr *mr = t->mr;

	handover_begin(mr, HANDOVER_OFFERED, t->peer, host_next_id(mr->host));
	handover_post(mr, t->peer, MH_HI_CONTEXT_SENT);
	return wait(t);
}

/* The guest is to come here: who has it now? */
static const char *ask(struct task *t)
{
	struct peers *peers = &t->mr->host->peers;
	struct mr *mr = t->mr;

	if (!peers->n)
		return "there is no [peer NAME] in the configuration to ask";
	handover_begin(mr, HANDOVER_ASKED, NULL, 0);
	mr->handover.queries = peers->n;
	for (unsigned int i = 0; i < peers->n; i++)
		handover_post(mr, peers->peer[i], MH_HI_PLAIN);
	return wait(t);
}

static const char *prepare(struct task *t)
{
	switch (t->mr->state) {
	case NEMO_MR_STATE_ACTIVE:
		return t->peer ? offer(t) :
			"it is served here; say where it goes: to PEER";
	case NEMO_MR_STATE_ACTIVATING:
		return "its registration is under way; try again when it is active";
	case NEMO_MR_STATE_STANDBY:
		return t->peer ? "it is not served here, so it cannot go to a peer" :
			ask(t);
	default:
		return "somebody has set its state by hand; set it to standby first";
	}
}

static void call_off(struct mr *mr)
{
	struct peer *peer = handover_peer(mr);

	timeline_step(&mr->handover.timeline, TIMELINE_ABORT, 0);
	if (peer)
		handover_post(mr, peer, MH_HI_FORWARDING_DONE);
	handover_end(mr, TIMELINE_ABORTED, "the handover was aborted");
}

/* The answer to the question does not matter any more. */
static const char *prepare_anew(struct task *t)
{
	if (t->peer)
		handover_end(t->mr, TIMELINE_ABORTED, "it is prepared anew");
	return prepare(t);
}

static const char *prepare_again(struct task *t)
{
	if (is_peer(t))
		return wait(t);
	call_off(t->mr);
	return offer(t);
}

/* Is it still? The peer may have started again since. */
static const char *prepare_agreed(struct task *t)
{
	struct mr *mr = t->mr;
	struct peer *peer = handover_peer(mr);

	if (!is_peer(t) || !peer)
		return prepare_again(t);
	mr->handover.renewed = clock_monotonic();
	handover_post(mr, peer, MH_HI_CONTEXT_SENT);
	return wait(t);
}

static const char *prepare_gone(struct task *t)
{
	return is_peer(t) ? NULL :
		"it is leaving for another peer already; abort that first";
}

static const char *prepare_asked(struct task *t)
{
	return t->peer ? "it is not served here, so it cannot go to a peer" :
		wait(t);
}

/* So that the old host, too, knows that it is still to come. */
static const char *prepare_ready(struct task *t)
{
	struct mr *mr = t->mr;
	struct peer *peer = handover_peer(mr);

	if (t->peer)
		return "this host is prepared for it to come; it cannot go from here";
	if (!peer)
		return "the peer that it comes from is no longer configured";
	handover_post(mr, peer, MH_HI_PLAIN);
	return wait(t);
}

static const char *unfinished(struct task *t)
{
	return t->peer ? "the last handover is not finished; try again in a moment" :
		NULL;
}

static const char *undoing(struct task *t)
{
	(void)t;
	return "the last handover is being undone; try again in 2 seconds";
}

static const char *waiting_here(struct task *t)
{
	(void)t;
	return "after an abort, this host waits for the guest to go on here";
}

/* leave ------------------------------------------------------------------------ */

static void paused(struct task *t)
{
	struct handover *h = &t->mr->handover;

	h->told = true;
	h->stopped |= t->order->stopped;
	timeline_step(&h->timeline, TIMELINE_PAUSE, 0);
}

static const char *leave_later(struct task *t)
{
	if (!is_peer(t))
		return "it is being prepared at another peer; abort that first";
	t->mr->handover.leave = true;
	paused(t);
	return wait(t);
}

static const char *leave_unprepared(struct task *t)
{
	const char *error;

	if (!t->peer) {
		if (t->order->stopped)
			t->mr->handover.stood = clock_realtime();
		return "no peer is prepared; say where it goes: to PEER";
	}
	error = prepare(t);
	if (error == waits) {
		t->mr->handover.leave = true;
		paused(t);
	}
	return error;
}

static const char *leave_recalled(struct task *t)
{
	if (!t->peer)
		return leave_later(t);
	handover_end(t->mr, TIMELINE_ABORTED, "it is prepared anew");
	return leave_unprepared(t);
}

static const char *leave(struct task *t)
{
	if (!is_peer(t))
		return "another peer is prepared for it; abort that first";
	paused(t);
	return handover_leave(t->mr);
}

/* A hook that knows more than the one before. */
static const char *leave_again(struct task *t)
{
	if (!is_peer(t))
		return "it is leaving for another peer; abort that first";
	if (!t->order->stopped || t->mr->handover.stopped)
		return NULL;
	return leave(t);
}

static const char *not_here(struct task *t)
{
	(void)t;
	return "it is not served here, so it cannot leave";
}

/* arrive, abort ------------------------------------------------------------------ */

static const char *arrive(struct task *t)
{
	switch (t->mr->state) {
	case NEMO_MR_STATE_ACTIVE:
	case NEMO_MR_STATE_ACTIVATING:
		return NULL;
	default:
		return handover_activate(t->mr, NEMO_MR_STATE_ACTIVATING);
	}
}

static const char *arrive_ready(struct task *t)
{
	return handover_arrive(t->mr);
}

static const char *come_back(struct task *t)
{
	return handover_come_back(t->mr);
}

static const char *abort_agreed(struct task *t)
{
	call_off(t->mr);
	return NULL;
}

static const char *abort_left(struct task *t)
{
	struct mr *mr = t->mr;
	struct peer *peer = handover_peer(mr);
	const char *error = handover_take_back(mr);

	if (!error && peer)
		handover_post(mr, peer, MH_HI_FORWARDING_DONE);
	return error;
}

static const char *abort_asked(struct task *t)
{
	handover_end(t->mr, TIMELINE_ABORTED, "the handover was aborted");
	return NULL;
}

/*
 * The old host has to take it back first: what went back to one that still sends it here
 * would go to and fro.
 */
static const char *abort_ready(struct task *t)
{
	struct mr *mr = t->mr;
	struct peer *peer = handover_peer(mr);

	if (!peer)
		return handover_undo(mr, TIMELINE_ABORTED);
	handover_post(mr, peer, MH_HI_FORWARDING_DONE);
	return NULL;
}

/* The same where the guest is here: the home agent may not have switched yet. */
static const char *abort_arrived(struct task *t)
{
	if (!handover_peer(t->mr))
		return "nobody has announced it, so there is no host to give it back to";
	return abort_ready(t);
}

/* What each verb does in each step. */
static const char *(*const tasks[HANDOVER_VERBS][HANDOVER_STEPS])(struct task *t) = {
	[HANDOVER_PREPARE] = {
		[HANDOVER_NONE]		= prepare,
		[HANDOVER_RECALLED]	= prepare_anew,
		[HANDOVER_OFFERED]	= prepare_again,
		[HANDOVER_AGREED]	= prepare_agreed,
		[HANDOVER_LEFT]		= prepare_gone,
		[HANDOVER_BACK]		= waiting_here,
		[HANDOVER_ASKED]	= prepare_asked,
		[HANDOVER_READY]	= prepare_ready,
		[HANDOVER_ARRIVED]	= unfinished,
		[HANDOVER_UNDONE]	= undoing,
	},
	[HANDOVER_LEAVE] = {
		[HANDOVER_NONE]		= leave_unprepared,
		[HANDOVER_RECALLED]	= leave_recalled,
		[HANDOVER_OFFERED]	= leave_later,
		[HANDOVER_AGREED]	= leave,
		[HANDOVER_LEFT]		= leave_again,
		[HANDOVER_BACK]		= waiting_here,
		[HANDOVER_ASKED]	= not_here,
		[HANDOVER_READY]	= not_here,
		[HANDOVER_ARRIVED]	= unfinished,
		[HANDOVER_UNDONE]	= undoing,
	},
	[HANDOVER_ARRIVE] = {
		[HANDOVER_NONE]		= arrive,
		[HANDOVER_RECALLED]	= done,
		[HANDOVER_OFFERED]	= done,
		[HANDOVER_AGREED]	= done,
		[HANDOVER_LEFT]		= come_back,
		[HANDOVER_BACK]		= come_back,
		[HANDOVER_ASKED]	= arrive,
		[HANDOVER_READY]	= arrive_ready,
		[HANDOVER_ARRIVED]	= done,
		[HANDOVER_UNDONE]	= arrive,
	},
	[HANDOVER_ABORT] = {
		[HANDOVER_NONE]		= done,
		[HANDOVER_RECALLED]	= abort_agreed,
		[HANDOVER_OFFERED]	= abort_agreed,
		[HANDOVER_AGREED]	= abort_agreed,
		[HANDOVER_LEFT]		= abort_left,
		[HANDOVER_BACK]		= done,
		[HANDOVER_ASKED]	= abort_asked,
		[HANDOVER_READY]	= abort_ready,
		[HANDOVER_ARRIVED]	= abort_arrived,
		[HANDOVER_UNDONE]	= done,
	},
};

#define STEP(name)	(1U << HANDOVER_##name)
#define STATE(name)	(1U << NEMO_MR_STATE_##name)
#define ANY		(~0U)

/* Whom "all" means: those that the verb has something to do with. */
static const struct {
	unsigned int steps, states;
	const char *nobody;
} all[HANDOVER_VERBS][2] = {	/* without and with "to" */
	[HANDOVER_PREPARE] = {
		{ STEP(NONE) | STEP(ASKED) | STEP(READY),
		  STATE(STANDBY) | STATE(PREPARED),
		  "every mobile router is served here; say where they go: to PEER" },
		{ STEP(NONE) | STEP(RECALLED) | STEP(OFFERED) | STEP(AGREED),
		  STATE(ACTIVE),
		  "no mobile router is active here" },
	},
	[HANDOVER_LEAVE] = {
		{ STEP(RECALLED) | STEP(OFFERED) | STEP(AGREED) | STEP(LEFT), ANY,
		  "no mobile router has a peer prepared; say where they go: to PEER" },
		{ STEP(NONE) | STEP(RECALLED) | STEP(OFFERED) | STEP(AGREED) |
		  STEP(LEFT),
		  STATE(ACTIVE) | STATE(LEAVING),
		  "no mobile router is active here" },
	},
	[HANDOVER_ARRIVE] = {
		{ STEP(READY) | STEP(BACK) | STEP(ARRIVED), ANY,
		  "this host is prepared for no mobile router" },
	},
	[HANDOVER_ABORT] = {
		{ ~STEP(NONE), ANY, NULL },
	},
};

static void run(struct task *t)
{
	const char *error;

	error = tasks[t->order->verb][t->mr->handover.step](t);
	if (error && error != waits)
		verb_fail(t->verb, t->mr->conf->name, error);
}

static void run_all(struct host *host, struct task *t)
{
	enum handover_verb verb = t->order->verb;
	bool to = t->peer, any = false;

	for (unsigned int i = 0; i < host->mrs; i++) {
		t->mr = host->mr[i];
		if (!(all[verb][to].steps & 1U << t->mr->handover.step) ||
		    !(all[verb][to].states & 1U << t->mr->state))
			continue;
		any = true;
		run(t);
	}
	if (!any && all[verb][to].nobody)
		verb_fail(t->verb, "all", all[verb][to].nobody);
}

static void run_some(struct host *host, struct task *t)
{
	for (unsigned int i = 0; i < t->order->names; i++) {
		const char *name = t->order->name[i];

		t->mr = host_by_name(host, name);
		if (t->mr)
			run(t);
		else
			verb_fail(t->verb, name,
				  "no mobile router of this name is configured");
	}
}

struct verb *handover_do(struct host *host, const struct handover_order *order,
			 void (*done)(void *arg, const char *error), void *arg)
{
	struct verb *verb = verb_new(done, arg);
	struct task t = { .order = order, .verb = verb };
	bool ended;

	if (!verb) {
		done(arg, "no memory");
		return NULL;
	}
	if (order->to)
		t.peer = peer_by_name(&host->peers, order->to);
	if (order->to && !t.peer)
		verb_fail(verb, order->to,
			  "no peer of this name; add [peer NAME] to the configuration");
	else if (order->names == 1 && !strcmp(order->name[0], "all"))
		run_all(host, &t);
	else
		run_some(host, &t);
	handover_flush(host);
	ended = verb->pending == 1;
	verb_put(verb);
	return ended ? NULL : verb;
}
