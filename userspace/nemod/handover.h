/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Announced handovers (RFC 5949 §4, for networks that move): what a host does, as the
 * old or as the new one, when it is asked to (handover_verb.c), when the other
 * host says something (handover_peer.c), and when the kernel or the home agent does
 * (handover.c). In each of them a table says what happens in which step.
 */
#ifndef NEMOD_HANDOVER_H
#define NEMOD_HANDOVER_H

#include <event2/event.h>

#include "lib/mr.h"
#include "peer.h"
#include "timeline.h"
#include "verb.h"

struct host;
struct mr;

/* How far it is; what the kernel does with packets is enum nemo_mr_state. */
enum handover_step {
	HANDOVER_NONE,
	/* the old host */
	HANDOVER_RECALLED,	/* adopted: is the new one prepared? */
	HANDOVER_OFFERED,	/* the new one has not answered */
	HANDOVER_AGREED,	/* the new one is prepared */
	HANDOVER_LEFT,		/* leaving: the guest is paused, or gone */
	HANDOVER_BACK,		/* prepared: it was aborted, the guest is to go on here */
	/* the new host */
	HANDOVER_ASKED,		/* who serves it? */
	HANDOVER_READY,		/* prepared */
	HANDOVER_ARRIVED,	/* the guest is here; acknowledgement and marker are due */
	HANDOVER_UNDONE,	/* leaving: gives back what it holds */
	HANDOVER_STEPS
};

extern const char *const handover_steps[HANDOVER_STEPS];

#define HANDOVER_RENEW_S	20	/* by the old host, until it is over */

/**
 * struct handover - of one mobile router
 * @peer: the other host's care-of address
 * @peer_name: its name; empty if it has none any more
 * @queries: peers that have not answered
 * @leave, @stopped: a verb that waits for the answer
 * @told: old host: somebody has said that it leaves
 * @stood: old host: when its guest was said to be stopped and no peer was prepared,
 *	wall clock, ns; 0: never
 * @ba, @marker: have come
 * @registered: new host: it has asked for the binding
 * @other_marker: the next marker is not the last one
 * @round_trip: new host: the old one's to the home agent, ms; 0: not known
 * @renewed: monotonic ns; old: when it was last asked for, new: when it was last heard of
 * @timer: ends the step
 */
struct handover {
	enum handover_step step;
	uint16_t id;
	struct in6_addr peer;
	char peer_name[NEMO_MR_NAME_MAX + 1];
	unsigned int queries;
	bool leave, stopped, told;
	bool registered, ba, marker, other_marker;
	uint16_t round_trip;
	uint64_t renewed, stood;
	struct event *timer;
	struct verb_wait *waits;
	struct timeline timeline;
};

int handover_init(struct mr *mr);
void handover_free(struct mr *mr);

/* What the kernel's state and binding say, after a restart of the agent. */
void handover_adopt(struct mr *mr, const struct nemo_mr_info *old);

/* handover.c: news --------------------------------------------------------- */

/* The state is another; @ntf has the counters. The Binding Update is out. */
void handover_entered(struct mr *mr, enum nemo_mr_state old,
		      const struct nemo_mr_info *ntf);

/* The agent's own change, as the kernel tells it. */
void handover_changed(struct mr *mr, const struct nemo_mr_info *ntf);

/* An end marker, or the end of the wait for it. */
void handover_marker(struct mr *mr, const struct nemo_mr_info *ntf);

/* The home agent has taken this host's registration, or transient binding. */
void handover_registered(struct mr *mr);
void handover_transient(struct mr *mr);

/* Another host has the binding. False: nothing of a handover, go to standby. */
bool handover_lost(struct mr *mr);

/* It is in standby now. */
void handover_over(struct mr *mr);

/* handover.c: steps, for the tables of the others --------------------------- */

void handover_begin(struct mr *mr, enum handover_step step,
		    const struct peer *peer, uint16_t id);
void handover_end(struct mr *mr, enum timeline_outcome outcome,
		  const char *error);

/* The other host; NULL where there is none, or it is no longer configured. */
struct peer *handover_peer(const struct mr *mr);

/* The new host is prepared. */
void handover_agree(struct mr *mr);

/* All return NULL, or why not. */
const char *handover_leave(struct mr *mr);
const char *handover_take_back(struct mr *mr);
const char *handover_come_back(struct mr *mr);
const char *handover_undo(struct mr *mr, enum timeline_outcome why);

/* The kernel has done so: the old host has taken the guest back. */
void handover_undone(struct mr *mr, enum timeline_outcome why);
const char *handover_arrive(struct mr *mr);

/* The guest of what was undone has gone on at the old host. */
void handover_settle(struct mr *mr);

/* The guest is, or is said to be, here: with or without a handover. */
const char *handover_activate(struct mr *mr, enum nemo_mr_state state);

/* New host: take what the old one says. */
enum context_status handover_take(struct mr *mr, const struct peer *peer,
				  const struct context *c);

/* handover_verb.c ------------------------------------------------------------ */

enum handover_verb {
	HANDOVER_PREPARE,
	HANDOVER_LEAVE,
	HANDOVER_ARRIVE,
	HANDOVER_ABORT,
	HANDOVER_VERBS
};

/**
 * struct handover_order - what is wanted
 * @name: of @names mobile routers, or the one name "all"
 * @to: name of the peer, or NULL
 * @stopped: leave: the guest is known to be stopped
 */
struct handover_order {
	enum handover_verb verb;
	unsigned int names;
	const char **name;
	const char *to;
	bool stopped;
};

/**
 * handover_do - carry it out
 * @done: told the end, perhaps in this call
 *
 * Return: what waits, or NULL if @done was called.
 */
struct verb *handover_do(struct host *host, const struct handover_order *order,
			 void (*done)(void *arg, const char *error), void *arg);

/* handover_peer.c ------------------------------------------------------------ */

extern const struct peer_ops handover_peer_ops;

/* Put a mobile router into the next Handover Initiate to a peer, and send them. */
void handover_post(struct mr *mr, struct peer *peer, enum mh_hi_code code);
void handover_flush(struct host *host);

/* Of a former agent: does the peer know of it? It is told the number that it has now. */
void handover_recall(struct mr *mr, struct peer *peer);

/* Prepare again whatever is prepared at peers. */
void handover_renew(struct host *host);

#endif /* NEMOD_HANDOVER_H */
