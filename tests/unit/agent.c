// SPDX-License-Identifier: GPL-2.0
/* The agent's pure parts: clock, judge, revocation, context, timeline. */
#include <string.h>

#include "lib/auth.h"
#include "nemod/clock.h"
#include "nemod/context.h"
#include "nemod/judge.h"
#include "nemod/revoke.h"
#include "nemod/timeline.h"
#include "nemod/verb.h"
#include "../wire/tap.h"

#define TICK	(1ULL << 26)
#define NOW	(1800000000ULL * NS_PER_S)

static void ntp(void)
{
	/* RFC 5905 figure 4: 1970 is 2208988800. */
	CHECK(clock_ntp(0) == 2208988800ULL << 32);
	CHECK(clock_ntp(NS_PER_S / 2) == (2208988800ULL << 32 | 1ULL << 31));
}

static void window(void)
{
	uint64_t now = clock_ntp(NOW);

	CHECK(clock_ntp_near(now, now));
	CHECK(clock_ntp_near(now, clock_ntp(NOW + 7 * NS_PER_S)));
	CHECK(clock_ntp_near(now, clock_ntp(NOW - 7 * NS_PER_S)));
	CHECK(!clock_ntp_near(now, clock_ntp(NOW + 7 * NS_PER_S + 2)));
	CHECK(!clock_ntp_near(now, clock_ntp(NOW - 7 * NS_PER_S - 2)));
	CHECK(!clock_ntp_near(now, 0));
}

static void claims(void)
{
	uint16_t first = clock_seq_claim(NOW, 0, UINT64_MAX);

	/* Another host that knows nothing, a tick later, is newer. */
	CHECK(mh_seq_newer(clock_seq_claim(NOW + TICK, 0, UINT64_MAX), first));
	/* In the same tick, and with a clock that was set back. */
	CHECK(clock_seq_claim(NOW, first, 0) == (uint16_t)(first + 1));
	CHECK(clock_seq_claim(NOW - 100 * TICK, first, 0) ==
	      (uint16_t)(first + 1));
	/* Half a wrap later the last number says nothing. */
	CHECK(clock_seq_claim(NOW, first + 5, 0x7001 * TICK) == first);
	CHECK(clock_seq_claim(NOW, first + 5, 0x7000 * TICK) ==
	      (uint16_t)(first + 6));
}

/* What a host that does not know better sends is older than any claim since. */
static void refreshes(void)
{
	uint16_t a = clock_seq_claim(NOW, 0, UINT64_MAX), b;
	uint64_t acked = NOW + TICK / 2;

	/* Nothing but the count, until the time is beyond the lead. */
	CHECK(clock_seq_refresh(acked, a) == (uint16_t)(a + 1));
	CHECK(clock_seq_refresh(0, a) == (uint16_t)(a + 1));
	a = clock_seq_refresh(NOW + 48 * NS_PER_S, a);
	CHECK(a == (uint16_t)((NOW + 48 * NS_PER_S) / TICK));
	/* Isolated for ten minutes, six times a refresh: no match for B's claim. */
	b = clock_seq_claim(NOW + 49 * NS_PER_S, 0, UINT64_MAX);
	for (int i = 0; i < 6; i++)
		a = clock_seq_refresh(NOW + 48 * NS_PER_S, a);
	CHECK(mh_seq_newer(b, a));
	/* Also where B's clock is two seconds behind. */
	b = clock_seq_claim(NOW + 47 * NS_PER_S, 0, UINT64_MAX);
	CHECK(mh_seq_newer(b, clock_seq_refresh(NOW + 48 * NS_PER_S, a - 6)));
	/* A claim that is repeated later is no newer one. */
	CHECK(clock_seq_claim(NOW, a, 32 * NS_PER_S) == (uint16_t)(a + 1));
	/* Across the wrap. */
	CHECK(clock_seq_refresh(NOW, 0xffff) != 0xffff);
	CHECK(clock_seq_refresh(1, 0xffff) == 0);
}

/* A Binding Update that nothing speaks against. */
struct fixture {
	struct nemo_conf_mr mr;
	struct judge_history history;
	struct mh_msg bu;
	struct mh_in in;
	struct judge_case c;
	uint8_t mh[MH_MAX_LEN];
};

static void set_up(struct fixture *f)
{
	memset(f, 0, sizeof(*f));
	f->mr.hoa.s6_addr[0] = 0x20;
	f->mr.mnps = 1;
	f->mr.mnp[0].addr.s6_addr[0] = 0x20;
	f->mr.mnp[0].addr.s6_addr[7] = 1;
	f->mr.mnp[0].len = 64;
	f->mr.auth.spi = 256;
	f->mr.auth.keylen = 32;
	f->in.src.s6_addr[0] = 0x20;
	f->in.src.s6_addr[15] = 9;
	f->bu.type = MH_BU;
	f->bu.bu = (struct mh_bu){ 100, MH_BU_A | MH_BU_H | MH_BU_R, 15 };
	f->bu.opts.has = MH_BIT(MH_OPT_AUTH) | MH_BIT(MH_OPT_MESG_ID);
	f->bu.opts.mesg_id = clock_ntp(NOW);
	f->bu.opts.auth.spi = 256;
	f->bu.opts.auth.mac.len = NEMO_AUTH_MAC_LEN;
	f->c = (struct judge_case){
		.in = &f->in,
		.mr = &f->mr,
		.history = &f->history,
		.now = clock_ntp(NOW),
		.home = true,
	};
}

/* Through the codec, signed, as from the wire. */
static uint8_t answer(struct fixture *f)
{
	ssize_t len = mh_build(&f->bu, f->mh, sizeof(f->mh));

	CHECK(len > 0);
	f->c.coa = judge_coa(&f->in);
	if (mh_has(&f->bu.opts, MH_OPT_AUTH))
		CHECK(!nemo_auth_sign(f->mr.auth.key, 32, &f->in.src, &f->mr.hoa,
				      f->mh, len));
	f->in.mh = f->mh;
	f->in.len = len;
	CHECK(!mh_parse(f->mh, len, &f->in.msg));
	f->c.coa = judge_coa(&f->in);
	return judge(&f->c);
}

static void accepts(void)
{
	struct fixture f;

	set_up(&f);
	CHECK(answer(&f) == MH_BA_ACCEPTED);
	f.bu.opts.n_mnp = 1;
	f.bu.opts.mnp[0] = (struct mh_prefix){ f.mr.mnp[0].addr, 64 };
	CHECK(answer(&f) == MH_BA_ACCEPTED);
}

static void authentication(void)
{
	struct fixture f;

	set_up(&f);
	f.c.mr = NULL;
	CHECK(answer(&f) == MH_BA_NOT_HOME_AGENT);
	f.c.mr = &f.mr;
	CHECK(answer(&f) == MH_BA_ACCEPTED);
	f.mr.auth.key[0] ^= 1;
	CHECK(judge(&f.c) == MH_BA_AUTH_FAILED);
	f.mr.auth.key[0] ^= 1;
	f.c.coa.s6_addr[15] ^= 1;	/* somebody else's address */
	CHECK(judge(&f.c) == MH_BA_AUTH_FAILED);
	f.mr.auth.spi = 257;
	CHECK(answer(&f) == MH_BA_AUTH_FAILED);
	f.mr.auth.spi = 256;
	f.bu.opts.has = MH_BIT(MH_OPT_MESG_ID);
	CHECK(answer(&f) == MH_BA_AUTH_FAILED);
	f.mr.auth.none = true;
	CHECK(answer(&f) == MH_BA_ACCEPTED);
}

static void replay(void)
{
	struct fixture f;

	set_up(&f);
	f.bu.opts.has = MH_BIT(MH_OPT_AUTH);
	CHECK(answer(&f) == MH_BA_MESG_ID_REQUIRED);
	set_up(&f);
	f.history.mesg_id = f.bu.opts.mesg_id;
	CHECK(answer(&f) == MH_BA_ID_MISMATCH);
	f.history.mesg_id--;
	CHECK(answer(&f) == MH_BA_ACCEPTED);
	f.bu.opts.mesg_id -= 8ULL << 32;
	f.history.mesg_id = 0;
	CHECK(answer(&f) == MH_BA_ID_MISMATCH);
}

static void old_sequence(void)
{
	struct fixture f;

	set_up(&f);
	f.history.has_seq = true;
	f.history.seq = 100;
	CHECK(answer(&f) == MH_BA_SEQ);
	f.history.seq = 99;
	CHECK(answer(&f) == MH_BA_ACCEPTED);
	f.history.seq = 100 + 0x8000;
	CHECK(answer(&f) == MH_BA_SEQ);
	f.history.seq = 101 + 0x8000;
	CHECK(answer(&f) == MH_BA_ACCEPTED);
}

static void refusals(void)
{
	struct fixture f;

	set_up(&f);
	f.bu.bu.flags = MH_BU_A | MH_BU_H;
	CHECK(answer(&f) == MH_BA_PROHIBITED);
	f.bu.bu.flags = MH_BU_A | MH_BU_R;
	CHECK(answer(&f) == MH_BA_PROHIBITED);
	set_up(&f);
	f.mr.mnps = 0;
	CHECK(answer(&f) == MH_BA_MR_NOT_PERMITTED);
	set_up(&f);
	f.c.home = false;
	CHECK(answer(&f) == MH_BA_NOT_HOME_SUBNET);
	set_up(&f);
	f.in.src = f.mr.hoa;
	CHECK(answer(&f) == MH_BA_INVALID_COA);
	f.in.src = (struct in6_addr){ .s6_addr = { 0xfe, 0x80, [15] = 1 } };
	CHECK(answer(&f) == MH_BA_INVALID_COA);
}

static void prefixes(void)
{
	struct fixture f;

	set_up(&f);
	f.bu.opts.n_mnp = 1;
	f.bu.opts.mnp[0] = (struct mh_prefix){ f.mr.mnp[0].addr, 64 };
	f.bu.opts.mnp[0].addr.s6_addr[7] = 2;
	CHECK(answer(&f) == MH_BA_NOT_AUTHORIZED_PREFIX);
	f.bu.opts.mnp[0] = (struct mh_prefix){ f.mr.mnp[0].addr, 80 };
	CHECK(answer(&f) == MH_BA_NOT_AUTHORIZED_PREFIX);
	/* The codec refuses to build it; a received one may be anything. */
	f.bu.opts.mnp[0].len = 64;
	CHECK(answer(&f) == MH_BA_ACCEPTED);
	f.in.msg.opts.mnp[0].len = 129;
	CHECK(judge(&f.c) == MH_BA_INVALID_PREFIX);
	f.in.msg.opts.mnp[0].len = 56;
	CHECK(judge(&f.c) == MH_BA_INVALID_PREFIX);
}

static void alternate_coa(void)
{
	struct fixture f;

	set_up(&f);
	f.in.msg.opts.has = MH_BIT(MH_OPT_ALT_COA);
	f.in.msg.opts.alt_coa.s6_addr[0] = 0x30;
	CHECK(judge_coa(&f.in).s6_addr[0] == 0x30);
	f.in.msg.opts.has = 0;
	CHECK(judge_coa(&f.in).s6_addr[0] == 0x20);
}

static void revocation(void)
{
	struct bul bul = { .seq = 100, .seq_at = 1 };
	struct mh_br bri = { .kind = MH_BR_BRI, .seq = 101 };

	CHECK(revoke_judge(&bul, NEMO_MR_STATE_ACTIVE, &bri) == MH_BRA_SUCCESS);
	CHECK(revoke_judge(&bul, NEMO_MR_STATE_ACTIVATING, &bri) ==
	      MH_BRA_MN_ATTACHED);
	CHECK(revoke_judge(&bul, NEMO_MR_STATE_STANDBY, &bri) ==
	      MH_BRA_NO_BINDING);
	/* Our own Binding Update has overtaken it. */
	bri.seq = 100;
	CHECK(revoke_judge(&bul, NEMO_MR_STATE_ACTIVE, &bri) ==
	      MH_BRA_MN_ATTACHED);
	bri.seq = 99;
	CHECK(revoke_judge(&bul, NEMO_MR_STATE_ACTIVE, &bri) ==
	      MH_BRA_MN_ATTACHED);
	/* Which is the newer one, across 2^16? */
	bul.seq = 2;
	bri.seq = 65530;
	CHECK(revoke_judge(&bul, NEMO_MR_STATE_ACTIVE, &bri) ==
	      MH_BRA_MN_ATTACHED);
	bul.seq = 65530;
	bri.seq = 2;
	CHECK(revoke_judge(&bul, NEMO_MR_STATE_ACTIVE, &bri) == MH_BRA_SUCCESS);
	bul.seq_at = 0;
	CHECK(revoke_judge(&bul, NEMO_MR_STATE_ACTIVE, &bri) ==
	      MH_BRA_NO_BINDING);
}

static void revocation_replayed(void)
{
	struct mh_in bri = { .msg.opts.mesg_id = clock_ntp(NOW) };
	struct bul bul = { .seq = 100 };

	CHECK(!revoke_in_time(&bul, &bri, clock_ntp(NOW)));
	bri.msg.opts.has = MH_BIT(MH_OPT_MESG_ID);
	CHECK(revoke_in_time(&bul, &bri, clock_ntp(NOW)));
	CHECK(revoke_in_time(&bul, &bri, clock_ntp(NOW + 7 * NS_PER_S)));
	CHECK(!revoke_in_time(&bul, &bri, clock_ntp(NOW + 8 * NS_PER_S)));
	/* The home agent's clock is two seconds behind ours. */
	bul.offset = -(2ULL << 32);
	CHECK(revoke_in_time(&bul, &bri, clock_ntp(NOW + 8 * NS_PER_S)));
	bul.revoked_id = bri.msg.opts.mesg_id;
	CHECK(!revoke_in_time(&bul, &bri, clock_ntp(NOW)));
	bri.msg.opts.mesg_id++;
	CHECK(revoke_in_time(&bul, &bri, clock_ntp(NOW)));
}

/* Of a handover: it leaves, or waits for the guest, with or without a binding. */
static void revocation_announced(void)
{
	struct bul bul = { .seq = 100, .seq_at = 1, .granted = 60 };
	struct mh_br bri = { .kind = MH_BR_BRI, .seq = 101 };

	CHECK(revoke_judge(&bul, NEMO_MR_STATE_LEAVING, &bri) == MH_BRA_SUCCESS);
	CHECK(revoke_judge(&bul, NEMO_MR_STATE_PREPARED, &bri) ==
	      MH_BRA_SUCCESS);
	/* Prepared in vain; but not if the Indication is of a time before that. */
	bul.granted = 0;
	CHECK(revoke_judge(&bul, NEMO_MR_STATE_PREPARED, &bri) ==
	      MH_BRA_SUCCESS);
	bri.seq = 100;
	CHECK(revoke_judge(&bul, NEMO_MR_STATE_PREPARED, &bri) ==
	      MH_BRA_MN_ATTACHED);
}

static struct in6_addr address(uint8_t last)
{
	return (struct in6_addr){ .s6_addr = { 0x20, 1, [15] = last } };
}

/* Through the codec, to the list of options that a receiver sees. */
static struct mh_msg through_the_codec(struct context_message *m, uint8_t *mh)
{
	struct mh_msg msg;
	ssize_t len;

	m->msg.type = MH_HI;
	m->msg.opts.has |= MH_BIT(MH_OPT_AUTH) | MH_BIT(MH_OPT_MESG_ID);
	m->msg.opts.auth.mac.len = NEMO_AUTH_MAC_LEN;
	len = mh_build(&m->msg, mh, MH_MAX_LEN);
	CHECK(len > 0 && len + 40 <= 1280);
	CHECK(!mh_parse(mh, len, &msg));
	return msg;
}

static void contexts(void)
{
	struct context c = { address(1), 0xfedc, 15, CONTEXT_TRANSIENT,
			     CONTEXT_SERVED, 0x1234, 0x5678, 0x9abc };
	struct context_neighbour n = { address(2), { 2, 3, 4, 5, 6, 7 } };
	struct context_neighbour n2;
	struct context_message m = { };
	uint8_t mh[MH_MAX_LEN];
	struct context c2;
	struct mh_msg msg;

	CHECK(context_add(&m, &c));
	CHECK(context_add_neighbour(&m, &n));
	msg = through_the_codec(&m, mh);
	CHECK(msg.opts.n_vendor == 2);
	CHECK(context_read(&msg.opts.vendor[0], &c2));
	CHECK(IN6_ARE_ADDR_EQUAL(&c.hoa, &c2.hoa) && c2.seq == 0xfedc &&
	      c2.lifetime == 15 && c2.flags == CONTEXT_TRANSIENT &&
	      c2.status == CONTEXT_SERVED && c2.id == 0x1234 &&
	      c2.alike == 0x5678 && c2.round_trip == 0x9abc);
	CHECK(!context_read(&msg.opts.vendor[1], &c2));
	CHECK(context_read_neighbour(&msg.opts.vendor[1], &n2));
	CHECK(!memcmp(&n, &n2, sizeof(n)));
	CHECK(!context_read_neighbour(&msg.opts.vendor[0], &n2));
	CHECK(context_find(&msg.opts, &c.hoa, &c2));
	CHECK(!context_find(&msg.opts, &n.addr, &c2));
	/* Of an older version, cut, or somebody else's. */
	msg.opts.vendor[0].value.len -= 4;
	CHECK(context_read(&msg.opts.vendor[0], &c2) && !c2.alike && !c2.round_trip);
	msg.opts.vendor[0].value.len--;
	CHECK(!context_read(&msg.opts.vendor[0], &c2));
	msg.opts.vendor[1].id++;
	CHECK(!context_read_neighbour(&msg.opts.vendor[1], &n2));
}

/* A whole list fits the least MTU; one that is longer does not begin. */
static void context_list(void)
{
	struct context_message m = { };
	uint8_t mh[MH_MAX_LEN];
	struct context c = { };

	for (int i = 0; i < CONTEXT_SLOTS; i++) {
		c.hoa = address(i);
		CHECK(context_add(&m, &c));
	}
	CHECK(!context_add(&m, &c));
	CHECK(through_the_codec(&m, mh).opts.n_vendor == CONTEXT_SLOTS);
}

/* What is told of one mobile router alone is compared. */
static void context_of_one(void)
{
	struct nemo_conf_mr mr = { .name = "guest1", .mnps = 2 };
	struct context_message m = { };
	uint8_t mh[MH_MAX_LEN];
	struct mh_msg msg;

	mr.home_agent = address(9);
	mr.mnp[0] = (struct nemo_prefix){ address(0), 64 };
	mr.mnp[1] = (struct nemo_prefix){ address(0), 56 };
	context_describe(&m, &mr);
	msg = through_the_codec(&m, mh);
	CHECK(msg.opts.mn_id.id.len == 6 &&
	      !memcmp(msg.opts.mn_id.id.data, "guest1", 6));
	CHECK(context_agrees(&msg.opts, &mr));
	mr.mnps = 1;
	CHECK(!context_agrees(&msg.opts, &mr));
	mr.mnps = 3;
	mr.mnp[2] = (struct nemo_prefix){ address(0), 60 };
	CHECK(!context_agrees(&msg.opts, &mr));
	mr.mnps = 2;
	mr.mnp[1].len = 48;
	CHECK(!context_agrees(&msg.opts, &mr));
	mr.mnp[1].len = 56;
	mr.home_agent = address(8);
	CHECK(!context_agrees(&msg.opts, &mr));
	/* A list says nothing of it. */
	m = (struct context_message){ };
	msg = through_the_codec(&m, mh);
	CHECK(context_agrees(&msg.opts, &mr));
}

/* ... and of many, by a hash. */
static void context_of_many(void)
{
	struct nemo_conf_mr mr = { .name = "guest1", .mnps = 2 }, other;

	mr.home_agent = address(9);
	mr.mnp[0] = (struct nemo_prefix){ address(0), 64 };
	mr.mnp[1] = (struct nemo_prefix){ address(1), 56 };
	CHECK(context_alike(&mr));
	other = mr;
	strcpy(other.name, "else");
	other.mnp[0] = mr.mnp[1];
	other.mnp[1] = mr.mnp[0];
	CHECK(context_alike(&mr) == context_alike(&other));
	other.mnps = 1;
	CHECK(context_alike(&mr) != context_alike(&other));
	other = mr;
	other.mnp[1].len = 64;
	CHECK(context_alike(&mr) != context_alike(&other));
	other = mr;
	other.home_agent = address(8);
	CHECK(context_alike(&mr) != context_alike(&other));
}

static bool says(const struct timeline *t, const char *what)
{
	struct json_object *json = timeline_json(t);
	bool yes = strstr(json_object_to_json_string_ext(json, 0), what);

	json_object_put(json);
	return yes;
}

static void timelines(void)
{
	struct nemo_mr_info info = { };
	struct timeline t = { };

	CHECK(says(&t, "[]"));
	timeline_step(&t, TIMELINE_BU, 5);	/* of none */
	info.stats[NEMO_MR_A_STATS_HELD] = 100;
	timeline_begin(&t, false, 7, "host2", &info);
	timeline_step(&t, TIMELINE_BA, 30);
	timeline_step(&t, TIMELINE_MARKER, 20);
	timeline_step(&t, TIMELINE_RELEASE, 20);
	timeline_step(&t, TIMELINE_BU, 10);
	timeline_step(&t, TIMELINE_BU, 40);	/* the first time counts */
	CHECK(says(&t, "\"outcome\":\"running\""));
	CHECK(says(&t, "\"steps\":[{\"step\":\"bu\",\"time_ns\":10},"
			"{\"step\":\"marker\",\"time_ns\":20},"
			"{\"step\":\"release\",\"time_ns\":20},"
			"{\"step\":\"ba\",\"time_ns\":30}]"));
	info.stats[NEMO_MR_A_STATS_HELD] = 103;
	timeline_end(&t, TIMELINE_DONE, &info);
	CHECK(says(&t, "\"id\":7,\"role\":\"new\",\"peer\":\"host2\",\"outcome\":\"done\",\"held\":3,"));
	timeline_step(&t, TIMELINE_ABORT, 50);
	CHECK(!says(&t, "abort"));
	for (int i = 0; i < TIMELINE_LENGTH; i++) {
		timeline_begin(&t, true, 100 + i, "", &info);
		timeline_end(&t, TIMELINE_LAPSED, &info);
	}
	CHECK(!says(&t, "\"id\":7") && says(&t, "\"id\":100") &&
	      says(&t, "\"id\":107"));
}

static void count_end(void *arg, const char *error)
{
	const char **to = arg;

	*to = error ? "failed" : "fine";
}

static void verbs(void)
{
	struct verb_wait *a = NULL, *b = NULL;
	const char *end = NULL;
	struct verb *verb = verb_new(count_end, &end);

	verb_wait(verb, &a, "a");
	verb_wait(verb, &b, "b");
	verb_put(verb);
	verb_settle(&a, "a", NULL);
	CHECK(!end && !a);
	verb_settle(&b, "b", NULL);
	CHECK(end && !strcmp(end, "fine"));
	end = NULL;
	verb = verb_new(count_end, &end);
	verb_wait(verb, &a, "a");
	verb_fail(verb, "c", "no such");
	verb_put(verb);
	verb_settle(&a, "a", "no answer");
	CHECK(end && !strcmp(end, "failed"));
}

int main(void)
{
	static const struct tap_test tests[] = {
		{ "NTP time stamps", ntp },
		{ "their window of 7 s", window },
		{ "sequence numbers: claims", claims },
		{ "sequence numbers: refreshes are older than claims", refreshes },
		{ "judge: a good Binding Update", accepts },
		{ "judge: 133 and 146", authentication },
		{ "judge: 144 and 145", replay },
		{ "judge: 135, modulo 2^16", old_sequence },
		{ "judge: 129, 132, 140, 174", refusals },
		{ "judge: 141 and 142", prefixes },
		{ "the care-of address", alternate_coa },
		{ "what a revocation means", revocation },
		{ "what it means in a handover", revocation_announced },
		{ "of another time, or a second time", revocation_replayed },
		{ "contexts", contexts },
		{ "a list of contexts", context_list },
		{ "the context of one mobile router", context_of_one },
		{ "what is told of many is compared by a hash", context_of_many },
		{ "timelines", timelines },
		{ "verbs end once", verbs },
	};

	return tap_run(tests, sizeof(tests) / sizeof(tests[0]));
}
