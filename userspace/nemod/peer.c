// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <errno.h>
#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "host.h"
#include "lib/log.h"
#include "peer.h"

/* RFC 5568 §8 has a second between its three; a guest's pause is shorter. */
static const unsigned int timeouts[] = { 250, 500, 1000, 2000 };	/* ms */

#define ATTEMPTS	(sizeof(timeouts) / sizeof(timeouts[0]))

struct peer *peer_by_name(struct peers *peers, const char *name)
{
	for (unsigned int i = 0; i < peers->n; i++)
		if (!strcmp(peers->peer[i]->conf->name, name))
			return peers->peer[i];
	return NULL;
}

struct peer *peer_by_address(struct peers *peers, const struct in6_addr *addr)
{
	for (unsigned int i = 0; i < peers->n; i++)
		if (IN6_ARE_ADDR_EQUAL(&peers->peer[i]->conf->address, addr))
			return peers->peer[i];
	return NULL;
}

static void send_to(struct peer *peer, struct mh_msg *msg)
{
	struct mh_path path = {
		.packing = MH_PLAIN,
		.src = peer->peers->host->coa,
		.dst = peer->conf->address,
	};

	if (IN6_IS_ADDR_UNSPECIFIED(&path.src))
		log_warn("no care-of address yet; the message to peer %s waits",
			 peer->conf->name);
	else
		mh_send(peer->peers->host->mh, msg, &path, &peer->conf->auth);
}

/* Exchanges -------------------------------------------------------------- */

static void attempt(struct peer_exchange *x)
{
	unsigned int ms = timeouts[x->attempts++];
	struct timeval tv = { ms / 1000, ms % 1000 * 1000 };
	struct mh_opts *opts = &x->m.msg.opts;
	struct peer *peer = x->peer;
	uint64_t id = clock_ntp(clock_realtime()) + peer->offset;

	/* Several may go at once, and each has to be newer than the last. */
	if (id <= peer->sent_id)
		id = peer->sent_id + 1;
	peer->sent_id = id;
	x->last_id = id;
	if (!x->first_id)
		x->first_id = id;
	opts->has |= MH_BIT(MH_OPT_MESG_ID);
	opts->mesg_id = id;
	send_to(peer, &x->m.msg);
	peer->sent++;
	event_add(x->timer, &tv);
}

static void unlink_it(struct peer_exchange *x)
{
	struct peer_exchange **at = &x->peer->peers->exchanges;

	while (*at != x)
		at = &(*at)->next;
	*at = x->next;
	event_free(x->timer);
}

/* A peer that has answered one of several is there, and at work: it gets one more try. */
static void be_patient(const struct peer *peer)
{
	struct peer_exchange *x;

	for (x = peer->peers->exchanges; x; x = x->next)
		if (x->peer == peer && x->attempts == ATTEMPTS)
			x->attempts--;
}

/* The answer may lead to the next exchange: this one is none any more. */
static void finish(struct peer_exchange *x, const struct mh_in *hack)
{
	struct peers *peers = x->peer->peers;

	unlink_it(x);
	if (hack)
		be_patient(x->peer);
	peers->ops->answered(peers->host, x->peer, &x->m.msg, hack);
	free(x);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct peer_exchange *x = arg;

	(void)fd;
	(void)what;
	if (x->attempts < ATTEMPTS)
		attempt(x);
	else
		finish(x, NULL);
}

struct peer_exchange *peer_ask(struct peer *peer, enum mh_hi_code code,
			       uint8_t flags)
{
	struct peer_exchange *x = calloc(1, sizeof(*x));

	if (!x)
		return NULL;
	x->timer = event_new(peer->peers->host->base, -1, 0, on_timer, x);
	if (!x->timer) {
		free(x);
		return NULL;
	}
	x->peer = peer;
	x->m.msg.type = MH_HI;
	x->m.msg.hi = (struct mh_hi){
		.seq = ++peer->seq,
		.flags = MH_HI_P | flags,
		.code = code,
	};
	x->next = peer->peers->exchanges;
	peer->peers->exchanges = x;
	return x;
}

void peer_send(struct peer_exchange *x)
{
	attempt(x);
}

/* Messages ----------------------------------------------------------------- */

/* Nothing is learnt from it, and nobody is answered. */
static struct peer *authentic(struct peers *peers, const struct mh_in *in)
{
	struct peer *peer = peer_by_address(peers, &in->src);
	char from[INET6_ADDRSTRLEN];

	if (peer && mh_has(&in->msg.opts, MH_OPT_MESG_ID) &&
	    mh_authentic(in, &peer->conf->auth, &in->src, &in->dst))
		return peer;
	peers->dropped++;
	if (!mh_may_log(peers->host->mh))
		return NULL;
	inet_ntop(AF_INET6, &in->src, from, sizeof(from));
	if (!peer)
		log_warn("%s from %s, which is no peer, ignored; add [peer NAME] with its address",
			 mh_type_name(in->msg.type), from);
	else
		log_warn("%s from peer %s without valid AUTH option ignored; make spi and key-file the same at both ends",
			 mh_type_name(in->msg.type), peer->conf->name);
	return NULL;
}

void peer_answer(struct peer *peer, const struct mh_in *hi,
		 struct context_message *m)
{
	m->msg.type = MH_HACK;
	m->msg.hi.seq = hi->msg.hi.seq;
	m->msg.opts.has |= MH_BIT(MH_OPT_MESG_ID);
	m->msg.opts.mesg_id = hi->msg.opts.mesg_id;
	send_to(peer, &m->msg);
}

/* As with status 144 (RFC 4285 §6): what time it is here. */
static void answer_time(struct peer *peer, const struct mh_in *hi)
{
	struct context_message m = { .msg.type = MH_HACK };

	m.msg.hi = (struct mh_hi){
		.seq = hi->msg.hi.seq,
		.flags = MH_HACK_P,
		.code = MH_HACK_PROHIBITED,
	};
	m.msg.opts.has = MH_BIT(MH_OPT_MESG_ID);
	m.msg.opts.mesg_id = clock_ntp(clock_realtime());
	if (mh_may_log(peer->peers->host->mh))
		log_warn("peer %s: its clock is more than 7 s from ours; it is told the time",
			 peer->conf->name);
	send_to(peer, &m.msg);
}

void peer_initiate(struct peers *peers, const struct mh_in *in)
{
	struct peer *peer = authentic(peers, in);
	uint64_t id = in->msg.opts.mesg_id;

	if (!peer)
		return;
	if (!clock_ntp_near(id, clock_ntp(clock_realtime()))) {
		answer_time(peer, in);
		return;
	}
	/* A replay, or one that another has overtaken: that comes again. */
	if (id <= peer->heard_id) {
		peers->dropped++;
		log_debug("peer %s: Handover Initiate that is not newer ignored",
			  peer->conf->name);
		return;
	}
	peer->heard_id = id;
	peer->heard++;
	peers->ops->heard(peers->host, peer, in);
}

static struct peer_exchange *outstanding(const struct peer *peer, uint16_t seq)
{
	for (struct peer_exchange *x = peer->peers->exchanges; x; x = x->next)
		if (x->peer == peer && x->m.msg.hi.seq == seq)
			return x;
	return NULL;
}

void peer_acknowledge(struct peers *peers, const struct mh_in *in)
{
	struct peer *peer = authentic(peers, in);
	struct peer_exchange *x = peer ? outstanding(peer, in->msg.hi.seq) :
					 NULL;
	uint64_t id = in->msg.opts.mesg_id;

	if (!x)
		return;
	if (id >= x->first_id && id <= x->last_id) {
		peer->answered++;
		finish(x, in);
	} else if (in->msg.hi.code == MH_HACK_PROHIBITED && !x->once_more) {
		x->once_more = true;
		x->attempts = 0;
		peer->offset = id - clock_ntp(clock_realtime());
		peer->sent_id = 0;
		x->first_id = 0;
		attempt(x);
	}
}

/* Life --------------------------------------------------------------------- */

static int add(struct peers *peers, const struct nemo_conf_peer *conf)
{
	struct peer **list = reallocarray(peers->peer, peers->n + 1,
					  sizeof(*list));
	struct peer *peer = list ? calloc(1, sizeof(*peer)) : NULL;

	if (list)
		peers->peer = list;
	if (!peer)
		return -ENOMEM;
	peer->peers = peers;
	peer->conf = conf;
	/* Where a former agent has not been a moment ago. */
	RAND_bytes((unsigned char *)&peer->seq, sizeof(peer->seq));
	peers->peer[peers->n++] = peer;
	return 0;
}

static struct peer_exchange *any_with(const struct peer *peer)
{
	struct peer_exchange *x = peer->peers->exchanges;

	while (x && x->peer != peer)
		x = x->next;
	return x;
}

/* What waits for its answer is told that none will come, and cannot ask it again. */
static void drop(struct peers *peers, unsigned int i)
{
	struct peer *peer = peers->peer[i];
	struct peer_exchange *x;

	peers->peer[i] = peers->peer[--peers->n];
	while ((x = any_with(peer)))
		finish(x, NULL);
	free(peer);
}

int peers_reload(struct peers *peers, const struct nemo_conf *conf)
{
	int err = 0;

	for (unsigned int i = 0; i < peers->n;) {
		struct peer *peer = peers->peer[i];
		const struct nemo_conf_peer *to;

		to = nemo_conf_peer(conf, peer->conf->name);
		if (!to || !IN6_ARE_ADDR_EQUAL(&to->address,
					       &peer->conf->address)) {
			drop(peers, i);
			continue;
		}
		peer->conf = to;
		i++;
	}
	for (unsigned int i = 0; i < conf->peers && !err; i++)
		if (!peer_by_name(peers, conf->peer[i].name))
			err = add(peers, &conf->peer[i]);
	return err;
}

int peers_start(struct peers *peers, struct host *host,
		const struct peer_ops *ops)
{
	*peers = (struct peers){ .host = host, .ops = ops };
	return peers_reload(peers, host->conf);
}

void peers_stop(struct peers *peers)
{
	while (peers->exchanges) {
		struct peer_exchange *x = peers->exchanges;

		unlink_it(x);
		free(x);
	}
	while (peers->n)
		free(peers->peer[--peers->n]);
	free(peers->peer);
}
