/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The handover protocol: hosts with kernel and agent, a home agent, one guest and
 * whoever moves it, one mobile router. What the kernel does with a packet, a marker
 * or a frame is not written here again: the tables are those of kmod/mr/state.c,
 * compiled into the verifier.
 *
 * No time: what the agents wait for happens at any moment, but a time-out that is
 * long beside the network's delays happens only when what it waits for can no longer
 * come. So each run ends, and how it must end is asserted in End; that none goes on
 * for ever is another search (-l). What may go wrong, and how often, comes from the
 * environment: see init, and model.test, which says what holds.
 */
#ifndef HOSTS
#define HOSTS		2
#endif
#define NONE		7
#define LEAD		4	/* of a registration's number before the clock */
#define STRIDE		8	/* of the clock between two moves */

/* enum nemo_mr_state, asserted below */
#define standby		0
#define prepared	1
#define activating	2
#define active		3
#define leaving		4
#define STATES		5

/* enum nemo_from */
#define GUEST		0
#define FROM_HA		1
#define PEER		2

/* enum nemo_verdict */
#define DROP		0
#define HOLD		1
#define TO_HA		2
#define TO_PEER		3
#define DELIVER		4

/* enum nemo_marker_verdict */
#define IGNORE		0
#define PASS		1
#define KEEP		2
#define RELEASE		3

c_decl {
\#include <stdlib.h>
\#include "kmod/mr/state.h"

#define SAME(name, value)	_Static_assert((name) == (value), #value)
SAME(standby, NEMO_MR_STATE_STANDBY);
SAME(prepared, NEMO_MR_STATE_PREPARED);
SAME(activating, NEMO_MR_STATE_ACTIVATING);
SAME(active, NEMO_MR_STATE_ACTIVE);
SAME(leaving, NEMO_MR_STATE_LEAVING);
SAME(STATES, NEMO_MR_STATES);
SAME(GUEST, NEMO_FROM_GUEST);
SAME(FROM_HA, NEMO_FROM_HA);
SAME(PEER, NEMO_FROM_PEER);
SAME(DROP, NEMO_DROP);
SAME(HOLD, NEMO_HOLD);
SAME(TO_HA, NEMO_TO_HA);
SAME(TO_PEER, NEMO_TO_PEER);
SAME(DELIVER, NEMO_DELIVER);
SAME(IGNORE, NEMO_MARKER_IGNORE);
SAME(PASS, NEMO_MARKER_PASS);
SAME(KEEP, NEMO_MARKER_KEEP);
SAME(RELEASE, NEMO_MARKER_RELEASE);

static int setting(const char *name, int otherwise)
{
	const char *value = getenv(name);

	return value ? atoi(value) : otherwise;
}
};

/* What the environment chooses; constant, and so no part of the state. */
hidden byte max_moves, max_packets;
hidden byte max_loss, max_dup, max_reorder, max_marker_loss, max_crash, max_isolate;
hidden byte max_silent;		/* guests' moves that nobody announces */
hidden byte max_abort;		/* moves that are given up; late: after the guest has run there */
hidden byte max_abort_late;
hidden byte max_ha_crash;	/* its agent's: the kernel keeps the binding */
hidden byte max_give_up;	/* the same by the new host, which is prepared */
hidden byte unheard;		/* it begins behind an abort whose answer was lost */
hidden byte asks;		/* an agent that was restarted asks whether the peer is prepared */
hidden byte rfc6058;		/* the home agent knows transient bindings */

/* Faults that the properties must find (model.test) */
hidden byte fault;
#define REFRESH_FROM_CLOCK	1
#define NO_MARKER_DUE		2
#define STANDBY_AT_135		3
#define RENEWAL_REFUSED		4
#define ABORT_UNANSWERED	5
#define LEAVES_FOR_EVER		6
#define ADOPTS_AS_BOUND		7
#define GIVES_BACK_AT_ONCE	8
#define ABORTS_ANOTHER		9
#define HA_FORGETS		10
#define RENUMBERED		11

/* Filled in init and then constant: no part of the state. */
hidden byte table_verdict[15];
hidden byte table_marker[15];
hidden byte table_frame[20];		/* by state and flags: undo, prepared-uplink */
hidden byte table_may[25];
hidden byte table_due[25];
hidden byte table_own[25];
hidden byte table_off[25];

#define VERDICT(h, from)	table_verdict[st[h] * 3 + from]
#define MARKER(h, from)		table_marker[st[h] * 3 + from]
#define FIRST_FRAME(h)		table_frame[st[h] * 4 + undo[h] * 2 + open[h]]
#define CHANGE(table, from, to)	table[(from) * STATES + (to)]

/* Packets are 1, 2, ...; an end marker is its sequence number and MARK. */
#define LOOPED		16	/* has been here before, and goes round once more */
#define RETURNED	32
#define MARK		64
#define MARK_RETURNED	128
#define DEPTH		6
#define QUEUE		3

/* The network: what is sent to a host. Each way is FIFO. */
chan down[HOSTS] = [DEPTH] of { byte };		/* from the home agent's kernel */
chan side[HOSTS] = [DEPTH] of { byte, byte };	/* sender, packet; from the peer's */
chan up[HOSTS] = [2] of { byte, byte };		/* type, number; to the home agent */
chan ack[HOSTS] = [3] of { byte, byte, byte };	/* type, number, echo; from it */
chan hi[HOSTS] = [3] of { byte, byte, byte, byte };	/* type, sender, id, status */

#define BU		1
#define BU_TRANSIENT	2

#define BA		1
#define BA_TRANSIENT	2
#define BA_SEQ		3	/* status 135 */
#define BRI		4

#define HI_PREPARE	1
#define HI_ABORT	2
#define HACK_PREPARE	3
#define HACK_ABORT	4
#define HI_AGAIN	5	/* an agent that was restarted: is the peer prepared still? */

/* A host's kernel */
byte st[HOSTS];
byte peer[HOSTS] = NONE;
bit undo[HOSTS];	/* flags; trigger is always set */
bit open[HOSTS];	/* prepared-uplink */
byte kseq[HOSTS];
bit bound[HOSTS];	/* the lifetime is not 0: the home agent has acknowledged */
byte seen[HOSTS];	/* last-frame */
bit due[HOSTS];
byte kept[HOSTS];
byte fence[HOSTS];
byte pass[HOSTS];
byte own[HOSTS];
byte came_ha[HOSTS];
byte came_peer[HOSTS];
chan hold_ha[HOSTS] = [QUEUE] of { byte };
chan hold_peer[HOSTS] = [QUEUE] of { byte };

/* A host's agent */
#define NO_EXCHANGE	0
#define REGISTER	1
#define REFRESH		2

#define NO_ROLE		0
#define OLD		1
#define NEW		2
#define UNDONE		3	/* the new host of a handover that was aborted */
#define BACK		4	/* the old host, that was told so */

bit dead[HOSTS];
byte view[HOSTS];	/* the state that it knows of */
byte exchange[HOSTS];
byte number[HOSTS];	/* last sent */
byte first[HOSTS];	/* of this exchange */
byte claim[HOSTS];
byte acked[HOSTS];
byte role[HOSTS];
byte id[HOSTS];		/* of the handover */
byte mate[HOSTS] = NONE;	/* the other agent */
byte sent_hi[HOSTS];	/* without an answer yet */
byte hi_id[HOSTS];	/* the handover that it is about */
bit ready[HOSTS];	/* the new host is prepared */
bit passed[HOSTS];	/* a marker went on to the new host */
bit revoked[HOSTS];

/* The home agent */
byte coa = NONE;
byte hseq;
byte tcoa = NONE;
byte revoking = NONE;	/* by an Indication that is not acknowledged */

/* The guest, and what moves it */
byte at;		/* the host that it runs on, or is paused on */
bit runs = 1;
byte clock;
byte handovers;
byte given_up;		/* the last handover that its new host gave up */
bit isolated[HOSTS];

/* Faults so far */
byte n_loss, n_dup, n_reorder, n_marker_loss, n_crash, n_isolate, n_silent, n_abort, n_give_up, n_ha_crash;

/* What the properties look at */
bit lost_binding[HOSTS];	/* and no frame of the guest here since */
byte newest;		/* packet that the guest has */
byte delivered;
byte sent;
/*
 * Packets may be lost, for the rest of the run, and there is no help for it: the move was
 * not announced, as nobody did, or the old host's agent was dead or knew of no handover;
 * the guest goes where its move was called off; a host is isolated; a host that holds
 * hears nothing of the old one's agent for longer than a preparation lasts.
 */
bit excused;
/*
 * Nor in order: the guest goes to a host that has given up, or whose preparation has
 * lapsed while the old one still sends there. Nothing else excuses that.
 */
bit against;

#define REACH(a, b)	(!isolated[a] && !isolated[b])
#define GIVEN_UP	(given_up && given_up == handovers)
/* Not that of a handover before, nor of an agent before. */
#define NEXT_ID		(handovers + 16 * n_crash)
#define HANDOVER(id)	((id) & 15)

/* Packets ------------------------------------------------------------------ */

inline lose()
{
	assert(excused);
}

#define PLAIN(p)	((p) & ~(RETURNED | LOOPED))

/*
 * In order, unless a marker was lost, or two hosts in leaving have thrown it to and fro:
 * that happens only where it may be lost just as well.
 */
inline deliver(h, p)
{
	printf("host %d: packet %d to the guest\n", h, PLAIN(p));
	if
	:: runs && at == h ->
		assert(PLAIN(p) > newest || n_marker_loss || (p & LOOPED) || against);
		delivered++;
		if
		:: PLAIN(p) > newest -> newest = PLAIN(p)
		:: else
		fi
	:: else -> lose()
	fi
}

inline to_peer(h, p)
{
	printf("host %d: %d to host %d\n", h, p, peer[h]);
	if
	:: peer[h] != NONE && REACH(h, peer[h]) ->
		if
		:: p >= MARK && n_marker_loss < max_marker_loss -> n_marker_loss++
		:: assert(len(side[peer[h]]) < DEPTH); side[peer[h]]!h, p
		fi
	:: else ->
		if
		:: p < MARK -> lose()
		:: else
		fi
	fi
}

#define VERDICT_NOW(h, from) \
	((from) == FROM_HA && due[h] && VERDICT(h, from) != DROP -> HOLD : VERDICT(h, from))

inline apply(h, from, p)
{
	verdict_ = VERDICT_NOW(h, from);
	if
	:: verdict_ == DELIVER -> deliver(h, p)
	/* the hop limit may end it in any round */
	:: verdict_ == TO_PEER && from == PEER && (p & RETURNED) -> lose()
	:: verdict_ == TO_PEER && from == PEER && (p & RETURNED) ->
		assert(excused);
		to_peer(h, (p | LOOPED))
	:: verdict_ == TO_PEER && from == PEER && !(p & RETURNED) -> to_peer(h, (p | RETURNED))
	:: verdict_ == TO_PEER && from == FROM_HA -> to_peer(h, p)
	:: verdict_ == DROP -> lose()
	:: else -> assert(false)
	fi
}

inline packet(h, from, queue, p)
{
	if
	:: VERDICT_NOW(h, from) == HOLD || len(queue) > 0 ->
		printf("host %d: holds %d of %d\n", h, p, from);
		queue!p
	:: else -> apply(h, from, p)
	fi
}

inline drain_one(h, from, queue)
{
	do
	:: len(queue) > 0 && VERDICT_NOW(h, from) != HOLD ->
		queue?packet_;
		apply(h, from, packet_)
	:: else -> break
	od
}

/* What came by way of the peer is older than what came directly. */
inline drain(h)
{
	drain_one(h, PEER, hold_peer[h]);
	drain_one(h, FROM_HA, hold_ha[h]);
	if
	:: pass[h] && len(hold_peer[h]) == 0 && len(hold_ha[h]) == 0 ->
		to_peer(h, pass[h]);
		passed[h] = !dead[h];
		pass[h] = 0
	:: else
	fi
}

#define FITS(h, m)	(due[h] && ((m) & ~MARK_RETURNED) > MARK + fence[h] && \
			 (VERDICT(h, GUEST) == TO_HA || st[h] == activating))

/* A marker of the peer's own, that went back or has to */
#define IS_PEERS(h, m)	(((m) & ~MARK_RETURNED) == MARK + fence[h])

inline kept_(h)
{
	if
	:: FITS(h, kept[h]) -> due[h] = 0; kept[h] = 0
	:: else ->
		if
		:: MARKER(h, PEER) == PASS && kept[h] < MARK_RETURNED ->
			pass[h] = kept[h] | MARK_RETURNED
		:: else
		fi;
		if
		:: (MARKER(h, PEER) == KEEP || MARKER(h, PEER) == RELEASE) &&
		   IS_PEERS(h, kept[h]) -> skip
		:: else -> kept[h] = 0
		fi
	fi
}

/* kmod/mr/change.c, marker.c: nemo_mr_marker_enter() and what follows it */
inline enter(h, to, seq)
{
	old_ = st[h];
	if
	:: old_ != to ->
		printf("host %d: state %d -> %d, seq %d\n", h, old_, to, seq);
		st[h] = to;
		if
		:: CHANGE(table_own, old_, to) -> own[h] = MARK + seq
		:: else
		fi;
		if
		:: CHANGE(table_due, old_, to) && fault != NO_MARKER_DUE ->
			due[h] = 1; kept[h] = 0;
			fence[h] = seq - CHANGE(table_own, old_, to)
		:: else
		fi;
		if
		:: CHANGE(table_off, old_, to) -> due[h] = 0
		:: else
		fi;
		if
		:: kept[h] -> kept_(h)
		:: else
		fi;
		drain(h)
	:: else
	fi
}

/* A request: what the kernel refuses, an agent must not ask for. */
inline request(h, to, seq)
{
	assert(st[h] == to || CHANGE(table_may, st[h], to));
	enter(h, to, seq)
}

inline meet(h, from, m)
{
	if
	:: from == PEER && FITS(h, m) -> due[h] = 0
	:: else ->
		/* the peer's own: it has taken the guest back */
		if
		:: from == PEER && st[h] == prepared && IS_PEERS(h, m) && peer[h] != NONE ->
			enter(h, leaving, fence[h])
		:: else
		fi;
		if
		:: MARKER(h, from) == PASS && from == FROM_HA -> pass[h] = m
		:: MARKER(h, from) == PASS && from == PEER && m < MARK_RETURNED ->
			pass[h] = m | MARK_RETURNED
		:: MARKER(h, from) == KEEP -> kept[h] = m
		/* not the one that is due; if the peer's own, it has to go back */
		:: MARKER(h, from) == RELEASE && IS_PEERS(h, m) -> kept[h] = m
		:: else
		fi
	fi
}

/* A grace period after a marker came, or one of ours was wanted. */
inline marker_work(h)
{
	if
	:: own[h] -> to_peer(h, own[h]); own[h] = 0
	:: else
	fi;
	if
	:: came_ha[h] -> meet(h, FROM_HA, came_ha[h]); came_ha[h] = 0
	:: else
	fi;
	if
	:: came_peer[h] -> meet(h, PEER, came_peer[h]); came_peer[h] = 0
	:: else
	fi;
	drain(h)
}

/* Agents ------------------------------------------------------------------- */

inline send_up(h, type)
{
	if
	:: !isolated[h] -> up[h]!type, number[h]
	:: else
	fi
}

#define MAX(a, b)	((a) > (b) -> (a) : (b))

/* A registration's number is the guest's last frame's; a refresh's is older. */
inline update(h)
{
	claim[h] = MAX(seen[h], claim[h]);
	if
	:: exchange[h] == REGISTER -> number[h] = MAX(claim[h] + LEAD, number[h] + 1)
	:: exchange[h] != REGISTER && fault == REFRESH_FROM_CLOCK ->
		number[h] = MAX(clock + LEAD + 1, number[h] + 1)
	:: else -> number[h] = MAX(acked[h], number[h] + 1)
	fi;
	printf("host %d: BU %d (exchange %d)\n", h, number[h], exchange[h]);
	send_up(h, BU)
}

inline start(h, what)
{
	exchange[h] = what;
	update(h);
	first[h] = number[h]
}

inline stop(h)
{
	exchange[h] = NO_EXCHANGE;
	acked[h] = 0
}

inline forget(h)
{
	role[h] = NO_ROLE;
	ready[h] = 0;
	sent_hi[h] = 0;
	hi_id[h] = 0;
	mate[h] = NONE;
	passed[h] = 0;
	revoked[h] = 0
}

/* Standby until the guest is seen here. */
inline stand_by(h)
{
	open[h] = 0;
	undo[h] = 0;
	bound[h] = 0;
	request(h, standby, kseq[h]);
	view[h] = standby;
	stop(h);
	forget(h)
}

inline send_hi(h, to, type, i, status)
{
	if
	:: to != NONE && REACH(h, to) -> hi[to]!type, h, i, status
	:: else
	fi
}

inline tell_abort(h)
{
	sent_hi[h] = HI_ABORT;
	hi_id[h] = id[h];
	send_hi(h, mate[h], HI_ABORT, id[h], 0)
}

/* Tell the new host that nothing comes of it. */
inline call_off(h)
{
	role[h] = NO_ROLE;
	ready[h] = 0;
	passed[h] = 0;
	tell_abort(h)
}

/* The kernel says that the state is another. */
inline look(h)
{
	view[h] = st[h];
	if
	:: st[h] == activating || st[h] == active -> start(h, REGISTER)
	:: else
	fi;
	/* the guest is back, and nobody said so; or the old host has it again */
	if
	:: role[h] == NEW && st[h] == leaving -> stop(h); open[h] = 0; role[h] = UNDONE
	:: (role[h] == OLD || role[h] == BACK) && (st[h] == activating || st[h] == active) ->
		call_off(h)
	:: else
	fi
}

inline accepted(h, n)
{
	exchange[h] = NO_EXCHANGE;
	acked[h] = clock;
	kseq[h] = n;
	bound[h] = 1;
	if
	:: st[h] == activating -> open[h] = 1; request(h, active, n); view[h] = active
	:: else
	fi
}

/* Another host has the binding. What is still on its way here goes on. */
inline lost(h)
{
	bound[h] = 0;
	open[h] = 0;
	stop(h);
	if
	:: st[h] == leaving && fault != STANDBY_AT_135 -> revoked[h] = 1
	:: st[h] == prepared -> skip
	:: else -> stand_by(h)
	fi
}

inline on_ack(h)
{
	ack[h]?type_, n_, echo_;
	printf("host %d: has BA or BRI, type %d number %d\n", h, type_, n_);
	if
	:: dead[h] -> skip
	:: else ->
		if
		:: type_ == BA && exchange[h] && n_ >= first[h] && n_ <= number[h] ->
			accepted(h, n_)
		:: type_ == BA_SEQ && exchange[h] && echo_ >= first[h] && echo_ <= number[h] ->
			if
			:: exchange[h] == REFRESH || seen[h] != clock -> lost(h)
			:: else -> number[h] = MAX(n_, number[h]); update(h)
			fi
		:: type_ == BA_TRANSIENT && st[h] == prepared && role[h] == NEW -> open[h] = 1
		:: type_ == BRI && n_ > number[h] && st[h] != standby && st[h] != activating ->
			if
			:: revoking == h -> revoking = NONE
			:: else
			fi;
			lost(h)
		:: else ->
			if
			:: type_ == BRI && revoking == h -> revoking = NONE
			:: else
			fi
		fi
	fi
}

/* A preparation is renewed, and none made. */
inline on_again(h, from, i, seq)
{
	if
	:: st[h] == prepared && role[h] == NEW && mate[h] == from ->
		if
		:: fault == RENUMBERED -> id[h] = i
		:: else
		fi;
		kseq[h] = seq;
		fence[h] = seq;
		number[h] = MAX(number[h], seq);
		send_hi(h, from, HACK_PREPARE, i, 0)
	:: else -> send_hi(h, from, HACK_PREPARE, i, 2)
	fi
}

inline on_prepare(h, from, i, seq)
{
	if
	:: st[h] == active || st[h] == activating || role[h] == OLD ||
	   (st[h] == leaving && role[h] == UNDONE) ->
		hi[from]!HACK_PREPARE, h, i, 2
	/* what it has said meanwhile of a handover before waits for its answer still */
	:: st[h] == prepared && role[h] == NEW && mate[h] == from && sent_hi[h] ->
		id[h] = i;
		kseq[h] = seq;
		fence[h] = seq;
		number[h] = MAX(number[h], seq);
		send_hi(h, from, HACK_PREPARE, i, 0)
	:: else ->
		forget(h);
		stop(h);
		role[h] = NEW;
		id[h] = i;
		mate[h] = from;
		undo[h] = 0;
		open[h] = 0;
		bound[h] = 0;
		kseq[h] = seq;
		peer[h] = from;
		number[h] = MAX(number[h], seq);
		request(h, prepared, seq);
		view[h] = prepared;
		send_hi(h, from, HACK_PREPARE, i, 0);
		if
		:: rfc6058 -> number[h] = number[h] + 1; send_up(h, BU_TRANSIENT)
		:: else
		fi
	fi
}

inline undone(h)
{
	request(h, leaving, kseq[h]);
	view[h] = leaving;
	undo[h] = 0;
	open[h] = 0;
	if
	:: !bound[h] -> stop(h)
	:: else
	fi;
	role[h] = UNDONE
}

/* In leaving: everything is held until the guest speaks again. */
inline take_back(h)
{
	open[h] = bound[h];
	undo[h] = 0;
	request(h, prepared, kseq[h]);
	view[h] = prepared
}

/* The new host gives up, and keeps what it holds until the old one takes the guest back. */
inline give_up(h)
{
	printf("abort on %d, which is prepared\n", h);
	n_give_up++;
	given_up = (id[h] -> HANDOVER(id[h]) : handovers);
	excused = excused || at == h;
	against = against || at == h;
	tell_abort(h);
	if
	:: fault == GIVES_BACK_AT_ONCE -> undone(h)
	:: else
	fi
}

/* An abort of another handover changes nothing; an agent that was killed knows no number. */
#define SAME_HANDOVER(h, i)	(id[h] == (i) || !id[h] || !(i) || fault == ABORTS_ANOTHER)

inline on_abort(h, from, i)
{
	if
	:: role[h] == NEW && (id[h] == i || !i) && mate[h] == from &&
	   (st[h] == prepared || exchange[h] || due[h]) -> undone(h)
	:: role[h] == OLD && mate[h] == from && SAME_HANDOVER(h, i) ->
		if
		:: st[h] == leaving ->
			take_back(h);
			role[h] = BACK;
			ready[h] = 0; passed[h] = 0; revoked[h] = 0; sent_hi[h] = 0; hi_id[h] = 0
		:: else -> forget(h)
		fi
	/* adopted */
	:: role[h] == NO_ROLE && st[h] == leaving && peer[h] == from -> take_back(h)
	:: else
	fi;
	if
	:: REACH(h, from) && fault != ABORT_UNANSWERED -> hi[from]!HACK_ABORT, h, i, 0
	:: else
	fi
}

/* Nobody answers: what is held goes back, or nowhere. */
inline if_alone(h)
{
	if
	:: st[h] == prepared && role[h] == NEW -> excused = 1; undone(h)
	:: else
	fi
}

inline leave(h)
{
	peer[h] = mate[h];
	undo[h] = 0;
	open[h] = 1;
	request(h, leaving, kseq[h]);
	view[h] = leaving
}

inline on_hi(h)
{
	hi[h]?type_, from_, i_, n_;
	printf("host %d: has HI type %d from %d id %d\n", h, type_, from_, i_);
	if
	:: dead[h] -> skip
	:: else ->
		if
		:: type_ == HI_PREPARE && i_ >= id[h] -> on_prepare(h, from_, i_, n_)
		:: type_ == HI_PREPARE && i_ < id[h] -> hi[from_]!HACK_PREPARE, h, i_, 2
		:: type_ == HI_AGAIN -> on_again(h, from_, i_, n_)
		:: type_ == HI_ABORT -> on_abort(h, from_, i_)
		:: type_ == HACK_PREPARE && role[h] == OLD && i_ == id[h] ->
			sent_hi[h] = 0;
			hi_id[h] = 0;
			if
			:: n_ == 0 -> ready[h] = 1; peer[h] = mate[h]
			/* the guest may be there already */
			:: n_ && ready[h] && fault != RENEWAL_REFUSED -> skip
			:: n_ && (!ready[h] || fault == RENEWAL_REFUSED) -> forget(h)
			fi
		:: type_ == HACK_ABORT && sent_hi[h] == HI_ABORT && i_ == hi_id[h] ->
			sent_hi[h] = 0;
			hi_id[h] = 0;
			if
			:: st[h] == prepared && role[h] == NEW && i_ == id[h] -> undone(h)
			:: else
			fi
		:: else
		fi
	fi
}

/* The kernel keeps the peer; only that knows whether it is prepared, and the number. */
inline recall(h)
{
	role[h] = OLD;
	mate[h] = peer[h];
	if
	:: fault == RENUMBERED -> id[h] = NEXT_ID
	:: else -> id[h] = 0
	fi;
	ready[h] = st[h] == leaving;
	sent_hi[h] = HI_AGAIN;
	hi_id[h] = id[h];
	send_hi(h, mate[h], HI_AGAIN, id[h], kseq[h])
}

inline restart(h)
{
	dead[h] = 0;
	view[h] = st[h];
	number[h] = kseq[h] + 2;
	if
	:: st[h] == activating || (st[h] == active && !bound[h] && fault != ADOPTS_AS_BOUND) ->
		start(h, REGISTER)
	:: st[h] == leaving && !bound[h] -> role[h] = UNDONE
	:: st[h] == prepared && !bound[h] -> role[h] = NEW; mate[h] = peer[h]
	:: asks && bound[h] && peer[h] != NONE && (st[h] == active || st[h] == leaving) -> recall(h)
	:: else
	fi
}

#define TIDY	type_ = 0; from_ = 0; i_ = 0; n_ = 0; echo_ = 0; packet_ = 0; old_ = 0; verdict_ = 0
#define KNOWS(h)	(dead[h] || view[h] == st[h])
#define QUIET(h)	(len(up[h]) == 0 && len(ack[h]) == 0)
#define REFRESHES(h)	(bound[h] && (st[h] == active || st[h] == leaving || st[h] == prepared))
/* Nothing more is on its way to the kernel, by far. */
#define SETTLED(h)	(len(down[h]) == 0 && len(side[h]) == 0 && !own[h] && !came_ha[h] && \
			 !came_peer[h] && !pass[h])

/* No marker comes any more: none is on its way, none waits for an abort to be told. */
#define NO_MARKER(h)	(SETTLED(h) && !kept[h] && sent_hi[h] != HI_ABORT)
#if HOSTS == 2
#define OVERDUE		(NO_MARKER(0) && NO_MARKER(1))
#define ALL_SETTLED	(SETTLED(0) && SETTLED(1))
#else
#define OVERDUE		(NO_MARKER(0) && NO_MARKER(1) && NO_MARKER(2))
#define ALL_SETTLED	(SETTLED(0) && SETTLED(1) && SETTLED(2))
#endif

proctype Host(byte h)
{
	byte type_, from_, i_, n_, echo_, packet_, old_, verdict_;

	do
	/* the kernel */
	:: atomic { down[h]?packet_ ->
		if
		:: packet_ >= MARK -> came_ha[h] = packet_
		:: else -> packet(h, FROM_HA, hold_ha[h], packet_)
		fi; TIDY }
	:: atomic { side[h]?from_, packet_ ->
		if
		:: from_ != peer[h] -> if :: packet_ < MARK -> lose() :: else fi
		:: packet_ >= MARK -> came_peer[h] = packet_
		:: else -> packet(h, PEER, hold_peer[h], packet_)
		fi; TIDY }
	:: atomic { own[h] || came_ha[h] || came_peer[h] ->
		marker_work(h); TIDY }
	/* the marker's timeout */
	:: atomic { due[h] && len(hold_ha[h]) > 0 && VERDICT(h, FROM_HA) != HOLD && OVERDUE ->
		assert(n_marker_loss || excused);
		due[h] = 0; drain(h); TIDY }
	:: atomic { runs && at == h && (FIRST_FRAME(h) != st[h] || seen[h] != clock ||
					 lost_binding[h]) ->
		printf("host %d: a frame of the guest\n", h);
		seen[h] = clock;
		lost_binding[h] = 0;
		enter(h, FIRST_FRAME(h), kseq[h]); TIDY }

	/* the agent; it hears the kernel first */
	:: atomic { len(ack[h]) > 0 && KNOWS(h) -> on_ack(h); TIDY }
	:: atomic { len(hi[h]) > 0 && KNOWS(h) -> on_hi(h); TIDY }
	:: atomic { !dead[h] && view[h] != st[h] -> look(h) }
	:: atomic { !dead[h] && exchange[h] && QUIET(h) && !isolated[h] -> update(h) }
	:: atomic { !dead[h] && !exchange[h] && REFRESHES(h) && coa != h && QUIET(h) &&
		    !isolated[h] && view[h] == st[h] -> start(h, REFRESH) }
	/* the binding's lifetime is over, and nobody has acknowledged */
	:: atomic { !dead[h] && REFRESHES(h) && isolated[h] && coa != h &&
		    !(runs && at == h) -> stand_by(h); TIDY }
	:: atomic { !dead[h] && st[h] == leaving && view[h] == leaving && role[h] != UNDONE &&
		    fault != LEAVES_FOR_EVER && (passed[h] || (revoked[h] && SETTLED(h))) ->
		stand_by(h); TIDY }
	:: atomic { !dead[h] && role[h] == UNDONE && st[h] == leaving && SETTLED(h) &&
		    !own[peer[h]] && !bound[h] && len(up[h]) == 0 && (coa != h || isolated[h]) ->
		stand_by(h); TIDY }
	/* the guest goes on here all the same */
	:: atomic { !dead[h] && role[h] == UNDONE && st[h] == leaving && view[h] == leaving &&
		    SETTLED(h) && coa == h && runs && at == h && QUIET(h) ->
		assert(excused);
		stand_by(h); TIDY }
	/* HI: retransmitted, given up; prepared: not renewed */
	:: atomic { !dead[h] && sent_hi[h] && !dead[mate[h]] && REACH(h, mate[h]) &&
		    len(hi[mate[h]]) == 0 && len(hi[h]) == 0 ->
		send_hi(h, mate[h], sent_hi[h], hi_id[h], kseq[h]) }
	:: atomic { !dead[h] && sent_hi[h] && !REACH(h, mate[h]) ->
		if
		:: sent_hi[h] == HI_AGAIN && st[h] == leaving -> sent_hi[h] = 0; hi_id[h] = 0
		:: sent_hi[h] == HI_PREPARE || (sent_hi[h] == HI_AGAIN && st[h] != leaving) -> forget(h)
		:: else -> sent_hi[h] = 0; hi_id[h] = 0; if_alone(h)
		fi; TIDY }
	:: atomic { !dead[h] && sent_hi[h] == HI_ABORT && dead[mate[h]] &&
		    st[h] == prepared && role[h] == NEW && view[h] == st[h] ->
		sent_hi[h] = 0; hi_id[h] = 0; if_alone(h); TIDY }
	:: atomic { !dead[h] && st[h] == prepared && role[h] == NEW && len(hi[h]) == 0 &&
		    view[h] == st[h] && !sent_hi[h] && ALL_SETTLED &&
		    (role[mate[h]] != OLD || mate[mate[h]] != h || !REACH(h, mate[h])) ->
		against = against || !REACH(h, mate[h]) || dead[mate[h]] || !asks;
		excused = excused || against;
		undone(h); TIDY }
	/* the guest was taken back, and goes on elsewhere all the same */
	:: atomic { !dead[h] && st[h] == prepared && (role[h] == BACK || role[h] == NO_ROLE) &&
		    view[h] == st[h] && !bound[h] && runs && at != h ->
		assert(excused);
		undone(h); TIDY }
	:: atomic { n_give_up < max_give_up && !dead[h] && st[h] == prepared && role[h] == NEW &&
		    view[h] == st[h] && !sent_hi[h] ->
		give_up(h); TIDY }

	:: atomic { n_crash < max_crash && !dead[h] ->
		n_crash++;
		dead[h] = 1; view[h] = 0; exchange[h] = 0; number[h] = 0; first[h] = 0;
		claim[h] = 0; acked[h] = 0; id[h] = 0; forget(h) }
	:: atomic { dead[h] -> restart(h) }
	od
}

/* The home agent: agent and kernel in one, the agents' clocks agree ---------- */

/* The next agent reads the kernel's bindings. */
inline ha_forgets()
{
	if
	:: fault == HA_FORGETS -> hseq = 0
	:: else
	fi
}

inline bind(h, n)
{
	printf("HA: binds %d, %d\n", h, n);
	if
	:: coa != h ->
		if
		:: coa != NONE ->
			lost_binding[coa] = 1;
			if
			:: REACH(coa, coa) ->
				if
				:: n_marker_loss < max_marker_loss -> n_marker_loss++
				:: assert(len(down[coa]) < DEPTH); down[coa]!MARK + n
				fi
			:: else
			fi;
			revoking = coa
		:: else
		fi;
		/* no way back without the guest */
		assert(!lost_binding[h] || (coa != NONE && seen[h] > seen[coa]));
		tcoa = coa;
		coa = h;
		fresh_ = 1;
		if
		:: revoking == h -> revoking = NONE
		:: else
		fi
	:: else
	fi;
	hseq = n;
	if
	/* killed when the kernel has it, and before anybody was told */
	:: n_ha_crash < max_ha_crash -> n_ha_crash++; revoking = NONE; ha_forgets()
	:: ack[h]!BA, n, n;
		if
		:: revoking != NONE && REACH(revoking, revoking) && fresh_ -> ack[revoking]!BRI, n, 0
		:: else
		fi
	fi;
	fresh_ = 0
}

#if HOSTS == 2
#define FLUSH	flush(0); flush(1)
#else
#define FLUSH	flush(0); flush(1); flush(2)
#endif

inline flush(h)
{
	do
	:: len(up[h]) > 0 -> up[h]?type_, n_
	:: else -> break
	od;
	type_ = 0; n_ = 0
}

proctype HomeAgent()
{
	byte h_, type_, n_;
	bit fresh_;

	do
	/* the agent is killed; a Revocation is not repeated by the next one */
	:: atomic { n_ha_crash < max_ha_crash -> n_ha_crash++; revoking = NONE; tcoa = NONE;
		    ha_forgets();
		    FLUSH }
	:: atomic { up[0]?type_, n_ -> h_ = 0; goto judge }
	:: atomic { up[1]?type_, n_ -> h_ = 1; goto judge }
#if HOSTS == 3
	:: atomic { up[2]?type_, n_ -> h_ = 2; goto judge }
#endif
	:: atomic { revoking != NONE && len(ack[revoking]) == 0 && !isolated[revoking] &&
		    !dead[revoking] ->
		ack[revoking]!BRI, hseq, 0 }
	/* the lifetime is over */
	:: atomic { coa != NONE && isolated[coa] -> coa = NONE; excused = 1 }
	:: atomic { sent < max_packets && coa != NONE ->
		sent++;
		printf("HA: packet %d to host %d\n", sent, coa);
		if
		:: isolated[coa] -> lose()
		:: else -> assert(len(down[coa]) < DEPTH); down[coa]!sent
		fi }
	:: false ->
judge:		atomic {
		if
		:: isolated[h_] -> skip
		:: n_ <= hseq ->
			printf("HA: refuses %d of host %d\n", n_, h_);
			ack[h_]!BA_SEQ, hseq, n_
		:: n_ > hseq && type_ == BU_TRANSIENT -> tcoa = h_; ack[h_]!BA_TRANSIENT, n_, n_
		:: n_ > hseq && type_ == BU -> bind(h_, n_)
		fi;
		h_ = 0; type_ = 0; n_ = 0 }
	od
}

/* Whoever moves the guest ----------------------------------------------------- */

inline verb_prepare(g, k)
{
	if
	:: !dead[g] && st[g] == active && view[g] == active && bound[g] ->
		forget(g);
		role[g] = OLD;
		mate[g] = k;
		handovers++;
		id[g] = NEXT_ID;
		sent_hi[g] = HI_PREPARE;
		hi_id[g] = id[g];
		send_hi(g, k, HI_PREPARE, id[g], kseq[g])
	:: else -> excused = 1
	fi
}

inline verb_abort(g)
{
	printf("abort on %d\n", g);
	if
	:: role[g] == OLD ->
		if
		:: st[g] == leaving -> take_back(g)
		:: else
		fi;
		call_off(g)
	:: role[g] != OLD && st[g] == leaving && role[g] != UNDONE -> take_back(g)
	:: else
	fi
}

inline resume(k)
{
	printf("the guest resumes on %d\n", k);
	clock = clock + STRIDE;
	at = k;
	runs = 1
}

proctype Mover()
{
	byte g_, k_, n_moves, old_, packet_, verdict_;

again:
	do
	:: n_moves == max_moves -> goto done
	:: atomic { n_moves < max_moves && (st[at] == active || n_crash || n_isolate || n_silent) ->
		n_moves++;
		g_ = at;
		if
		:: k_ = 0
		:: k_ = 1
#if HOSTS == 3
		:: k_ = 2
#endif
		fi;
		if
		:: k_ == g_ -> k_ = (k_ + 1) % HOSTS
		:: else
		fi };
		if
		:: atomic { n_silent < max_silent -> n_silent++; excused = 1 };
			runs = 0;
			atomic { resume(k_) }
		:: atomic { !dead[g_] -> verb_prepare(g_, k_) };
			goto announced
		fi
	od;

announced:
	if
	/* abort before the new host is prepared, or once it is */
	:: atomic { n_abort < max_abort && !dead[g_] -> n_abort++; verb_abort(g_) };
		goto next
	:: atomic { ready[g_] && role[g_] == OLD && !dead[g_] && st[g_] == active -> leave(g_) };
		goto left
	/* the old host was told: the guest stays */
	:: atomic { GIVEN_UP && role[g_] != OLD -> goto next }
	:: atomic { role[g_] != OLD && !GIVEN_UP -> excused = 1 };
		runs = 0;
		atomic { resume(k_) };
		goto next
	fi;

left:
	/* the guest stops, and the hypervisor says so, if anybody listens */
	atomic {
		if
		/* it was taken back before, and stays */
		:: GIVEN_UP && st[g_] != leaving && st[g_] != prepared -> goto next
		:: else -> runs = 0
		fi;
		printf("the guest is paused\n");
		if
		:: !dead[g_] && st[g_] == leaving && role[g_] == OLD -> undo[g_] = 1; open[g_] = bound[g_]
		:: else
		fi };
	if
	:: atomic { n_abort < max_abort -> n_abort++ };
		if
		:: atomic { !dead[g_] -> verb_abort(g_) }
		/* it just goes on where it was */
		:: undo[g_] && st[g_] == leaving -> skip
		fi;
		atomic { resume(g_) }
	:: atomic { GIVEN_UP && (st[g_] != leaving || undo[g_] || !max_crash) -> resume(g_) }
	/* its agent may have been dead for too long to hear of it */
	:: atomic { GIVEN_UP && st[g_] == leaving && !undo[g_] && max_crash && !dead[g_] ->
		verb_abort(g_) };
		atomic { resume(g_) }
	:: atomic { excused = excused || GIVEN_UP; against = against || GIVEN_UP; resume(k_) };
		if
		:: atomic { max_abort_late && n_abort < max_abort && coa != k_ -> n_abort++; runs = 0 };
			atomic { !dead[g_] -> verb_abort(g_) };
			atomic { resume(g_) }
		:: skip
		fi
	fi;

next:	atomic { g_ = 0; k_ = 0 };
	goto again;

done:	skip
}

/* The network's faults --------------------------------------------------------- */

#define SIGNALLING_FAULTS(h) \
	:: atomic { n_loss < max_loss && len(up[h]) > 0 -> up[h]?a, b; n_loss++; CLEAN } \
	:: atomic { n_loss < max_loss && len(ack[h]) > 0 -> ack[h]?a, b, c; n_loss++; CLEAN } \
	:: atomic { n_loss < max_loss && len(hi[h]) > 0 -> hi[h]?a, b, c, d; n_loss++; CLEAN } \
	:: atomic { n_dup < max_dup && len(up[h]) == 1 -> up[h]?<a, b>; up[h]!a, b; n_dup++; CLEAN } \
	:: atomic { n_dup < max_dup && len(ack[h]) == 1 -> ack[h]?<a, b, c>; ack[h]!a, b, c; n_dup++; CLEAN } \
	:: atomic { n_dup < max_dup && len(hi[h]) == 1 -> hi[h]?<a, b, c, d>; hi[h]!a, b, c, d; n_dup++; CLEAN } \
	:: atomic { n_reorder < max_reorder && len(up[h]) > 1 -> up[h]?a, b; up[h]!a, b; n_reorder++; CLEAN } \
	:: atomic { n_reorder < max_reorder && len(ack[h]) > 1 -> ack[h]?a, b, c; ack[h]!a, b, c; n_reorder++; CLEAN } \
	:: atomic { n_reorder < max_reorder && len(hi[h]) > 1 -> hi[h]?a, b, c, d; hi[h]!a, b, c, d; n_reorder++; CLEAN }
#define CLEAN	a = 0; b = 0; c = 0; d = 0

#define ISOLATION(h) \
	:: atomic { n_isolate < max_isolate && !isolated[h] -> \
		n_isolate++; isolated[h] = 1; excused = 1 } \
	:: atomic { isolated[h] -> isolated[h] = 0 }

proctype Network()
{
	byte a, b, c, d;

	do
	:: false
	SIGNALLING_FAULTS(0)
	SIGNALLING_FAULTS(1)
#if HOSTS == 3
	SIGNALLING_FAULTS(2)
#endif
	ISOLATION(0)
	ISOLATION(1)
#if HOSTS == 3
	ISOLATION(2)
#endif
	od
}

/* How each run ends ---------------------------------------------------------- */

#define SERVES(h)	(st[h] == active && bound[h] && coa == h)
#define RESTS(h)	(st[h] == standby)
#define AS_IT_SHOULD(h)	(at == h -> SERVES(h) : RESTS(h))

proctype End()
{
	timeout;
	assert(runs);
	assert(AS_IT_SHOULD(0) && AS_IT_SHOULD(1));
#if HOSTS == 3
	assert(AS_IT_SHOULD(2));
#endif
	assert(sent == max_packets);
	assert(excused || delivered == max_packets)
}

init
{
	atomic {
		c_code {
			int s, from, to;

			max_moves = setting("MOVES", 1);
			max_packets = setting("PACKETS", 0);
			max_loss = setting("LOSS", 0);
			max_dup = setting("DUP", 0);
			max_reorder = setting("REORDER", 0);
			max_marker_loss = setting("MARKER_LOSS", 0);
			max_crash = setting("CRASH", 0);
			max_isolate = setting("ISOLATE", 0);
			max_silent = setting("SILENT", 0);
			max_abort = setting("ABORT", 0);
			max_abort_late = setting("ABORT_LATE", 0);
			max_ha_crash = setting("HA_CRASH", 0);
			max_give_up = setting("GIVE_UP", 0);
			asks = setting("ASKS", 1);
			unheard = setting("UNHEARD", 0);
			rfc6058 = setting("RFC6058", 1);
			fault = setting("FAULT", 0);

			for (s = 0; s < STATES; s++) {
				for (from = 0; from < 3; from++) {
					table_verdict[s * 3 + from] = nemo_mr_verdict(s, from);
					table_marker[s * 3 + from] = nemo_mr_marker_verdict(s, from);
				}
				for (to = 0; to < 4; to++)
					table_frame[s * 4 + to] = nemo_mr_first_frame(s,
						NEMO_MR_FLAG_TRIGGER |
						(to & 2 ? NEMO_MR_FLAG_UNDO : 0) |
						(to & 1 ? NEMO_MR_FLAG_PREPARED_UPLINK : 0));
				for (to = 0; to < STATES; to++) {
					table_may[s * STATES + to] = nemo_mr_may(s, to);
					table_due[s * STATES + to] = nemo_mr_marker_due(s, to);
					table_own[s * STATES + to] = nemo_mr_marker_own(s, to);
					table_off[s * STATES + to] = nemo_mr_marker_off(s, to);
				}
			}
		};
		/* it has been served on the first host for a while */
		clock = STRIDE;
		hseq = clock;
		coa = 0;
		st[0] = active;
		view[0] = active;
		open[0] = 1;
		bound[0] = 1;
		kseq[0] = hseq;
		number[0] = hseq;
		seen[0] = clock;
		acked[0] = clock - 1;
		if
		:: unheard ->
			handovers = 1;
			id[0] = 1; peer[0] = 1;
			st[1] = prepared; view[1] = prepared;
			role[1] = NEW; id[1] = 1; mate[1] = 0; peer[1] = 0;
			kseq[1] = hseq; number[1] = hseq; fence[1] = hseq; due[1] = 1;
			sent_hi[1] = HI_ABORT; hi_id[1] = 1
		:: else
		fi;
		run Host(0);
		run Host(1);
#if HOSTS == 3
		run Host(2);
#endif
		run HomeAgent();
		run Mover();
		run Network();
		run End()
	}
}
