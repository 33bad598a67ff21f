// SPDX-License-Identifier: GPL-2.0
/* What is said to peers about handovers, and what is made of what they say. */
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "host.h"
#include "lib/log.h"
#include "netdev.h"

#define GIVE_UP	(600 * NS_PER_S)	/* agreed, and nobody leaves */

/* What it means that a peer has refused, and what can be done. */
static const char *const statuses[CONTEXT_STATUSES] = {
	[CONTEXT_OK] = "the peer has taken it",
	[CONTEXT_UNKNOWN] = "the peer has no mobile router with this home address",
	[CONTEXT_SERVED] = "the peer serves it already",
	[CONTEXT_REFUSED] = "the peer is not ready; its log says why; try again",
	[CONTEXT_NOTHING] = "the peer knows of a newer host than this one",
	[CONTEXT_DIFFERS] = "the peer has other prefixes or another home agent for it",
};

static const char *status_text(uint8_t status)
{
	return status < CONTEXT_STATUSES ? statuses[status] :
					   "the peer refuses it";
}

/* What is said ------------------------------------------------------------- */

static uint16_t rounded_up(double ms)
{
	uint16_t down = ms < UINT16_MAX ? ms : UINT16_MAX;

	return down + (down < ms && down < UINT16_MAX);
}

static struct context context_of(const struct mr *mr)
{
	uint64_t now = clock_monotonic();
	struct context c = {
		.hoa = mr->conf->hoa,
		.seq = mr->bul.bound,
		.id = mr->handover.id,
		.alike = context_alike(mr->conf),
		.round_trip = rounded_up(mr->bul.round_trip_ms),
	};

	if (mr->bul.ends > now)
		c.lifetime = (mr->bul.ends - now) / NS_PER_S / 4;
	if (mr->bul.transient)
		c.flags |= CONTEXT_TRANSIENT;
	if (mr->state == NEMO_MR_STATE_ACTIVE ||
	    mr->state == NEMO_MR_STATE_ACTIVATING)
		c.flags |= CONTEXT_HERE;
	/* It has the binding, or has asked for it: the old host's is of the past. */
	if (mr->handover.registered) {
		c.seq = mr->bul.seq;
		c.flags |= CONTEXT_REGISTERED;
	}
	return c;
}

static bool of_guest(const struct mr *mr, const struct in6_addr *addr)
{
	for (unsigned int i = 0; i < mr->conf->mnps; i++)
		if (nemo_prefix_contains(&mr->conf->mnp[i], addr))
			return true;
	return false;
}

/* As many as there is room for; the rest is resolved as ever. */
static void add_neighbours(struct context_message *m, const struct mr *mr)
{
	const struct outbox *box = &mr->host->outbox;

	for (size_t i = 0; i < box->neighbours; i++) {
		struct context_neighbour n = { .addr = box->neighbour[i].addr };

		if (box->neighbour[i].ifindex != mr->attachment ||
		    !of_guest(mr, &n.addr))
			continue;
		memcpy(n.mac, box->neighbour[i].mac, sizeof(n.mac));
		context_add_neighbour(m, &n);
	}
}

/* One dump for all that goes out together. */
static void look_for_neighbours(struct host *host)
{
	struct outbox *box = &host->outbox;

	if (!box->looked)
		box->neighbour = netdev_neighbours(&host->rt, &box->neighbours);
	box->looked = true;
}

static void forget_neighbours(struct host *host)
{
	struct outbox *box = &host->outbox;

	free(box->neighbour);
	box->neighbour = NULL;
	box->neighbours = 0;
	box->looked = false;
}

static void send_open(struct outbox *box)
{
	struct peer_exchange *x = box->open;

	box->open = NULL;
	if (!x)
		return;
	if (box->routers == 1 && x->m.msg.hi.code == MH_HI_CONTEXT_SENT)
		context_describe(&x->m, box->mr->conf);
	peer_send(x);
}

static bool fits(const struct outbox *box, const struct peer *peer,
		 enum mh_hi_code code)
{
	return box->open && box->open->peer == peer &&
	       box->open->m.msg.hi.code == code &&
	       context_room(&box->open->m) > 1;
}

static void post(struct mr *mr, struct peer *peer, enum mh_hi_code code,
		 uint8_t flags)
{
	struct outbox *box = &mr->host->outbox;
	struct context c = context_of(mr);

	c.flags |= flags;
	if (!fits(box, peer, code)) {
		send_open(box);
		box->open = peer_ask(peer, code, code == MH_HI_CONTEXT_SENT ?
						 MH_HI_F : 0);
		box->routers = 0;
	}
	if (!box->open) {
		handover_end(mr, TIMELINE_FAILED, "no memory");
		return;
	}
	box->mr = mr;
	box->routers++;
	if (code == MH_HI_PLAIN) {
		struct mh_opts *opts = &box->open->m.msg.opts;

		c = (struct context){ .hoa = c.hoa };
		opts->n_ctx_req = 1;
		opts->ctx_req[0] = (struct mh_ctx_req){ MH_OPT_VENDOR, { } };
	}
	context_add(&box->open->m, &c);
	if (code == MH_HI_CONTEXT_SENT) {
		look_for_neighbours(mr->host);
		add_neighbours(&box->open->m, mr);
	}
}

void handover_post(struct mr *mr, struct peer *peer, enum mh_hi_code code)
{
	post(mr, peer, code, 0);
}

/* Where there is no answer, what has left is renewed as ever. */
void handover_recall(struct mr *mr, struct peer *peer)
{
	struct timeval tv = { HANDOVER_RENEW_S, 0 };

	post(mr, peer, MH_HI_CONTEXT_SENT, CONTEXT_AGAIN);
	event_add(mr->host->renew, &tv);
}

void handover_flush(struct host *host)
{
	send_open(&host->outbox);
	forget_neighbours(host);
}

static bool wants_renewal(struct mr *mr)
{
	struct handover *h = &mr->handover;

	if (h->step == HANDOVER_AGREED &&
	    clock_monotonic() - h->renewed > GIVE_UP) {
		log_info("%s: nobody leaves for peer %s; forgotten",
			 mr->conf->name, h->peer_name);
		handover_end(mr, TIMELINE_LAPSED, NULL);
	}
	return h->step == HANDOVER_AGREED || h->step == HANDOVER_LEFT;
}

/* Peer by peer, so that those of one share their messages. */
void handover_renew(struct host *host)
{
	struct timeval tv = { HANDOVER_RENEW_S, 0 };
	bool any = false;

	for (unsigned int i = 0; i < host->peers.n; i++)
		for (unsigned int j = 0; j < host->mrs; j++) {
			struct peer *peer = host->peers.peer[i];
			struct mr *mr = host->mr[j];

			if (!IN6_ARE_ADDR_EQUAL(&mr->handover.peer,
						&peer->conf->address) ||
			    !wants_renewal(mr))
				continue;
			handover_post(mr, peer, MH_HI_CONTEXT_SENT);
			any = true;
		}
	handover_flush(host);
	if (any)
		event_add(host->renew, &tv);
}

/* What is heard -------------------------------------------------------------- */

/* One mobile router of a message. */
struct item {
	struct mr *mr;
	struct peer *peer;
	const struct mh_opts *opts;
	struct context c;	/* as said; then the answer */
};

static bool from_its_peer(const struct item *item)
{
	return IN6_ARE_ADDR_EQUAL(&item->mr->handover.peer,
				  &item->peer->conf->address);
}

static void take_neighbours(const struct item *item)
{
	const struct mr *mr = item->mr;
	struct context_neighbour n;

	for (unsigned int i = 0; i < item->opts->n_vendor; i++)
		if (context_read_neighbour(&item->opts->vendor[i], &n) &&
		    mr->attachment && of_guest(mr, &n.addr))
			netdev_neighbour(&mr->host->rt, mr->attachment,
					 &n.addr, n.mac);
}

static enum context_status take(const struct item *item)
{
	enum context_status status;

	if (!context_agrees(item->opts, item->mr->conf) ||
	    (item->c.alike && item->c.alike != context_alike(item->mr->conf)))
		return CONTEXT_DIFFERS;
	status = handover_take(item->mr, item->peer, &item->c);
	if (status == CONTEXT_OK)
		take_neighbours(item);
	return status;
}

/* Somebody else has it, or nobody; adopted from a person's or a former agent's. */
static enum context_status take_idle(const struct item *item)
{
	return mr_serves(item->mr->state) ? CONTEXT_SERVED : take(item);
}

/* Has the peer registered since? Then its word is newer than ours. */
static enum context_status take_if_newer(const struct item *item)
{
	return mh_seq_newer(item->c.seq, item->mr->bul.bound) ? take(item) :
							       CONTEXT_SERVED;
}

static enum context_status served(const struct item *item)
{
	(void)item;
	return CONTEXT_SERVED;
}

static enum context_status not_now(const struct item *item)
{
	(void)item;
	return CONTEXT_REFUSED;
}

static enum context_status nothing(const struct item *item)
{
	(void)item;
	return CONTEXT_NOTHING;
}

static enum context_status fine(const struct item *item)
{
	(void)item;
	return CONTEXT_OK;
}

/* The one that serves gives, and has a handover with who has asked. */
static enum context_status give(const struct item *item)
{
	struct mr *mr = item->mr;

	if (mr->state != NEMO_MR_STATE_ACTIVE)
		return CONTEXT_NOTHING;
	handover_begin(mr, HANDOVER_OFFERED, item->peer,
		       host_next_id(mr->host));
	handover_agree(mr);
	return CONTEXT_OK;
}

static enum context_status give_again(const struct item *item)
{
	if (!from_its_peer(item))
		return CONTEXT_NOTHING;
	item->mr->handover.renewed = clock_monotonic();
	handover_agree(item->mr);
	return CONTEXT_OK;
}

/* A late abort of the handover before is not of this one; an agent that was restarted has no id. */
static bool of_this(const struct item *item)
{
	uint16_t ours = item->mr->handover.id, theirs = item->c.id;

	return from_its_peer(item) && (ours == theirs || !ours || !theirs);
}

static enum context_status drop_it(const struct item *item)
{
	if (of_this(item)) {
		log_info("%s: peer %s aborts the handover",
			 item->mr->conf->name, item->peer->conf->name);
		timeline_step(&item->mr->handover.timeline, TIMELINE_ABORT, 0);
		handover_end(item->mr, TIMELINE_ABORTED,
			     "the peer has aborted it");
	}
	return CONTEXT_OK;
}

/*
 * The new host had the guest, or has it, and the binding: no uplink before a
 * registration of our own, with a number that is newer.
 */
static void heed_registration(const struct item *item)
{
	if (!(item->c.flags & CONTEXT_REGISTERED))
		return;
	bul_learn(&item->mr->bul, item->c.seq);
	handover_lost(item->mr);
}

static enum context_status take_back(const struct item *item)
{
	if (!of_this(item))
		return CONTEXT_OK;
	if (handover_take_back(item->mr))
		return CONTEXT_REFUSED;
	heed_registration(item);
	return CONTEXT_OK;
}

/* Only by who has begun it, and not what has been forgotten since. */
static enum context_status undo(const struct item *item)
{
	if (!from_its_peer(item) ||
	    (item->c.id && item->mr->handover.id != item->c.id))
		return CONTEXT_OK;
	return handover_undo(item->mr, TIMELINE_ABORTED) ? CONTEXT_REFUSED :
							   CONTEXT_OK;
}

static enum context_status undone(const struct item *item)
{
	if (from_its_peer(item) && item->c.flags & CONTEXT_HERE)
		handover_settle(item->mr);
	return CONTEXT_OK;
}

/* The guest has come, and was registered: no way back but its own. */
static enum context_status finished(const struct item *item)
{
	return mr_serves(item->mr->state) &&
	       item->mr->state != NEMO_MR_STATE_LEAVING ? CONTEXT_SERVED :
							  CONTEXT_OK;
}

enum said { SAID_PREPARE, SAID_QUERY, SAID_ABORT, SAID_KINDS };

/* What a peer's word does in each step. */
static enum context_status (*const on_said[SAID_KINDS][HANDOVER_STEPS])(const struct item *item) = {
	[SAID_PREPARE] = {
		[HANDOVER_NONE]		= take_idle,
		[HANDOVER_RECALLED]	= served,
		[HANDOVER_OFFERED]	= served,
		[HANDOVER_AGREED]	= served,
		[HANDOVER_LEFT]		= served,
		[HANDOVER_BACK]		= take_if_newer,
		[HANDOVER_ASKED]	= take_idle,
		[HANDOVER_READY]	= take,
		[HANDOVER_ARRIVED]	= served,
		[HANDOVER_UNDONE]	= not_now,
	},
	[SAID_QUERY] = {
		[HANDOVER_NONE]		= give,
		[HANDOVER_RECALLED]	= give_again,
		[HANDOVER_OFFERED]	= give_again,
		[HANDOVER_AGREED]	= give_again,
		[HANDOVER_LEFT]		= give_again,
		[HANDOVER_BACK]		= nothing,
		[HANDOVER_ASKED]	= nothing,
		[HANDOVER_READY]	= nothing,
		[HANDOVER_ARRIVED]	= nothing,
		[HANDOVER_UNDONE]	= nothing,
	},
	[SAID_ABORT] = {
		[HANDOVER_NONE]		= finished,
		[HANDOVER_RECALLED]	= finished,
		[HANDOVER_OFFERED]	= drop_it,
		[HANDOVER_AGREED]	= drop_it,
		[HANDOVER_LEFT]		= take_back,
		[HANDOVER_BACK]		= fine,
		[HANDOVER_ASKED]	= fine,
		[HANDOVER_READY]	= undo,
		[HANDOVER_ARRIVED]	= undo,
		[HANDOVER_UNDONE]	= undone,
	},
};

/* Flags and codes of the answer, where one mobile router is fine; where none is. */
static const struct {
	uint8_t flags, good, bad;
} answers[SAID_KINDS] = {
	[SAID_PREPARE]	= { MH_HACK_P | MH_HACK_F, MH_HACK_CONTEXT_OK,
			    MH_HACK_UNSPECIFIED },
	[SAID_QUERY]	= { MH_HACK_P, MH_HACK_CONTEXT_ALL,
			    MH_HACK_NO_CONTEXT },
	[SAID_ABORT]	= { MH_HACK_P, MH_HACK_ACCEPTED,
			    MH_HACK_UNSPECIFIED },
};

static bool said(const struct mh_hi *hi, enum said *kind)
{
	switch (hi->code) {
	case MH_HI_CONTEXT_SENT:
		*kind = SAID_PREPARE;
		break;
	case MH_HI_PLAIN:
		*kind = SAID_QUERY;
		break;
	case MH_HI_FORWARDING_DONE:
		*kind = SAID_ABORT;
		break;
	default:
		return false;
	}
	return hi->flags & MH_HI_P;
}

static void judge(struct item *item, enum said kind)
{
	enum handover_step step = item->mr->handover.step;
	uint8_t status = on_said[kind][step](item);

	if (item->mr->handover.registered ||
	    (kind == SAID_QUERY && status == CONTEXT_OK))
		item->c = context_of(item->mr);
	item->c.status = status;
	if (status != CONTEXT_OK)
		log_debug("%s: peer %s is told: %u", item->mr->conf->name,
			  item->peer->conf->name, status);
}

/* Of which mobile router of ours the option speaks, if it does of any. */
static struct mr *router_of(struct host *host, const struct mh_vendor *v)
{
	struct context c;

	return context_read(v, &c) ? host_by_hoa(host, &c.hoa) : NULL;
}

/* Now that the answer is out. */
static void begin_transient(struct host *host, const struct mh_opts *opts)
{
	for (unsigned int i = 0; i < opts->n_vendor; i++) {
		struct mr *mr = router_of(host, &opts->vendor[i]);

		if (mr && mr->handover.step == HANDOVER_READY &&
		    mr->bul.transient && !mr->bul.exchange &&
		    !(mr->flags & NEMO_MR_FLAG_PREPARED_UPLINK))
			bul_start(&mr->bul, BUL_TRANSIENT);
	}
}

/*
 * Of those that were asked for: the guest may have stopped before anybody knew where
 * it goes. It leaves when the peer has said that it is prepared.
 */
static void leave_stopped(struct host *host, struct peer *peer,
			  const struct mh_opts *opts)
{
	for (unsigned int i = 0; i < opts->n_vendor; i++) {
		struct mr *mr = router_of(host, &opts->vendor[i]);

		if (!mr || mr->handover.step != HANDOVER_AGREED ||
		    mr_seen(mr) >= mr->handover.stood)
			continue;
		mr->handover.leave = true;
		mr->handover.stopped = true;
		timeline_step(&mr->handover.timeline, TIMELINE_PAUSE,
			      mr->handover.stood);
		handover_post(mr, peer, MH_HI_CONTEXT_SENT);
	}
	handover_flush(host);
}

/* Behind all contexts: whom the answer leaves out is not prepared. */
static void give_neighbours(struct host *host, struct context_message *m)
{
	unsigned int contexts = m->msg.opts.n_vendor;
	struct context c;

	for (unsigned int i = 0; i < contexts; i++) {
		if (!context_read(&m->msg.opts.vendor[i], &c) ||
		    c.status != CONTEXT_OK)
			continue;
		look_for_neighbours(host);
		add_neighbours(m, host_by_hoa(host, &c.hoa));
	}
}

static void heard(struct host *host, struct peer *peer, const struct mh_in *hi)
{
	const struct mh_opts *opts = &hi->msg.opts;
	struct context_message m = { };
	bool good = false;
	enum said kind;

	m.msg.hi = (struct mh_hi){ .flags = MH_HACK_P,
				   .code = MH_HACK_PROHIBITED };
	if (!said(&hi->msg.hi, &kind)) {
		peer_answer(peer, hi, &m);
		return;
	}
	for (unsigned int i = 0; i < opts->n_vendor; i++) {
		struct item item = { .peer = peer, .opts = opts };

		if (!context_read(&opts->vendor[i], &item.c))
			continue;
		item.mr = host_by_hoa(host, &item.c.hoa);
		item.c.status = CONTEXT_UNKNOWN;
		if (item.mr)
			judge(&item, kind);
		good = good || item.c.status == CONTEXT_OK;
		context_add(&m, &item.c);
	}
	if (kind == SAID_QUERY)
		give_neighbours(host, &m);
	m.msg.hi.flags = answers[kind].flags;
	m.msg.hi.code = good ? answers[kind].good : answers[kind].bad;
	peer_answer(peer, hi, &m);
	forget_neighbours(host);
	begin_transient(host, opts);
	if (kind == SAID_QUERY)
		leave_stopped(host, peer, opts);
}

/* What is answered ----------------------------------------------------------- */

static void not_renewed(struct item *item, const char *error)
{
	struct mr *mr = item->mr;

	log_warn("%s: not renewed at peer %s: %s", mr->conf->name,
		 item->peer->conf->name, error);
	verb_settle(&mr->handover.waits, mr->conf->name, error);
}

static void prepare_answered(struct item *item, const char *error)
{
	enum handover_step step = item->mr->handover.step;

	if (!error)
		handover_agree(item->mr);
	else if (step == HANDOVER_RECALLED)
		handover_end(item->mr, TIMELINE_FAILED,
			     "no peer is prepared; say where it goes: to PEER");
	else if (step == HANDOVER_OFFERED)
		handover_end(item->mr, TIMELINE_FAILED, error);
	else if (step != HANDOVER_NONE)
		not_renewed(item, error);
}

/* Called off meanwhile: else the one that gives would go on believing in it. */
static void not_wanted(struct item *item)
{
	struct mr *mr = item->mr;

	if (mr->state == NEMO_MR_STATE_STANDBY ||
	    mr->handover.step == HANDOVER_UNDONE)
		handover_post(mr, item->peer, MH_HI_FORWARDING_DONE);
}

static void ready_answered(struct item *item, const char *error)
{
	struct mr *mr = item->mr;

	if (!error && take(item) != CONTEXT_OK)
		error = "the peer's context does not fit";
	verb_settle(&mr->handover.waits, mr->conf->name, error);
}

static void query_answered(struct item *item, const char *error)
{
	struct handover *h = &item->mr->handover;

	if (h->step == HANDOVER_READY && from_its_peer(item)) {
		ready_answered(item, error);
		return;
	}
	if (h->step != HANDOVER_ASKED) {
		if (!error)
			not_wanted(item);
		return;
	}
	h->queries--;
	if (!error && take(item) != CONTEXT_OK)
		error = "the peer's context does not fit";
	if (!error)
		h->queries = 0;
	else if (!h->queries)
		handover_end(item->mr, TIMELINE_FAILED,
			     "no peer serves it, or none answers");
}

static void abort_answered(struct item *item, const char *error)
{
	struct mr *mr = item->mr;

	if (error && item->c.status != CONTEXT_SERVED)
		log_warn("%s: peer %s is not told of the abort: %s",
			 mr->conf->name, item->peer->conf->name, error);
	/* the old host has it now, or is not there: what is held goes back, or nowhere */
	if (mr->handover.step == HANDOVER_READY ||
	    mr->handover.step == HANDOVER_ARRIVED)
		handover_undo(mr, TIMELINE_ABORTED);
	if (mr->handover.step != HANDOVER_BACK)
		return;
	if (item->c.status == CONTEXT_SERVED) {
		log_warn("%s: peer %s serves it already; nothing to abort",
			 mr->conf->name, item->peer->conf->name);
		handover_undo(mr, TIMELINE_FAILED);
	} else if (!error) {
		heed_registration(item);
	}
}

static void (*const on_answer[SAID_KINDS])(struct item *item,
					   const char *error) = {
	[SAID_PREPARE]	= prepare_answered,
	[SAID_QUERY]	= query_answered,
	[SAID_ABORT]	= abort_answered,
};

/* Of the handover that was asked about, not of one before? */
static bool still_meant(const struct item *item, const struct context *sent,
			enum said kind)
{
	return kind == SAID_QUERY ||
	       (from_its_peer(item) && item->mr->handover.id == sent->id);
}

/* NULL, or what is wrong with it. */
static const char *answer_to(struct item *item, const struct context *sent)
{
	if (!item->opts)
		return "the peer does not answer; does nemod run there?";
	if (!context_find(item->opts, &sent->hoa, &item->c)) {
		item->c = (struct context){ };
		return "the peer refuses; see its log";
	}
	return item->c.status == CONTEXT_OK ? NULL : status_text(item->c.status);
}

static void answered(struct host *host, struct peer *peer,
		     const struct mh_msg *hi, const struct mh_in *hack)
{
	enum said kind = SAID_PREPARE;
	struct context sent;

	said(&hi->hi, &kind);
	for (unsigned int i = 0; i < hi->opts.n_vendor; i++) {
		struct item item = {
			.peer = peer,
			.opts = hack ? &hack->msg.opts : NULL,
		};

		if (!context_read(&hi->opts.vendor[i], &sent))
			continue;
		item.mr = host_by_hoa(host, &sent.hoa);
		if (item.mr && still_meant(&item, &sent, kind))
			on_answer[kind](&item, answer_to(&item, &sent));
	}
	/* A verb that has waited may have asked for more. */
	handover_flush(host);
	if (hack)
		begin_transient(host, &hack->msg.opts);
}

const struct peer_ops handover_peer_ops = { heard, answered };
