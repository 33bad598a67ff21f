// SPDX-License-Identifier: GPL-2.0
/* The steps of a handover, and what the kernel and the home agent do to them. */
#include <errno.h>
#include <string.h>

#include "clock.h"
#include "host.h"
#include "lib/log.h"

/* In ms. */
#define LAPSE		60000	/* prepared, and nobody renews it */
#define IN_FLIGHT	1000	/* what the old host still gets after a revocation */
#define GIVE_BACK	2000	/* what an undone new host still gets */
#define MARKER_LOST	2000	/* long after the kernel has given it up */

const char *const handover_steps[HANDOVER_STEPS] = {
	[HANDOVER_NONE] = "none",
	[HANDOVER_RECALLED] = "recalled",
	[HANDOVER_OFFERED] = "offered",
	[HANDOVER_AGREED] = "agreed",
	[HANDOVER_LEFT] = "left",
	[HANDOVER_BACK] = "back",
	[HANDOVER_ASKED] = "asked",
	[HANDOVER_READY] = "ready",
	[HANDOVER_ARRIVED] = "arrived",
	[HANDOVER_UNDONE] = "undone",
};

static void set_timer(struct mr *mr, unsigned int ms)
{
	struct timeval tv = { ms / 1000, ms % 1000 * 1000 };

	event_add(mr->handover.timer, &tv);
}

/* The kernel's counters now. */
static struct nemo_mr_info counters(struct mr *mr)
{
	struct nemo_mr_info info = { };

	nemo_mr_get(&mr->host->nl, mr->host->ifindex, mr->conf->name, &info);
	return info;
}

static const char *kernel_refuses(const struct mr *mr)
{
	return mr->host->nl.error;	/* until the next request */
}

void handover_begin(struct mr *mr, enum handover_step step,
		    const struct peer *peer, uint16_t id)
{
	bool old = step == HANDOVER_OFFERED || step == HANDOVER_AGREED;
	struct nemo_mr_info info = counters(mr);
	struct handover *h = &mr->handover;
	bool answered = h->step == HANDOVER_ASKED;

	event_del(h->timer);
	h->step = step;
	h->id = id;
	h->peer = peer ? peer->conf->address : in6addr_any;
	strcpy(h->peer_name, peer ? peer->conf->name : "");
	h->leave = false;
	h->stopped = false;
	h->told = false;
	h->ba = false;
	h->marker = false;
	h->registered = false;
	h->renewed = clock_monotonic();
	if (answered && timeline_now(&h->timeline))
		timeline_name(&h->timeline, id, h->peer_name);
	else
		timeline_begin(&h->timeline, old, id, h->peer_name, &info);
	timeline_step(&h->timeline, TIMELINE_PREPARE, 0);
}

struct peer *handover_peer(const struct mr *mr)
{
	return peer_by_address(&mr->host->peers, &mr->handover.peer);
}

void handover_end(struct mr *mr, enum timeline_outcome outcome,
		  const char *error)
{
	struct nemo_mr_info info = counters(mr);
	struct handover *h = &mr->handover;

	event_del(h->timer);
	if (mr->state == NEMO_MR_STATE_ACTIVE &&
	    mr->flags & NEMO_MR_FLAG_LEAVE_WITH_PORT)
		mr_set_flags(mr, 0);
	h->step = HANDOVER_NONE;
	h->registered = false;
	h->queries = 0;
	timeline_end(&h->timeline, outcome, &info);
	verb_settle(&h->waits, mr->conf->name, error);
}

/* The old host ------------------------------------------------------------- */

/* May it go on without asking the home agent? */
static uint32_t open_flag(const struct mr *mr)
{
	return mr->bul.granted ? NEMO_MR_FLAG_PREPARED_UPLINK : 0;
}

void handover_agree(struct mr *mr)
{
	struct handover *h = &mr->handover;
	struct timeval tv = { HANDOVER_RENEW_S, 0 };

	if (h->step == HANDOVER_OFFERED || h->step == HANDOVER_RECALLED) {
		h->step = HANDOVER_AGREED;
		timeline_step(&h->timeline, TIMELINE_PREPARED, 0);
		/* If nobody says that the guest leaves, a marker or its port does. */
		mr_agree(mr, &h->peer, open_flag(mr) | NEMO_MR_FLAG_UNDO |
				       NEMO_MR_FLAG_LEAVE_WITH_PORT);
		log_info("%s: peer %s is prepared", mr->conf->name,
			 h->peer_name);
	}
	if (!event_pending(mr->host->renew, EV_TIMEOUT, NULL))
		event_add(mr->host->renew, &tv);
	verb_settle(&h->waits, mr->conf->name,
		    h->leave && h->step == HANDOVER_AGREED ?
			    handover_leave(mr) : NULL);
	h->leave = false;
}

const char *handover_leave(struct mr *mr)
{
	struct handover *h = &mr->handover;
	uint32_t flags = open_flag(mr);

	if (h->stopped)
		flags |= NEMO_MR_FLAG_UNDO;
	if (mr_hand_over(mr, NEMO_MR_STATE_LEAVING, flags, &h->peer))
		return kernel_refuses(mr);
	/* It may be told again: that the guest pauses, and that it has stopped. */
	if (h->step != HANDOVER_LEFT)
		log_info("%s: leaving; what comes for it goes to peer %s",
			 mr->conf->name, h->peer_name);
	h->step = HANDOVER_LEFT;
	timeline_step(&h->timeline, TIMELINE_FORWARD, 0);
	return NULL;
}

static void tell_peer(struct mr *mr)
{
	struct peer *peer = handover_peer(mr);

	if (peer)
		handover_post(mr, peer, MH_HI_FORWARDING_DONE);
}

/* Everything is held until the guest speaks again, here. */
const char *handover_take_back(struct mr *mr)
{
	struct handover *h = &mr->handover;

	event_del(h->timer);
	if (mr_hand_over(mr, NEMO_MR_STATE_PREPARED, open_flag(mr), NULL))
		return kernel_refuses(mr);
	h->step = HANDOVER_BACK;
	timeline_step(&h->timeline, TIMELINE_ABORT, 0);
	if (!mr->bul.granted)
		set_timer(mr, LAPSE);
	log_info("%s: the handover to peer %s is aborted; waiting for the guest",
		 mr->conf->name, h->peer_name);
	return NULL;
}

const char *handover_come_back(struct mr *mr)
{
	enum nemo_mr_state state = mr->bul.granted ? NEMO_MR_STATE_ACTIVE :
						     NEMO_MR_STATE_ACTIVATING;
	return handover_activate(mr, state);
}

/* The guest is here again, where the handover began. */
static void came_back(struct mr *mr, const struct nemo_mr_info *ntf)
{
	struct handover *h = &mr->handover;

	timeline_step(&h->timeline, TIMELINE_FIRST_FRAME, ntf->time);
	timeline_step(&h->timeline, TIMELINE_ABORT, 0);
	tell_peer(mr);
	handover_flush(mr->host);
	handover_end(mr, TIMELINE_ABORTED, NULL);
	log_info("%s: the guest goes on here", mr->conf->name);
}

/* The new host ------------------------------------------------------------- */

/* A preparation that this host has heard of a newer binding than. */
static bool outdated(const struct mr *mr, const struct context *c)
{
	return mr->bul.bound_at &&
	       clock_monotonic() - mr->bul.bound_at < CLOCK_SEQ_MEANING &&
	       mh_seq_newer(mr->bul.bound, c->seq);
}

static bool same_as_now(const struct mr *mr, const struct peer *peer)
{
	return mr->handover.step == HANDOVER_READY &&
	       IN6_ARE_ADDR_EQUAL(&mr->handover.peer, &peer->conf->address);
}

static enum context_status prepare(struct mr *mr, const struct peer *peer,
				   const struct context *c)
{
	bul_stop(&mr->bul);
	bul_learn(&mr->bul, c->seq);
	mr->bul.coa = mr->host->coa;
	mr->bul.transient = c->flags & CONTEXT_TRANSIENT;
	if (mr_hand_over(mr, NEMO_MR_STATE_PREPARED, 0, &peer->conf->address))
		return CONTEXT_REFUSED;
	handover_begin(mr, HANDOVER_READY, peer, c->id);
	timeline_step(&mr->handover.timeline, TIMELINE_PREPARED, 0);
	verb_settle(&mr->handover.waits, mr->conf->name, NULL);
	log_info("%s: prepared for it to come from peer %s", mr->conf->name,
		 peer->conf->name);
	if (!mr->bul.transient)
		log_info("%s: home agent without RFC 6058: uplink will be held until the acknowledgement",
			 mr->conf->name);
	return CONTEXT_OK;
}

/* A marker of the old host has the number that its binding has now. */
static void renew(struct mr *mr, const struct context *c)
{
	if (mr->bul.bound == c->seq)
		return;
	bul_learn(&mr->bul, c->seq);
	mr_note_binding(mr);
}

enum context_status handover_take(struct mr *mr, const struct peer *peer,
				  const struct context *c)
{
	enum context_status status = CONTEXT_OK;

	if (c->flags & CONTEXT_AGAIN && !same_as_now(mr, peer))
		return CONTEXT_NOTHING;
	if (outdated(mr, c))
		return CONTEXT_NOTHING;
	if (IN6_IS_ADDR_UNSPECIFIED(&mr->host->coa))
		return CONTEXT_REFUSED;
	mr->handover.round_trip = c->round_trip;
	if (same_as_now(mr, peer)) {
		if (!(c->flags & CONTEXT_AGAIN))
			mr->handover.id = c->id;
		renew(mr, c);
	} else {
		status = prepare(mr, peer, c);
	}
	if (status == CONTEXT_OK) {
		mr->bul.claim = clock_realtime();
		mr->handover.renewed = clock_monotonic();
		set_timer(mr, LAPSE);
	}
	return status;
}

void handover_transient(struct mr *mr)
{
	if (mr->handover.step != HANDOVER_READY ||
	    mr->flags & NEMO_MR_FLAG_PREPARED_UPLINK)
		return;
	mr_set_flags(mr, NEMO_MR_FLAG_PREPARED_UPLINK);
	timeline_step(&mr->handover.timeline, TIMELINE_TRANSIENT, 0);
}

/* What it holds goes back to the old host, and what still comes. */
const char *handover_undo(struct mr *mr, enum timeline_outcome why)
{
	bul_stop(&mr->bul);
	if (mr_hand_over(mr, NEMO_MR_STATE_LEAVING, 0, &mr->handover.peer))
		return kernel_refuses(mr);
	handover_undone(mr, why);
	return NULL;
}

void handover_undone(struct mr *mr, enum timeline_outcome why)
{
	struct nemo_mr_info info = counters(mr);
	struct handover *h = &mr->handover;

	bul_stop(&mr->bul);
	h->registered = h->step == HANDOVER_ARRIVED;
	ra_serve(mr, false);
	h->step = HANDOVER_UNDONE;
	/*
	 * The home agent has to switch once more, and says so by a marker; the
	 * old host's own comes before it.
	 */
	h->other_marker = h->registered;
	set_timer(mr, h->registered ? LAPSE : GIVE_BACK);
	timeline_step(&h->timeline, TIMELINE_ABORT, 0);
	timeline_end(&h->timeline, why, &info);
	verb_settle(&h->waits, mr->conf->name, "the handover was aborted");
	log_info("%s: the handover from peer %s %s; what is held goes back",
		 mr->conf->name, h->peer_name,
		 why == TIMELINE_LAPSED ? "lapses: nobody renews it" :
					  "is aborted");
}

void handover_settle(struct mr *mr)
{
	if (mr->handover.step == HANDOVER_UNDONE)
		set_timer(mr, GIVE_BACK);
}

const char *handover_activate(struct mr *mr, enum nemo_mr_state state)
{
	struct nemo_mr_info ntf = { .time = clock_realtime() };
	enum nemo_mr_state old = mr->state;

	if (mr_hand_over(mr, state, 0, NULL))
		return kernel_refuses(mr);
	mr_entered(mr, old, &ntf);
	return NULL;
}

const char *handover_arrive(struct mr *mr)
{
	bool open = mr->flags & NEMO_MR_FLAG_PREPARED_UPLINK;

	return handover_activate(mr, open ? NEMO_MR_STATE_ACTIVE :
					    NEMO_MR_STATE_ACTIVATING);
}

static void arrived(struct mr *mr, const struct nemo_mr_info *ntf)
{
	struct handover *h = &mr->handover;

	event_del(h->timer);
	h->step = HANDOVER_ARRIVED;
	h->registered = true;
	timeline_step(&h->timeline, TIMELINE_FIRST_FRAME, ntf->time);
	if (mr->state == NEMO_MR_STATE_ACTIVE)
		timeline_step(&h->timeline, TIMELINE_UPLINK_OPEN, ntf->time);
	timeline_step(&h->timeline, TIMELINE_BU, mr->bul.bu_at);
	verb_settle(&h->waits, mr->conf->name, NULL);
}

/* Nobody has announced it. */
static void found(struct mr *mr, const struct nemo_mr_info *ntf)
{
	struct handover *h = &mr->handover;

	event_del(h->timer);
	h->step = HANDOVER_ARRIVED;
	h->peer = in6addr_any;
	h->registered = true;
	h->ba = false;
	h->marker = true;	/* from nobody */
	timeline_begin(&h->timeline, false, 0, "", ntf);
	timeline_step(&h->timeline, TIMELINE_FIRST_FRAME, ntf->time);
	timeline_step(&h->timeline, TIMELINE_BU, mr->bul.bu_at);
	verb_settle(&h->waits, mr->conf->name, NULL);
}

static void finish_if_complete(struct mr *mr)
{
	struct handover *h = &mr->handover;

	if (h->ba && h->marker)
		handover_end(mr, TIMELINE_DONE, NULL);
	else if (h->ba)
		set_timer(mr, MARKER_LOST);
}

void handover_registered(struct mr *mr)
{
	struct handover *h = &mr->handover;

	if (h->step != HANDOVER_ARRIVED)
		return;
	h->ba = true;
	timeline_step(&h->timeline, TIMELINE_BA, mr->bul.ba_at);
	timeline_step(&h->timeline, TIMELINE_UPLINK_OPEN, 0);
	finish_if_complete(mr);
}

/* News ----------------------------------------------------------------------- */

/* What a guest's frame, or a request for the same, does in each step. */
static void (*const on_guest[HANDOVER_STEPS])(struct mr *mr,
					      const struct nemo_mr_info *ntf) = {
	[HANDOVER_NONE]		= found,
	[HANDOVER_RECALLED]	= NULL,		/* it has not left */
	[HANDOVER_OFFERED]	= NULL,
	[HANDOVER_AGREED]	= NULL,
	[HANDOVER_LEFT]		= came_back,
	[HANDOVER_BACK]		= came_back,
	[HANDOVER_ASKED]	= found,
	[HANDOVER_READY]	= arrived,
	[HANDOVER_ARRIVED]	= NULL,
	[HANDOVER_UNDONE]	= found,
};

/* Its port has gone, and nobody has said a word. */
static void gone(struct mr *mr, const struct nemo_mr_info *ntf)
{
	struct handover *h = &mr->handover;

	h->step = HANDOVER_LEFT;
	h->other_marker = ntf->marker_due;
	timeline_step(&h->timeline, TIMELINE_FORWARD, ntf->time);
	log_info("%s: its port has gone; what comes for it goes to peer %s",
		 mr->conf->name, h->peer_name);
}

static void (*const on_leaving[HANDOVER_STEPS])(struct mr *mr,
						const struct nemo_mr_info *ntf) = {
	[HANDOVER_RECALLED]	= gone,
	[HANDOVER_AGREED]	= gone,
};

void handover_entered(struct mr *mr, enum nemo_mr_state old,
		      const struct nemo_mr_info *ntf)
{
	bool here = mr->state == NEMO_MR_STATE_ACTIVE ||
		    mr->state == NEMO_MR_STATE_ACTIVATING;
	bool was = old == NEMO_MR_STATE_ACTIVE ||
		   old == NEMO_MR_STATE_ACTIVATING;

	if (here && !was && on_guest[mr->handover.step])
		on_guest[mr->handover.step](mr, ntf);
	if (mr->state == NEMO_MR_STATE_LEAVING && on_leaving[mr->handover.step])
		on_leaving[mr->handover.step](mr, ntf);
	if (mr->state == NEMO_MR_STATE_STANDBY)
		handover_over(mr);
}

/* Nothing more comes here: the last packet has been sent on. */
static void passed_on(struct mr *mr, const struct nemo_mr_info *ntf)
{
	if (ntf->reason != NEMO_MR_REASON_MARKER)
		return;
	if (mr->handover.other_marker) {
		mr->handover.other_marker = false;
		return;
	}
	timeline_step(&mr->handover.timeline, TIMELINE_MARKER, ntf->time);
	log_info("%s: %s peer %s", mr->conf->name,
		 mr->handover.step == HANDOVER_UNDONE ? "what was held is back at" :
							"has left for",
		 mr->handover.peer_name);
	mr_stand_by(mr);
}

/* Nobody said that it leaves. Has the home agent switched all the same? */
static void doubt(struct mr *mr, const struct nemo_mr_info *ntf)
{
	if (ntf->reason == NEMO_MR_REASON_MARKER)
		bul_start(&mr->bul, BUL_REFRESH);
}

static void released(struct mr *mr, const struct nemo_mr_info *ntf)
{
	struct handover *h = &mr->handover;

	timeline_step(&h->timeline,
		      ntf->reason == NEMO_MR_REASON_MARKER ?
			      TIMELINE_MARKER : TIMELINE_MARKER_TIMEOUT,
		      ntf->time);
	timeline_step(&h->timeline, TIMELINE_RELEASE, ntf->time);
	if (ntf->reason == NEMO_MR_REASON_MARKER_TIMEOUT)
		log_warn("%s: no end marker came; packets may be out of order",
			 mr->conf->name);
	h->marker = true;
	finish_if_complete(mr);
}

static void (*const on_marker[HANDOVER_STEPS])(struct mr *mr,
					       const struct nemo_mr_info *ntf) = {
	[HANDOVER_AGREED]	= doubt,
	[HANDOVER_LEFT]		= passed_on,
	[HANDOVER_ARRIVED]	= released,
	[HANDOVER_UNDONE]	= passed_on,
};

void handover_changed(struct mr *mr, const struct nemo_mr_info *ntf)
{
	if (mr->handover.step == HANDOVER_LEFT &&
	    ntf->state == NEMO_MR_STATE_LEAVING)
		mr->handover.other_marker = ntf->marker_due;
}

void handover_marker(struct mr *mr, const struct nemo_mr_info *ntf)
{
	if (on_marker[mr->handover.step])
		on_marker[mr->handover.step](mr, ntf);
}

/* The guest has gone without a word; what is in flight goes after it. */
static bool follow(struct mr *mr)
{
	if (handover_leave(mr))
		return false;
	bul_stop(&mr->bul);
	set_timer(mr, IN_FLIGHT);
	return true;
}

static bool wait_for_the_last(struct mr *mr)
{
	bul_stop(&mr->bul);
	set_timer(mr, IN_FLIGHT);
	return true;
}

/* It waits for the guest, which has registered elsewhere: or has it? */
static bool wait_for_the_guest(struct mr *mr)
{
	bul_stop(&mr->bul);
	mr_set_flags(mr, 0);
	set_timer(mr, LAPSE);
	return true;
}

/* Nor may it send before it has registered, unless it is prepared again. */
static bool prepared_in_vain(struct mr *mr)
{
	bul_stop(&mr->bul);
	mr_set_flags(mr, 0);
	return true;
}

static bool (*const on_lost[HANDOVER_STEPS])(struct mr *mr) = {
	[HANDOVER_AGREED]	= follow,
	[HANDOVER_LEFT]		= wait_for_the_last,
	[HANDOVER_BACK]		= wait_for_the_guest,
	[HANDOVER_READY]	= prepared_in_vain,
	[HANDOVER_UNDONE]	= wait_for_the_last,
};

bool handover_lost(struct mr *mr)
{
	return on_lost[mr->handover.step] && on_lost[mr->handover.step](mr);
}

static const struct {
	enum timeline_outcome outcome;
	const char *error;
} ends_in_standby[HANDOVER_STEPS] = {
	[HANDOVER_NONE]		= { TIMELINE_DONE },
	[HANDOVER_RECALLED]	= { TIMELINE_DONE, "another host serves it now" },
	[HANDOVER_OFFERED]	= { TIMELINE_DONE, "another host serves it now" },
	[HANDOVER_AGREED]	= { TIMELINE_DONE, "another host serves it now" },
	[HANDOVER_LEFT]		= { TIMELINE_DONE },
	[HANDOVER_BACK]		= { TIMELINE_LAPSED },
	[HANDOVER_ASKED]	= { TIMELINE_FAILED, "it went to standby" },
	[HANDOVER_READY]	= { TIMELINE_ABORTED, "it went to standby" },
	[HANDOVER_ARRIVED]	= { TIMELINE_FAILED, "it went to standby" },
	[HANDOVER_UNDONE]	= { TIMELINE_ABORTED },
};

void handover_over(struct mr *mr)
{
	enum handover_step step = mr->handover.step;

	timeline_step(&mr->handover.timeline, TIMELINE_STANDBY, 0);
	handover_end(mr, ends_in_standby[step].outcome,
		     ends_in_standby[step].error);
}

/* Time is up. */
static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct mr *mr = arg;

	(void)fd;
	(void)what;
	switch (mr->handover.step) {
	case HANDOVER_LEFT:
	case HANDOVER_UNDONE:
		mr_stand_by(mr);
		log_info("%s: standby", mr->conf->name);
		break;
	case HANDOVER_BACK:
	case HANDOVER_READY:
		handover_undo(mr, TIMELINE_LAPSED);
		break;
	case HANDOVER_ARRIVED:
		handover_end(mr, TIMELINE_DONE, NULL);
		break;
	default:
		break;
	}
}

int handover_init(struct mr *mr)
{
	strcpy(mr->handover.timeline.name, mr->conf->name);
	mr->handover.timeline.watch = mr->host->watch;
	mr->handover.timer = event_new(mr->host->base, -1, 0, on_timer, mr);
	return mr->handover.timer ? 0 : -ENOMEM;
}

void handover_free(struct mr *mr)
{
	verb_settle(&mr->handover.waits, mr->conf->name, "it was removed");
	if (mr->handover.timer)
		event_free(mr->handover.timer);
}

/*
 * The kernel keeps the peer of a handover that is over, too: only the peer knows whether
 * it is prepared. It also knows the number of the handover, and may have said something of
 * it already: so none is drawn.
 */
static void recall(struct mr *mr, struct peer *peer)
{
	struct handover *h = &mr->handover;

	if (mr->state == NEMO_MR_STATE_ACTIVE)
		h->step = HANDOVER_RECALLED;
	h->renewed = clock_monotonic();
	handover_recall(mr, peer);
}

/* A binding of 0 s is none: what the kernel was told, the next agent reads. */
void handover_adopt(struct mr *mr, const struct nemo_mr_info *old)
{
	static const struct {
		enum handover_step bound, unbound;
		unsigned int ms;	/* without a binding */
	} adopted[] = {
		[NEMO_MR_STATE_PREPARED] = { HANDOVER_BACK, HANDOVER_READY,
					     LAPSE },
		[NEMO_MR_STATE_ACTIVE] = { HANDOVER_NONE, HANDOVER_ARRIVED, 0 },
		[NEMO_MR_STATE_LEAVING] = { HANDOVER_LEFT, HANDOVER_UNDONE,
					    GIVE_BACK },
	};
	struct peer *peer = peer_by_address(&mr->host->peers, &old->peer);
	struct handover *h = &mr->handover;

	if (old->state >= sizeof(adopted) / sizeof(adopted[0]))
		return;
	h->step = old->lifetime ? adopted[old->state].bound :
				  adopted[old->state].unbound;
	h->peer = old->peer;
	if (peer)
		strcpy(h->peer_name, peer->conf->name);
	h->marker = true;
	if (!old->lifetime && adopted[old->state].ms)
		set_timer(mr, adopted[old->state].ms);
	if (h->step == HANDOVER_READY) {
		bul_learn(&mr->bul, old->seq);
		mr->bul.claim = clock_realtime();
		if (old->flags & NEMO_MR_FLAG_PREPARED_UPLINK)
			bul_start(&mr->bul, BUL_TRANSIENT);
	}
	if (peer && old->lifetime && (old->state == NEMO_MR_STATE_ACTIVE ||
				      old->state == NEMO_MR_STATE_LEAVING))
		recall(mr, peer);
}
