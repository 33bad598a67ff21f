// SPDX-License-Identifier: GPL-2.0
/* The Binding Update List: what is sent when, and what follows from an answer. */
#include <string.h>

#include "nemod/bul.h"
#include "nemod/clock.h"
#include "../wire/tap.h"

#define S	1000U	/* ms */

/* What the list has done: its last Binding Update, its timers, what it has told. */
static struct {
	unsigned int sent;
	uint16_t seq;
	uint64_t mesg_id;
	unsigned int n_mnp;
	struct mh_prefix mnp[2];
	struct event *timer;
	unsigned int ms;
	unsigned int accepted, lost, unanswered;
} seen;

static struct event_base *base;

/* In place of the socket. */
int mh_send(struct mh_socket *s, struct mh_msg *msg, const struct mh_path *path,
	    const struct nemo_conf_auth *auth)
{
	(void)s;
	(void)path;
	(void)auth;
	CHECK(msg->type == MH_BU);
	CHECK(!seen.sent || mh_seq_newer(msg->bu.seq, seen.seq));
	seen.sent++;
	seen.seq = msg->bu.seq;
	seen.mesg_id = msg->opts.mesg_id;
	seen.n_mnp = msg->opts.n_mnp;
	memcpy(seen.mnp, msg->opts.mnp, sizeof(seen.mnp));
	return 0;
}

bool mh_may_log(struct mh_socket *s)
{
	(void)s;
	return true;
}

bool mh_authentic(const struct mh_in *in, const struct nemo_conf_auth *auth,
		  const struct in6_addr *coa, const struct in6_addr *hoa)
{
	(void)auth;
	(void)coa;
	(void)hoa;
	return mh_has(&in->msg.opts, MH_OPT_AUTH);
}

/* In place of libevent's: nobody waits for the timers of a test. */
int event_add(struct event *ev, const struct timeval *tv)
{
	seen.timer = ev;
	seen.ms = tv->tv_sec * 1000 + tv->tv_usec / 1000;
	return 0;
}

static void on_accepted(struct bul *bul, enum bul_exchange exchange)
{
	(void)bul;
	(void)exchange;
	seen.accepted++;
}

static void on_lost(struct bul *bul, bool not_nemo)
{
	(void)bul;
	(void)not_nemo;
	seen.lost++;
}

static void on_unanswered(struct bul *bul)
{
	(void)bul;
	seen.unanswered++;
}

static uint64_t never(struct bul *bul)
{
	(void)bul;
	return 0;
}

static const struct bul_ops ops = {
	.accepted = on_accepted,
	.lost = on_lost,
	.unanswered = on_unanswered,
	.seen = never,
};

/* 2001:db8:100:1::/64 and 2001:db8:100:200::/56 */
static struct nemo_conf_mr conf = {
	.name = "guest1",
	.lifetime = 60,
	.mnps = 2,
	.mnp = {
		{ { .s6_addr = { 0x20, 1, 0xd, 0xb8, 1, 0, 0, 1 } }, 64 },
		{ { .s6_addr = { 0x20, 1, 0xd, 0xb8, 1, 0, 2 } }, 56 },
	},
};

/* A host that has begun an exchange. */
static void set_up(struct bul *bul, enum bul_exchange exchange)
{
	memset(&seen, 0, sizeof(seen));
	CHECK(!bul_init(bul, &ops, NULL, &conf, base));
	bul->coa.s6_addr[0] = 0x20;
	bul->claim = clock_realtime();
	bul_start(bul, exchange);
	CHECK(seen.sent == 1);
}

/* The timer that was set last has ended. */
static void pass(void)
{
	event_active(seen.timer, EV_TIMEOUT, 1);
	event_base_loop(base, EVLOOP_NONBLOCK);
}

static struct mh_in answer_of(uint8_t status, uint16_t seq)
{
	return (struct mh_in){
		.msg = {
			.type = MH_BA,
			.ba = { .status = status, .flags = MH_BA_R, .seq = seq },
			.opts = {
				.has = MH_BIT(MH_OPT_AUTH) | MH_BIT(MH_OPT_MESG_ID),
				.mesg_id = seen.mesg_id,
			},
		},
	};
}

static void answer(struct bul *bul, uint8_t status, uint16_t seq)
{
	struct mh_in in = answer_of(status, seq);

	bul_acknowledged(bul, &in);
}

/* Nobody answers: RFC 6275 §11.8. */
static void back_off(enum bul_exchange exchange, const unsigned int *ms,
		     unsigned int n)
{
	struct bul bul;

	set_up(&bul, exchange);
	for (unsigned int i = 0; i < n; i++) {
		CHECK(seen.timer == bul.retransmit && seen.ms == ms[i]);
		CHECK(seen.sent == i + 1);
		pass();
	}
	CHECK(seen.sent == n + 1);
	bul_free(&bul);
}

static void back_offs(void)
{
	static const unsigned int first[] = {
		1500, 3 * S, 6 * S, 12 * S, 24 * S, 32 * S, 32 * S, 32 * S,
	};
	static const unsigned int later[] = {
		1 * S, 2 * S, 4 * S, 8 * S, 16 * S, 32 * S, 32 * S, 32 * S,
	};

	back_off(BUL_REGISTER, first, 8);
	back_off(BUL_REFRESH, later, 8);
	back_off(BUL_TRANSIENT, later, 8);
	back_off(BUL_RELEASE, later, 3);
}

/* Nor does anybody for ever wait for a release. */
static void release_unanswered(void)
{
	struct bul bul;

	set_up(&bul, BUL_RELEASE);
	for (int i = 0; i < 4; i++)
		pass();
	CHECK(seen.sent == 4 && seen.unanswered == 1);
	bul_free(&bul);
}

static void refresh_too_old(void)
{
	struct bul bul;

	set_up(&bul, BUL_REFRESH);
	answer(&bul, MH_BA_SEQ, seen.seq + 100);
	CHECK(seen.lost == 1 && seen.sent == 1);
	bul_free(&bul);
}

/* With the number that the home agent tells, once. */
static void registration_too_old(void)
{
	struct bul bul;

	set_up(&bul, BUL_REGISTER);
	answer(&bul, MH_BA_SEQ, seen.seq + 100);
	CHECK(seen.sent == 2 && !seen.lost);
	answer(&bul, MH_BA_SEQ, seen.seq + 100);
	CHECK(seen.sent == 2 && !seen.lost);
	bul_free(&bul);
}

/* Another host has registered since: there is nothing left to release. */
static void release_too_late(void)
{
	struct bul bul;

	set_up(&bul, BUL_RELEASE);
	answer(&bul, MH_BA_SEQ, seen.seq + 100);
	CHECK(seen.sent == 1 && seen.accepted == 1 && !bul.exchange);
	bul_free(&bul);
	/* It has our number: ours still, and the next one releases it. */
	set_up(&bul, BUL_RELEASE);
	answer(&bul, MH_BA_SEQ, seen.seq);
	CHECK(seen.sent == 2 && !seen.accepted);
	answer(&bul, MH_BA_ACCEPTED, seen.seq);
	CHECK(seen.accepted == 1 && !bul.exchange);
	bul_free(&bul);
}

/*
 * What was prepared may be overtaken by a registration elsewhere: then it is not made
 * newer. A number that is merely too old, for the binding that was announced, is.
 */
static void transient_too_old(void)
{
	struct bul bul;

	set_up(&bul, BUL_TRANSIENT);
	bul.bound = seen.seq;
	answer(&bul, MH_BA_SEQ, seen.seq + 100);
	CHECK(seen.sent == 1 && seen.lost == 1);
	bul_free(&bul);
	set_up(&bul, BUL_TRANSIENT);
	bul.bound = seen.seq + 5;
	answer(&bul, MH_BA_SEQ, seen.seq + 5);
	CHECK(seen.sent == 2 && !seen.lost);
	bul_free(&bul);
}

/* Repeated long after the announcement, it is as old as that. */
static void transient_number(void)
{
	struct bul bul;

	set_up(&bul, BUL_TRANSIENT);
	answer(&bul, MH_BA_ACCEPTED, seen.seq);
	bul.claim -= 60 * NS_PER_S;
	bul.seq -= 2000;
	seen.seq = bul.seq;
	bul_start(&bul, BUL_TRANSIENT);
	CHECK(seen.seq == clock_seq_claim(bul.claim, 0, UINT64_MAX));
	bul_free(&bul);
}

/* Without an AUTH option, of another time, to none that was sent. */
static void answers_that_are_none(void)
{
	struct bul bul;
	struct mh_in in = { .msg = { .type = MH_BA, .ba.flags = MH_BA_R } };

	set_up(&bul, BUL_REFRESH);
	in.msg.ba.seq = seen.seq;
	bul_acknowledged(&bul, &in);
	seen.mesg_id--;
	answer(&bul, MH_BA_ACCEPTED, seen.seq);
	seen.mesg_id++;
	answer(&bul, MH_BA_ACCEPTED, seen.seq + 1);
	answer(&bul, MH_BA_ACCEPTED, seen.seq - 1);
	CHECK(!seen.accepted && bul.exchange == BUL_REFRESH);
	answer(&bul, MH_BA_ACCEPTED, seen.seq);
	CHECK(seen.accepted == 1);
	bul_free(&bul);
}

/* RFC 3963 §5.2: all of the prefixes, or none and the home agent knows them. */
static void prefixes(void)
{
	struct bul bul;

	set_up(&bul, BUL_REGISTER);
	CHECK(!seen.n_mnp);
	bul_free(&bul);
	conf.explicit_mode = true;
	set_up(&bul, BUL_REGISTER);
	CHECK(seen.n_mnp == conf.mnps);
	for (unsigned int i = 0; i < seen.n_mnp; i++)
		CHECK(seen.mnp[i].len == conf.mnp[i].len &&
		      !memcmp(&seen.mnp[i].addr, &conf.mnp[i].addr,
			      sizeof(conf.mnp[i].addr)));
	bul_free(&bul);
	conf.explicit_mode = false;
}

/* A binding of @lifetime s, with an advice (0xffff: none); @ms until its refresh. */
static void granted(uint32_t lifetime, uint16_t advice, unsigned int ms)
{
	struct bul bul;
	struct mh_in in;

	set_up(&bul, BUL_REGISTER);
	in = answer_of(MH_BA_ACCEPTED, seen.seq);
	in.msg.ba.lifetime = lifetime / 4;
	if (advice != 0xffff)
		in.msg.opts.has |= MH_BIT(MH_OPT_REFRESH_ADVICE);
	in.msg.opts.refresh_advice = advice;
	bul_acknowledged(&bul, &in);
	CHECK(bul.granted == lifetime);
	CHECK(seen.timer == bul.refresh && seen.ms == ms);
	pass();
	CHECK(seen.sent == 2 && bul.exchange == BUL_REFRESH);
	bul_free(&bul);
}

/* What was granted counts, not what was asked for; §6.2.4: an advice is less than that. */
static void refreshes(void)
{
	granted(60, 0xffff, 48 * S);
	granted(20, 0xffff, 16 * S);
	granted(60, 5, 20 * S);
	granted(60, 14, 56 * S);
	granted(60, 15, 48 * S);
	granted(60, 1000, 48 * S);
	granted(60, 0, 48 * S);
}

/* What follows from an answer that took this long, in ms. */
static double measured(struct bul *bul, unsigned int ms)
{
	bul_start(bul, BUL_REFRESH);
	bul->bu_at = clock_realtime() - ms * 1000000ULL;
	answer(bul, 0, seen.seq);
	return bul->round_trip_ms;
}

static void round_trips(void)
{
	struct bul bul;
	double ms;

	set_up(&bul, BUL_REGISTER);
	CHECK(measured(&bul, 1000) >= 1000);
	ms = measured(&bul, 2000);
	CHECK(ms >= 2000);
	CHECK(measured(&bul, 0) == ms * 7 / 8);
	ms = bul.round_trip_ms;
	bul_start(&bul, BUL_REFRESH);
	pass();		/* and is sent again */
	bul.bu_at = clock_realtime() - 9000000000ULL;
	answer(&bul, 0, seen.seq);
	CHECK(bul.round_trip_ms == ms);
	bul_free(&bul);
}

int main(void)
{
	static const struct tap_test tests[] = {
		{ "retransmission: doubled up to 32 s", back_offs },
		{ "a release is sent four times", release_unanswered },
		{ "135 to a refresh: lost", refresh_too_old },
		{ "135 to a registration: once more", registration_too_old },
		{ "135 to a release: of whose binding?", release_too_late },
		{ "135 to a transient binding: of whose?", transient_too_old },
		{ "a transient binding is as old as its announcement", transient_number },
		{ "answers that are none", answers_that_are_none },
		{ "explicit mode names the prefixes, implicit mode none", prefixes },
		{ "the round trip: longer at once, shorter by and by", round_trips },
		{ "refreshed in time; Binding Refresh Advice", refreshes },
	};

	base = event_base_new();
	return tap_run(tests, sizeof(tests) / sizeof(tests[0]));
}
