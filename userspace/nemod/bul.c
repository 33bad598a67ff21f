// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <string.h>

#include "bul.h"
#include "clock.h"
#include "lib/log.h"

/* RFC 6275 §12, in ms. */
#define INITIAL_BINDACK_TIMEOUT		1000
#define BINDACK_TIMEOUT_FIRSTREG	1500
#define MAX_BINDACK_TIMEOUT		32000
#define MAX_RELEASE_ATTEMPTS		4
#define TRANSIENT_MAX			255	/* 100 ms, RFC 6058 */
#define TRANSIENT_INTERVAL		20000
#define HINT_INTERVAL			NS_PER_S
/* A guest that has said nothing for so long may be anywhere. */
#define QUIET				(MAX_BINDACK_TIMEOUT * NS_PER_MS)
/* Retransmissions within one lifetime, and some. */
#define ADOPT_GAP			8

/* What a person can do about a status (RFC 6275 §6.1.8, RFC 3963 §4.2). */
static const struct {
	uint8_t status;
	const char *remedy;
} remedies[] = {
	{ MH_BA_PROHIBITED, "see the home agent's log" },
	{ MH_BA_NO_RESOURCES, "see the home agent's log" },
	{ MH_BA_NO_HOME_REGISTRATION, "home-agent must be the address of a home agent" },
	{ MH_BA_NOT_HOME_SUBNET, "hoa must be in its aggregate or on its home-link" },
	{ MH_BA_NOT_HOME_AGENT, "no mobile router with this hoa is configured there" },
	{ MH_BA_MR_NOT_PERMITTED, "the home agent has no prefix for this mobile router" },
	{ MH_BA_INVALID_PREFIX, "check mnp" },
	{ MH_BA_NOT_AUTHORIZED_PREFIX, "make mnp the same as at the home agent" },
	{ MH_BA_FORWARDING_FAILED, "another binding at the home agent has one of the prefixes" },
	{ MH_BA_ID_MISMATCH, "set the clocks: both ends must agree within 7 s" },
	{ MH_BA_MESG_ID_REQUIRED, "the home agent wants time stamps; is auth = none here only?" },
	{ MH_BA_AUTH_FAILED, "make spi and key-file the same as at the home agent" },
};

static const char *remedy(uint8_t status)
{
	for (size_t i = 0; i < sizeof(remedies) / sizeof(remedies[0]); i++)
		if (remedies[i].status == status)
			return remedies[i].remedy;
	return "see the home agent's log";
}

static void set_timer(struct event *timer, uint64_t ms)
{
	struct timeval tv = { ms / 1000, ms % 1000 * 1000 };

	event_add(timer, &tv);
}

/*
 * A home agent that does not know the option would skip it and take a transient
 * Update for an ordinary one. So each ordinary one asks, with a lifetime of 0,
 * and only a home agent that repeats the option is sent the other kind.
 */
static void fill_transient(const struct bul *bul, struct mh_opts *opts)
{
	if (bul->exchange == BUL_RELEASE)
		return;
	opts->has |= MH_BIT(MH_OPT_TRANSIENT);
	opts->transient.late = bul->exchange == BUL_TRANSIENT;
	opts->transient.lifetime = opts->transient.late ? TRANSIENT_MAX : 0;
}

static void fill_update(struct bul *bul, struct mh_msg *msg)
{
	const struct nemo_conf_mr *conf = bul->conf;

	msg->type = MH_BU;
	msg->bu.seq = bul->seq;
	msg->bu.flags = MH_BU_A | MH_BU_H | MH_BU_R;
	msg->bu.lifetime = bul->exchange == BUL_RELEASE ? 0 : conf->lifetime / 4;
	if (!conf->auth.none) {
		msg->opts.has |= MH_BIT(MH_OPT_MESG_ID);
		msg->opts.mesg_id = clock_ntp(clock_realtime()) + bul->offset;
		bul->last_id = msg->opts.mesg_id;
		if (!bul->attempts)
			bul->first_id = bul->last_id;
	}
	fill_transient(bul, &msg->opts);
	if (!conf->explicit_mode)
		return;
	for (unsigned int i = 0; i < conf->mnps; i++)
		msg->opts.mnp[i] = (struct mh_prefix){ conf->mnp[i].addr,
						       conf->mnp[i].len };
	msg->opts.n_mnp = conf->mnps;
}

static void draw_number(struct bul *bul)
{
	uint64_t now = clock_monotonic();
	uint64_t age = bul->seq_at ? now - bul->seq_at : UINT64_MAX;

	if (bul->exchange == BUL_REGISTER || bul->exchange == BUL_TRANSIENT)
		bul->seq = clock_seq_claim(bul->claim, bul->seq, age);
	else
		bul->seq = clock_seq_refresh(bul->acked, bul->seq);
	bul->seq_at = now;
	if (!bul->attempts)
		bul->first = bul->seq;
}

static void send_update(struct bul *bul)
{
	struct mh_path path = {
		.packing = MH_WITH_HAO,
		.src = bul->coa,
		.dst = bul->conf->home_agent,
		.hoa = bul->conf->hoa,
	};
	struct mh_msg msg = { };

	draw_number(bul);
	fill_update(bul, &msg);
	if (!mh_send(bul->mh, &msg, &path, &bul->conf->auth))
		bul->bus++;
	bul->bu_at = clock_realtime();
}

/* §11.8: 1 s, the first registration 1.5 s; doubled to 32 s, for ever. */
static uint64_t timeout(const struct bul *bul)
{
	uint64_t ms = bul->exchange == BUL_REGISTER ? BINDACK_TIMEOUT_FIRSTREG :
						      INITIAL_BINDACK_TIMEOUT;
	for (unsigned int i = 1; i < bul->attempts; i++) {
		ms *= 2;
		if (ms >= MAX_BINDACK_TIMEOUT)
			return MAX_BINDACK_TIMEOUT;
	}
	return ms;
}

static void attempt(struct bul *bul)
{
	if (IN6_IS_ADDR_UNSPECIFIED(&bul->coa)) {
		log_warn("%s: no care-of address yet; the Binding Update waits",
			 bul->conf->name);
	} else {
		send_update(bul);
		bul->attempts++;
	}
	set_timer(bul->retransmit, timeout(bul));
}

/* Where the guest is decides who may claim: ask again before each attempt. */
static void look_for_guest(struct bul *bul)
{
	uint64_t seen = bul->ops->seen(bul);

	if (seen > bul->claim)
		bul->claim = seen;
}

/*
 * The lifetime has ended, and no acknowledgement came. Whoever has the guest
 * has registered meanwhile: only its frames let this host go on.
 */
static bool lapsed(const struct bul *bul)
{
	return bul->exchange == BUL_REFRESH && bul->ends &&
	       clock_monotonic() > bul->ends &&
	       clock_realtime() - bul->claim > QUIET;
}

static void on_retransmit(evutil_socket_t fd, short what, void *arg)
{
	struct bul *bul = arg;

	(void)fd;
	(void)what;
	look_for_guest(bul);
	if (bul->attempts == 2)
		log_warn("%s: the home agent does not answer; is it reachable, and does nemod run there?",
			 bul->conf->name);
	if (bul->exchange == BUL_RELEASE &&
	    bul->attempts >= MAX_RELEASE_ATTEMPTS)
		bul->ops->unanswered(bul);
	else if (lapsed(bul))
		bul->ops->lapsed(bul);
	else
		attempt(bul);
}

static void on_refresh(evutil_socket_t fd, short what, void *arg)
{
	struct bul *bul = arg;

	(void)fd;
	(void)what;
	bul_start(bul, bul->next);
}

int bul_init(struct bul *bul, const struct bul_ops *ops, struct mh_socket *mh,
	     const struct nemo_conf_mr *conf, struct event_base *base)
{
	*bul = (struct bul){
		.ops = ops,
		.mh = mh,
		.conf = conf,
		.status = -1,
		.retransmit = event_new(base, -1, 0, on_retransmit, bul),
		.refresh = event_new(base, -1, 0, on_refresh, bul),
	};
	return bul->retransmit && bul->refresh ? 0 : -ENOMEM;
}

void bul_free(struct bul *bul)
{
	if (bul->retransmit)
		event_free(bul->retransmit);
	if (bul->refresh)
		event_free(bul->refresh);
}

void bul_start(struct bul *bul, enum bul_exchange exchange)
{
	event_del(bul->refresh);
	bul->exchange = exchange;
	bul->attempts = 0;
	bul->once_more = false;
	attempt(bul);
}

void bul_hint(struct bul *bul, const char *why)
{
	if (clock_monotonic() - bul->seq_at < HINT_INTERVAL)
		return;
	log_info("%s: %s; refreshing the binding", bul->conf->name, why);
	bul_start(bul, bul->exchange ?: BUL_REFRESH);
}

void bul_stop(struct bul *bul)
{
	event_del(bul->retransmit);
	event_del(bul->refresh);
	bul->exchange = BUL_NONE;
	bul->granted = 0;
	bul->since = 0;
	bul->acked = 0;
	bul->ends = 0;
}

/* Four fifths of the lifetime (§11.7.1: before it is over). */
#define REFRESH_AFTER(ms)	((ms) * 4 / 5)

static void plan(struct bul *bul, enum bul_exchange next, uint64_t ms)
{
	bul->next = next;
	set_timer(bul->refresh, ms);
}

void bul_learn(struct bul *bul, uint16_t seq)
{
	if (!bul->seq_at || mh_seq_newer(seq, bul->seq))
		bul->seq = seq;
	bul->seq_at = clock_monotonic();
	bul->bound = seq;
	bul->bound_at = bul->seq_at;
}

void bul_adopt(struct bul *bul, uint16_t seq, uint32_t lifetime,
	       uint64_t expires)
{
	/* The former agent may have sent some that the kernel was not told of. */
	bul->seq = seq + ADOPT_GAP;
	bul->bound = seq;
	bul->seq_at = clock_monotonic();
	bul->bound_at = bul->seq_at;
	bul->granted = lifetime;
	bul->ends = bul->seq_at + expires * NS_PER_MS;
	if (lifetime * 1000ULL > expires)
		bul->acked = clock_realtime() -
			     (lifetime * 1000ULL - expires) * NS_PER_MS;
	plan(bul, BUL_REFRESH, REFRESH_AFTER(expires));
}

/* The binding stays where it is: nothing of it becomes ours. */
static void transient_accepted(struct bul *bul, const struct mh_in *in)
{
	event_del(bul->retransmit);
	bul->exchange = BUL_NONE;
	if (in->msg.ba.status == MH_BA_ACCEPTED &&
	    mh_has(&in->msg.opts, MH_OPT_TRANSIENT)) {
		plan(bul, BUL_TRANSIENT, TRANSIENT_INTERVAL);
		bul->ops->accepted(bul, BUL_TRANSIENT);
	} else {
		log_warn("%s: the home agent does not take the transient binding; uplink will be held until the acknowledgement",
			 bul->conf->name);
	}
}

static void accepted(struct bul *bul, const struct mh_in *in)
{
	enum bul_exchange exchange = bul->exchange;
	uint64_t seconds = in->msg.ba.lifetime * 4ULL;
	uint64_t now = clock_realtime();

	event_del(bul->retransmit);
	bul->exchange = BUL_NONE;
	bul->granted = seconds;
	bul->bound = in->msg.ba.seq;
	bul->bound_at = clock_monotonic();
	bul->transient = mh_has(&in->msg.opts, MH_OPT_TRANSIENT);
	bul->acked = now;
	bul->ends = bul->bound_at + seconds * NS_PER_S;
	bul->frame_to_ba_ms = bul->since ? (now - bul->since) / 1e6 : 0;
	bul->since = 0;
	if (mh_has(&in->msg.opts, MH_OPT_REFRESH_ADVICE) &&
	    in->msg.opts.refresh_advice &&
	    in->msg.opts.refresh_advice * 4ULL < seconds)
		plan(bul, BUL_REFRESH, in->msg.opts.refresh_advice * 4000ULL);
	else if (exchange != BUL_RELEASE)
		plan(bul, BUL_REFRESH, REFRESH_AFTER(seconds * 1000));
	bul->ops->accepted(bul, exchange);
}

/* Send again at once, but only once an exchange: never a loop. */
static bool retry(struct bul *bul)
{
	if (bul->once_more)
		return false;
	bul->once_more = true;
	bul->attempts = 0;
	attempt(bul);
	return true;
}

/*
 * Another host has registered since. Clocks that differ make a claim look old,
 * but only one of a moment ago; before that, the guest has moved on.
 */
static bool old_claim(const struct bul *bul)
{
	return bul->exchange == BUL_REGISTER &&
	       clock_realtime() - bul->claim > CLOCK_SEQ_LEAD;
}

/*
 * The number that the home agent has was never ours: the binding is another
 * host's, and a release that insists would only use up the next number, which
 * may be that of the other host's refresh.
 */
static void released(struct bul *bul)
{
	event_del(bul->retransmit);
	bul->exchange = BUL_NONE;
	bul->ops->accepted(bul, BUL_RELEASE);
}

/* What this host is prepared for has been overtaken: the guest went elsewhere. */
static bool old_preparation(const struct bul *bul, const struct mh_in *in)
{
	return bul->exchange == BUL_TRANSIENT &&
	       mh_seq_newer(in->msg.ba.seq, bul->bound);
}

static void refused(struct bul *bul, const struct mh_in *in)
{
	bool overtaken = old_preparation(bul, in);
	uint8_t status = in->msg.ba.status;

	if (status == MH_BA_SEQ) {
		bool taken = mh_seq_newer(in->msg.ba.seq, bul->seq);

		/* §11.7.3: the BA says which number the home agent has. */
		bul->seq_at = 0;
		bul_learn(bul, in->msg.ba.seq);
		if (bul->exchange == BUL_REFRESH || old_claim(bul) ||
		    overtaken) {
			bul->ops->lost(bul, false);
			return;
		}
		if (bul->exchange == BUL_RELEASE && taken) {
			released(bul);
			return;
		}
		if (retry(bul))
			return;
	}
	/* RFC 4285 §6: the home agent says what time it is. */
	if (status == MH_BA_ID_MISMATCH &&
	    mh_has(&in->msg.opts, MH_OPT_MESG_ID)) {
		bul->offset = in->msg.opts.mesg_id - clock_ntp(clock_realtime());
		if (retry(bul))
			return;
	}
	log_err("%s: the home agent refuses: %s (%u); %s", bul->conf->name,
		mh_ba_status_name(status), status, remedy(status));
}

/*
 * The home agent says again which time stamp it answers to; status 135, whose
 * sequence number is another, cannot be told from an old one otherwise.
 */
static bool replayed(const struct bul *bul, const struct mh_in *in)
{
	uint64_t id = in->msg.opts.mesg_id;

	return mh_has(&in->msg.opts, MH_OPT_MESG_ID) &&
	       in->msg.ba.status != MH_BA_ID_MISMATCH &&
	       (id < bul->first_id || id > bul->last_id);
}

/* Is it for a Binding Update of this exchange? */
static bool outstanding(const struct bul *bul, const struct mh_in *in)
{
	uint16_t seq = in->msg.ba.seq;

	if (!bul->exchange || !bul->attempts)
		return false;
	if (in->msg.ba.status == MH_BA_SEQ)
		return true;
	return (uint16_t)(seq - bul->first) <= (uint16_t)(bul->seq - bul->first);
}

/* One that was quicker may have overtaken packets, and is believed bit by bit. */
static void measure(struct bul *bul)
{
	double ms = (bul->ba_at - bul->bu_at) / 1e6;

	if (ms < bul->round_trip_ms * 7 / 8)
		ms = bul->round_trip_ms * 7 / 8;
	bul->round_trip_ms = ms;
}

void bul_acknowledged(struct bul *bul, const struct mh_in *in)
{
	const struct mh_ba *ba = &in->msg.ba;

	if (!IN6_ARE_ADDR_EQUAL(&in->src, &bul->conf->home_agent) ||
	    !outstanding(bul, in)) {
		log_debug("%s: Binding Acknowledgement that nobody waits for",
			  bul->conf->name);
		return;
	}
	if (!mh_authentic(in, &bul->conf->auth, &in->dst, &bul->conf->hoa)) {
		/* Nothing may follow from it, but it may help a person. */
		if (mh_may_log(bul->mh))
			log_warn("%s: Binding Acknowledgement without valid AUTH option ignored: %s (%u); %s",
				 bul->conf->name, mh_ba_status_name(ba->status),
				 ba->status, remedy(MH_BA_AUTH_FAILED));
		return;
	}
	if (replayed(bul, in)) {
		if (mh_may_log(bul->mh))
			log_warn("%s: Binding Acknowledgement of another time ignored; a replay?",
				 bul->conf->name);
		return;
	}
	bul->bas++;
	bul->ba_at = clock_realtime();
	if (bul->attempts == 1)	/* of two, nobody knows which one it answers */
		measure(bul);
	bul->status = ba->status;
	if (ba->status >= 128)
		refused(bul, in);
	else if (!(ba->flags & MH_BA_R) && bul->exchange != BUL_RELEASE)
		bul->ops->lost(bul, true);	/* RFC 3963 §5.3 */
	else if (bul->exchange == BUL_TRANSIENT)
		transient_accepted(bul, in);
	else
		accepted(bul, in);
}
