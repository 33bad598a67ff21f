// SPDX-License-Identifier: GPL-2.0
/* Unit tests of the codec, without any other implementation. */
#include <errno.h>
#include <netinet/ip6.h>
#include <stdlib.h>
#include <string.h>

#include "message.h"
#include "tap.h"

static const uint8_t known_types[] = {
	MH_BRR, MH_BU, MH_BA, MH_BE, MH_HI, MH_HACK, MH_BR,
};

#define N_TYPES	(sizeof(known_types) / sizeof(known_types[0]))

/* Parse a copy that ends where the heap block ends: ASan sees an over-read. */
static int parse_exactly(const uint8_t *mh, size_t len, enum mh_error *error,
			 struct mh_msg *out)
{
	uint8_t *copy = malloc(len ? len : 1);
	struct mh_msg msg;
	int ret;

	memcpy(copy, mh, len);
	ret = mh_parse(copy, len, &msg);
	if (error)
		*error = msg.error;
	if (out)
		*out = msg;
	free(copy);
	return ret;
}

static enum mh_error error_of(const uint8_t *mh, size_t len)
{
	enum mh_error error;

	parse_exactly(mh, len, &error, NULL);
	return error;
}

/* A BRR with these octets as its options; they end at a multiple of 8. */
#define BRR(...)	{ 59, (sizeof((uint8_t[]){ __VA_ARGS__ }) / 8), 0, 0, \
			  0, 0, 0, 0, __VA_ARGS__ }

static void build_and_compare(const struct mh_msg *msg, const uint8_t *want,
			      size_t len)
{
	struct mh_msg back;
	uint8_t buf[MH_MAX_LEN];

	CHECK(mh_build(msg, buf, sizeof(buf)) == (ssize_t)len);
	CHECK(!memcmp(buf, want, len));
	CHECK(!mh_parse(want, len, &back));
	CHECK(same_message(msg, &back));
}

#define VECTOR(msg, ...) do {						\
	static const uint8_t want[] = { __VA_ARGS__ };			\
	build_and_compare(&(msg), want, sizeof(want));			\
} while (0)

static void test_message_vectors(void)
{
	struct mh_msg m;

	m = bare(MH_BRR);
	VECTOR(m, 59, 0, 0, 0, 0, 0, 0, 0);
	m = bare(MH_BU);
	VECTOR(m, 59, 1, 5, 0, 0, 0, 0x12, 0x34, 0xc4, 0x00, 0x01, 0x02,
	       1, 2, 0, 0);
	m = bare(MH_BA);
	VECTOR(m, 59, 1, 6, 0, 0, 0, 135, 0x40, 0x12, 0x34, 0x01, 0x02,
	       1, 2, 0, 0);
	m = bare(MH_BE);
	VECTOR(m, 59, 2, 7, 0, 0, 0, 2, 0, 0x20, 0x01, 0x0d, 0xb8, 0, 4, 0, 0,
	       0, 0, 0, 0, 0, 0, 0, 1);
	m = bare(MH_HI);
	VECTOR(m, 59, 1, 14, 0, 0, 0, 0x12, 0x34, 0x30, 3, 1, 4, 0, 0, 0, 0);
	m = bare(MH_HACK);
	VECTOR(m, 59, 1, 15, 0, 0, 0, 0x12, 0x34, 0x60, 5, 1, 4, 0, 0, 0, 0);
	m = bare(MH_BR);
	VECTOR(m, 59, 1, 16, 0, 0, 0, 1, 2, 0x12, 0x34, 0x20, 0x00, 1, 2, 0, 0);
	m.br = (struct mh_br){ MH_BR_BRA, MH_BRA_NO_BINDING, 0x1234, 0 };
	VECTOR(m, 59, 1, 16, 0, 0, 0, 2, 128, 0x12, 0x34, 0, 0, 1, 2, 0, 0);
}

/* In a BU the options start at offset 12: 4 before a multiple of 8. */
static void test_option_vectors(void)
{
	struct mh_msg m = bare(MH_BU);
	const struct mh_msg clean = m;

#define BU_HEAD(units)	59, units, 5, 0, 0, 0, 0x12, 0x34, 0xc4, 0x00, 0x01, 0x02
#define DB8(x)		0x20, 0x01, 0x0d, 0xb8, 0, x, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
	m.opts.has = MH_BIT(MH_OPT_REFRESH_ADVICE);
	m.opts.refresh_advice = 0x0304;
	VECTOR(m, BU_HEAD(1), 2, 2, 3, 4);
	m = clean;
	m.opts.has = MH_BIT(MH_OPT_ALT_COA);
	m.opts.alt_coa = addr("2001:db8:7::");
	VECTOR(m, BU_HEAD(3), 1, 0, 3, 16, DB8(7));
	m = clean;
	m.opts.n_mnp = 1;
	m.opts.mnp[0] = (struct mh_prefix){ addr("2001:db8:7::"), 48 };
	VECTOR(m, BU_HEAD(3), 6, 18, 0, 48, DB8(7));
	m = clean;
	m.opts.n_hnp = 1;
	m.opts.hnp[0] = (struct mh_prefix){ addr("2001:db8:7::"), 48 };
	VECTOR(m, BU_HEAD(3), 22, 18, 0, 48, DB8(7));
	m = clean;
	m.opts.has = MH_BIT(MH_OPT_MN_ID);
	m.opts.mn_id = (struct mh_mn_id){ 1, { (const uint8_t *)"a@b", 3 } };
	VECTOR(m, BU_HEAD(2), 8, 4, 1, 'a', '@', 'b', 1, 4, 0, 0, 0, 0);
	m = clean;
	m.opts.has = MH_BIT(MH_OPT_MESG_ID);
	m.opts.mesg_id = 0x0102030405060708;
	VECTOR(m, BU_HEAD(3), 1, 4, 0, 0, 0, 0, 10, 8, 1, 2, 3, 4, 5, 6, 7, 8,
	       1, 2, 0, 0);
	m = clean;
	m.opts.has = MH_BIT(MH_OPT_TIMESTAMP);
	m.opts.timestamp = 0x0102030405060708;
	VECTOR(m, BU_HEAD(3), 1, 4, 0, 0, 0, 0, 27, 8, 1, 2, 3, 4, 5, 6, 7, 8,
	       1, 2, 0, 0);
	m = clean;
	m.opts.n_vendor = 1;
	m.opts.vendor[0] = (struct mh_vendor){
		0x01020304, 9, { (const uint8_t *)"x", 1 },
	};
	VECTOR(m, BU_HEAD(2), 1, 0, 19, 6, 1, 2, 3, 4, 9, 'x', 1, 0);
	m = clean;
	m.opts.has = MH_BIT(MH_OPT_LINK_LOCAL);
	m.opts.link_local = addr("2001:db8:7::");
	VECTOR(m, BU_HEAD(3), 1, 0, 26, 16, DB8(7));
	m = clean;
	m.opts.n_bid = 1;
	m.opts.bid[0] = (struct mh_bid){ 0x0102, 3, MH_BID_H, true,
					 addr("2001:db8:7::") };
	VECTOR(m, BU_HEAD(4), 1, 4, 0, 0, 0, 0, 35, 20, 1, 2, 3, 0x80, DB8(7));
	m.opts.bid[0].coa = addr("::ffff:192.0.2.1");
	VECTOR(m, BU_HEAD(3), 1, 4, 0, 0, 0, 0, 35, 8, 1, 2, 3, 0x80,
	       192, 0, 2, 1, 1, 2, 0, 0);
	m = clean;
	m.opts.n_ctx_req = 1;
	m.opts.ctx_req[0] = (struct mh_ctx_req){ 41, { NULL, 0 } };
	VECTOR(m, BU_HEAD(2), 40, 4, 0, 0, 41, 0, 1, 4, 0, 0, 0, 0);
	m = clean;
	m.opts.has = MH_BIT(MH_OPT_LMA);
	m.opts.lma = addr("2001:db8:7::");
	VECTOR(m, BU_HEAD(3), 41, 18, 1, 0, DB8(7));
	m.opts.lma = addr("::ffff:192.0.2.1");
	VECTOR(m, BU_HEAD(2), 41, 6, 2, 0, 192, 0, 2, 1, 1, 2, 0, 0);
	m = clean;
	m.opts.has = MH_BIT(MH_OPT_MN_LLA_IID);
	memcpy(m.opts.mn_lla_iid, "\1\2\3\4\5\6\7\10", 8);
	VECTOR(m, BU_HEAD(2), 42, 10, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8);
	m = clean;
	m.opts.has = MH_BIT(MH_OPT_TRANSIENT);
	m.opts.transient = (struct mh_transient){ true, 30 };
	VECTOR(m, BU_HEAD(1), 43, 2, 1, 30);
	m = clean;
	m.opts.has = MH_BIT(MH_OPT_AUTH);
	m.opts.auth = (struct mh_auth){
		3, { (const uint8_t *)"0123456789ab", 12 },
	};
	VECTOR(m, BU_HEAD(3), 0, 9, 17, 1, 0, 0, 0, 3,
	       '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b');
	m.opts.auth = (struct mh_auth){
		256, { (const uint8_t *)"0123456789abcdef", 16 },
	};
	VECTOR(m, BU_HEAD(4), 1, 3, 0, 0, 0, 9, 21, 1, 0, 0, 1, 0,
	       '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b',
	       'c', 'd', 'e', 'f');
}

static void test_round_trip_all(void)
{
	for (size_t i = 0; i < N_TYPES; i++) {
		struct mh_msg msg = bare(known_types[i]), back;
		uint8_t buf[MH_MAX_LEN];
		ssize_t len;

		add_options(&msg);
		len = mh_build(&msg, buf, sizeof(buf));
		CHECK(len > 0 && len % 8 == 0);
		CHECK(!mh_parse(buf, len, &back));
		CHECK(back.len == len && back.error == MH_OK);
		CHECK(same_message(&msg, &back));
		/* Octets behind the header's length do not count. */
		CHECK(!mh_parse(buf, sizeof(buf), &back) && back.len == len);
	}
}

/* x and y of "x * n + y" by option type, as the RFCs print them. */
static const uint8_t alignment[64][2] = {
	[2] = { 2, 0 }, [3] = { 8, 6 }, [6] = { 8, 4 }, [9] = { 4, 1 },
	[10] = { 8, 2 }, [19] = { 4, 2 }, [22] = { 8, 4 }, [26] = { 8, 6 },
	[27] = { 8, 2 }, [35] = { 8, 2 }, [40] = { 4, 0 }, [41] = { 8, 4 },
	[42] = { 8, 4 }, [43] = { 2, 0 },
};

static void walk(const uint8_t *mh, size_t off, size_t len)
{
	uint8_t last = 0;

	while (off < len) {
		uint8_t type = mh[off], optlen = type ? mh[off + 1] : 0;
		const uint8_t *xy = alignment[type & 63];

		last = type;
		if (xy[0])
			CHECK(off % xy[0] == xy[1]);
		for (int i = 0; type == MH_OPT_PADN && i < optlen; i++)
			CHECK(!mh[off + 2 + i]);
		off += type ? 2 + optlen : 1;
	}
	CHECK(off == len);
	CHECK(last == MH_OPT_AUTH);
}

static void test_alignment(void)
{
	static const uint8_t fixed[] = { 8, 12, 12, 24, 10, 10, 12 };

	for (size_t i = 0; i < N_TYPES; i++)
		for (int id_len = 1; id_len <= 15; id_len++) {
			struct mh_msg msg = bare(known_types[i]);
			uint8_t buf[MH_MAX_LEN];
			ssize_t len;

			add_options(&msg);
			msg.opts.mn_id.id.len = id_len;
			len = mh_build(&msg, buf, sizeof(buf));
			CHECK(len > 0);
			walk(buf, fixed[i], len);
		}
}

static void test_truncated(void)
{
	for (size_t i = 0; i < N_TYPES; i++) {
		struct mh_msg msg = bare(known_types[i]);
		uint8_t buf[MH_MAX_LEN];
		ssize_t len;

		add_options(&msg);
		len = mh_build(&msg, buf, sizeof(buf));
		for (ssize_t cut = 0; cut < len; cut++)
			CHECK(parse_exactly(buf, cut, NULL, NULL) == -EBADMSG);
		/* The header's length cut, too: only what is there is read. */
		for (ssize_t cut = 8; cut < len; cut += 8) {
			int ret;

			buf[1] = cut / 8 - 1;
			ret = parse_exactly(buf, cut, NULL, NULL);
			CHECK(!ret || ret == -EBADMSG);
		}
	}
}

static void test_header_rules(void)
{
	uint8_t bu[] = { 59, 1, 5, 0, 0, 0, 0, 1, 0xc4, 0, 0, 15, 1, 2, 0, 0 };
	struct mh_msg msg;

	CHECK(!mh_parse(bu, sizeof(bu), &msg));
	bu[0] = 58;
	CHECK(mh_parse(bu, sizeof(bu), &msg) == -EBADMSG);
	CHECK(msg.error == MH_ERR_PROTO && msg.error_off == 0);
	bu[0] = 59;
	bu[1] = 2;
	CHECK(mh_parse(bu, sizeof(bu), &msg) == -EBADMSG);
	CHECK(msg.error == MH_ERR_LENGTH && msg.error_off == 1);
	bu[1] = 0;
	CHECK(mh_parse(bu, sizeof(bu), &msg) == -EBADMSG);
	CHECK(msg.error == MH_ERR_SHORT && msg.error_off == 1);
	bu[1] = 1;
	bu[2] = MH_BR;
	bu[6] = 3;
	CHECK(mh_parse(bu, sizeof(bu), &msg) == -EBADMSG);
	CHECK(msg.error == MH_ERR_BR_KIND && msg.error_off == 6);
}

static void test_unknown_types(void)
{
	uint8_t mh[24] = { 59, 2 };

	for (int type = 0; type < 256; type++) {
		bool known = memchr(known_types, type, N_TYPES);
		struct mh_msg msg;
		int ret;

		mh[2] = type;
		mh[6] = MH_BR_BRI;
		ret = mh_parse(mh, sizeof(mh), &msg);
		CHECK(ret == (known ? 0 : -EPROTONOSUPPORT));
		CHECK(msg.type == type);
		CHECK(known || (msg.error == MH_ERR_TYPE && msg.error_off == 2));
		msg = (struct mh_msg){ .type = type };
		msg.br.kind = MH_BR_BRI;
		CHECK((mh_build(&msg, mh, sizeof(mh)) < 0) == !known);
		memset(mh + 3, 0, sizeof(mh) - 3);
		mh[0] = 59;
		mh[1] = 2;
	}
}

static void test_padding(void)
{
	static const uint8_t pad1[] = BRR(0, 0, 0, 0, 0, 0, 0, 0);
	static const uint8_t padn[] = BRR(1, 6, 1, 2, 3, 4, 5, 6);
	static const uint8_t empty[] = BRR(1, 0, 1, 0, 1, 0, 0, 0);
	static const uint8_t lone[] = BRR(1, 5, 0, 0, 0, 0, 0, 1);
	static const uint8_t beyond[] = BRR(1, 7, 0, 0, 0, 0, 0, 0);
	struct mh_msg msg;

	CHECK(!error_of(pad1, sizeof(pad1)));
	CHECK(!error_of(padn, sizeof(padn)));
	CHECK(!error_of(empty, sizeof(empty)));
	CHECK(error_of(lone, sizeof(lone)) == MH_ERR_OPT_SHORT);
	CHECK(error_of(beyond, sizeof(beyond)) == MH_ERR_OPT_BEYOND);
	mh_parse(lone, sizeof(lone), &msg);
	CHECK(msg.error_off == 15);
}

/* Whatever length an option claims, in whatever place: no over-read. */
static void test_length_lies(void)
{
	struct mh_msg msg = bare(MH_BRR);
	uint8_t buf[MH_MAX_LEN];
	ssize_t len;

	add_options(&msg);
	len = mh_build(&msg, buf, sizeof(buf));
	for (ssize_t off = 8; off < len; off += buf[off] ? 2 + buf[off + 1] : 1) {
		uint8_t truth = buf[off + 1];

		if (!buf[off])
			continue;
		for (int lie = 0; lie < 256; lie++) {
			enum mh_error error;
			int ret;

			buf[off + 1] = lie;
			ret = parse_exactly(buf, len, &error, NULL);
			CHECK((ret == 0) == (error == MH_OK));
			if (off + 2 + lie > len)
				CHECK(error == MH_ERR_OPT_BEYOND);
		}
		buf[off + 1] = truth;
	}
	CHECK(!parse_exactly(buf, len, NULL, NULL));
}

static void test_option_lengths(void)
{
	/* type, lengths that are right (-1: and all from there on) */
	static const int rules[][4] = {
		{ 2, 2 }, { 3, 16 }, { 6, 18 }, { 8, 2, -1 }, { 10, 8 },
		{ 19, 5, -1 }, { 22, 18 }, { 26, 16 }, { 27, 8 },
		{ 35, 4, 8, 20 }, { 42, 10 }, { 43, 2 }, { 9, 6, -1 },
	};

	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		for (int len = 0; len <= 60; len++) {
			uint8_t mh[72] = { 59, 8, 0, [8] = rules[i][0], len, 1 };
			const int *r = rules[i] + 1;
			bool right = len == r[0] || (len && len == r[1]) ||
				     (len && len == r[2]) ||
				     (r[1] == -1 && len > r[0]);
			enum mh_error error;

			if (rules[i][0] == 9 && !len)
				right = false;
			error = error_of(mh, sizeof(mh));
			CHECK(error == (right ? MH_OK : MH_ERR_OPT_LEN));
		}
}

static void test_option_values(void)
{
	static const uint8_t lma0[] = BRR(41, 6, 0, 0, 1, 2, 3, 4);
	static const uint8_t lma3[] = BRR(41, 6, 3, 0, 1, 2, 3, 4);
	static const uint8_t lma1[] = BRR(41, 6, 1, 0, 1, 2, 3, 4);
	static const uint8_t req[] = BRR(40, 6, 0, 0, 6, 3, 1, 2);
	static const uint8_t req1[] = BRR(40, 5, 0, 0, 6, 0, 6, 0);
	static const uint8_t req_ok[] = BRR(40, 6, 0, 0, 6, 0, 41, 0);
	struct mh_msg msg;

	CHECK(error_of(lma0, sizeof(lma0)) == MH_ERR_OPT_VALUE);
	CHECK(error_of(lma3, sizeof(lma3)) == MH_ERR_OPT_VALUE);
	CHECK(error_of(lma1, sizeof(lma1)) == MH_ERR_OPT_LEN);
	CHECK(error_of(req, sizeof(req)) == MH_ERR_OPT_VALUE);
	CHECK(error_of(req1, sizeof(req1)) == MH_ERR_OPT_VALUE);
	CHECK(!mh_parse(req_ok, sizeof(req_ok), &msg));
	CHECK(msg.opts.n_ctx_req == 2 && msg.opts.ctx_req[1].type == 41);
}

static void test_unknown_options(void)
{
	/* Nonce Indices, then a known one, then 255 */
	static const uint8_t mh[] = BRR(4, 4, 0, 1, 0, 2, 2, 2, 0, 9, 255, 1, 7,
					1, 1, 0);
	uint8_t many[8 + 24] = { 59, 3 };
	struct mh_msg msg;

	CHECK(!mh_parse(mh, sizeof(mh), &msg));
	CHECK(msg.opts.n_unknown == 2);
	CHECK(msg.opts.unknown[0].off == 8 && msg.opts.unknown[0].type == 4 &&
	      msg.opts.unknown[0].len == 4);
	CHECK(msg.opts.unknown[1].off == 18 && msg.opts.unknown[1].type == 255 &&
	      msg.opts.unknown[1].len == 1);
	CHECK(msg.opts.refresh_advice == 9);

	for (int off = 8; off < 32; off += 2)
		many[off] = 200;
	CHECK(!mh_parse(many, sizeof(many), &msg));
	CHECK(msg.opts.n_unknown == 12);
	CHECK(msg.opts.unknown[MH_MAX_UNKNOWN - 1].off == 8 + 2 * 7);
}

static void test_repeated(void)
{
	static const uint8_t twice[] = BRR(2, 2, 0, 1, 2, 2, 0, 2);
	static const uint8_t req[] = BRR(40, 4, 0, 0, 6, 0, 1, 0,
					 40, 4, 0, 0, 6, 0, 1, 0);
	struct mh_msg msg;

	CHECK(mh_parse(twice, sizeof(twice), &msg) == -EBADMSG);
	CHECK(msg.error == MH_ERR_OPT_REPEATED && msg.error_off == 12);
	CHECK(error_of(req, sizeof(req)) == MH_ERR_OPT_REPEATED);
}

/* @n options of @type and @len octets, each padded to @step. */
static int parse_many(int n, uint8_t type, uint8_t len, int step)
{
	uint8_t mh[MH_MAX_LEN] = { 59 };
	struct mh_msg msg;
	int off = 8, ret;

	for (int i = 0; i < n; i++, off += step) {
		mh[off] = type;
		mh[off + 1] = len;
	}
	off = (off + 7) & ~7;
	mh[1] = off / 8 - 1;
	ret = mh_parse(mh, off, &msg);
	CHECK(ret != -E2BIG || msg.error == MH_ERR_TOO_MANY);
	return ret;
}

static void test_too_many(void)
{
	CHECK(parse_many(MH_MAX_MNP, MH_OPT_MNP, 18, 20) == 0);
	CHECK(parse_many(MH_MAX_MNP + 1, MH_OPT_MNP, 18, 20) == -E2BIG);
	CHECK(parse_many(MH_MAX_HNP, MH_OPT_HNP, 18, 20) == 0);
	CHECK(parse_many(MH_MAX_HNP + 1, MH_OPT_HNP, 18, 20) == -E2BIG);
	CHECK(parse_many(MH_MAX_BID, MH_OPT_BID, 4, 6) == 0);
	CHECK(parse_many(MH_MAX_BID + 1, MH_OPT_BID, 4, 6) == -E2BIG);
	CHECK(parse_many(MH_MAX_VENDOR, MH_OPT_VENDOR, 5, 7) == 0);
	CHECK(parse_many(MH_MAX_VENDOR + 1, MH_OPT_VENDOR, 5, 7) == -E2BIG);
	CHECK(parse_many(1, MH_OPT_CTX_REQ, 2 + 2 * MH_MAX_CTX_REQ, 40) == 0);
	CHECK(parse_many(1, MH_OPT_CTX_REQ, 4 + 2 * MH_MAX_CTX_REQ, 40) == -E2BIG);
}

static void test_after_auth(void)
{
	static const uint8_t pad[] = BRR(0, 9, 6, 1, 0, 0, 1, 0, 9, 1, 1, 0,
					 0, 0, 0, 0);
	static const uint8_t known[] = BRR(0, 9, 6, 1, 0, 0, 1, 0, 9, 0, 2, 2,
					   0, 0, 0, 0);
	static const uint8_t unknown[] = BRR(0, 9, 6, 1, 0, 0, 1, 0, 9, 0, 200,
					     0, 0, 0, 0, 0);
	static const uint8_t aaa[] = BRR(0, 9, 6, 1, 0, 0, 1, 0, 7,
					 9, 6, 2, 0, 0, 0, 3, 9,
					 0, 0, 0, 0, 0, 0, 0);
	static const uint8_t second[] = BRR(0, 9, 6, 1, 0, 0, 1, 0, 7,
					    9, 6, 1, 0, 0, 0, 3, 9,
					    0, 0, 0, 0, 0, 0, 0);
	struct mh_msg msg;

	CHECK(!error_of(pad, sizeof(pad)));
	CHECK(error_of(known, sizeof(known)) == MH_ERR_AFTER_AUTH);
	CHECK(error_of(unknown, sizeof(unknown)) == MH_ERR_AFTER_AUTH);
	CHECK(error_of(second, sizeof(second)) == MH_ERR_OPT_REPEATED);
	CHECK(!mh_parse(aaa, sizeof(aaa), &msg));
	CHECK(msg.opts.auth.spi == 256 && msg.opts.n_unknown == 1);
}

static void test_build_limits(void)
{
	static const uint8_t long_value[250];
	struct mh_msg msg = bare(MH_BU);
	uint8_t buf[MH_MAX_LEN + 8];
	ssize_t len;

	add_options(&msg);
	len = mh_build(&msg, buf, sizeof(buf));
	for (ssize_t size = 0; size < len; size++) {
		uint8_t *small = malloc(size ? size : 1);

		CHECK(mh_build(&msg, small, size) == -ENOBUFS);
		free(small);
	}
	CHECK(mh_build(&msg, buf, len) == len);

	msg = bare(MH_BU);
	msg.opts.n_vendor = 7;
	for (int i = 0; i < 8; i++)
		msg.opts.vendor[i].value = (struct mh_data){ long_value, 250 };
	len = mh_build(&msg, buf, sizeof(buf));
	CHECK(len > 7 * 257 && len <= MH_MAX_LEN);
	msg.opts.n_vendor = 8;
	CHECK(mh_build(&msg, buf, sizeof(buf)) == -EMSGSIZE);
	CHECK(mh_build(&msg, buf, 100) == -EMSGSIZE);
}

#define REFUSED(change) do {						\
	struct mh_msg m = bare(MH_BU);					\
	uint8_t buf[MH_MAX_LEN];					\
									\
	change;								\
	CHECK(mh_build(&m, buf, sizeof(buf)) == -EINVAL);		\
} while (0)

static void test_build_refuses(void)
{
	static const uint8_t big[255];

	REFUSED(m.type = MH_HOTI);
	REFUSED(m.type = MH_BR; m.br.kind = 0);
	REFUSED(m.opts.has = MH_BIT(4));
	REFUSED(m.opts.has = MH_BIT(MH_OPT_MN_ID));
	REFUSED(m.opts.has = MH_BIT(MH_OPT_AUTH));
	REFUSED(m.opts.has = MH_BIT(MH_OPT_AUTH); m.opts.auth.mac.len = 251);
	REFUSED(m.opts.has = MH_BIT(MH_OPT_MN_ID);
		m.opts.mn_id.id = ((struct mh_data){ big, 255 }));
	REFUSED(m.opts.n_mnp = MH_MAX_MNP + 1);
	REFUSED(m.opts.n_mnp = 1; m.opts.mnp[0].len = 129);
	REFUSED(m.opts.n_mnp = 1; m.opts.mnp[0].addr.s6_addr[15] = 1);
	REFUSED(m.opts.n_hnp = 1; m.opts.hnp[0].addr.s6_addr[0] = 1);
	REFUSED(m.opts.n_bid = 1);
	REFUSED(m.opts.n_bid = 1; m.opts.bid[0].id = 1; m.opts.bid[0].flags = 1);
	REFUSED(m.opts.n_vendor = 1;
		m.opts.vendor[0].value = ((struct mh_data){ big, 251 }));
	REFUSED(m.opts.n_ctx_req = 1;
		m.opts.ctx_req[0].value = ((struct mh_data){ big, 252 }));
	REFUSED(m.opts.n_ctx_req = 2;
		m.opts.ctx_req[0].value = ((struct mh_data){ big, 250 }));
}

/* Bad prefixes must get through, so that the answer can be status 141. */
static void test_prefix(void)
{
	static const uint8_t bad[] = BRR(6, 18, 0, 200, 1, 2, 3, 4, 5, 6, 7, 8,
					 9, 10, 11, 12, 13, 14, 15, 16,
					 1, 2, 0, 0);
	struct mh_prefix p = { addr("2001:db8:100::"), 40 };
	struct mh_msg msg;

	CHECK(!mh_parse(bad, sizeof(bad), &msg));
	CHECK(msg.opts.n_mnp == 1 && msg.opts.mnp[0].len == 200);
	CHECK(!mh_prefix_valid(&msg.opts.mnp[0]));
	CHECK(mh_prefix_valid(&p));
	p.len = 39;
	CHECK(!mh_prefix_valid(&p) == !!(p.addr.s6_addr[4] & 1));
	p.addr.s6_addr[15] = 1;
	p.len = 127;
	CHECK(!mh_prefix_valid(&p));
	p.len = 128;
	CHECK(mh_prefix_valid(&p));
	p.len = 129;
	CHECK(!mh_prefix_valid(&p));
	p = (struct mh_prefix){ IN6ADDR_ANY_INIT, 0 };
	CHECK(mh_prefix_valid(&p));
}

static void test_seq(void)
{
	CHECK(mh_seq_newer(1, 0));
	CHECK(!mh_seq_newer(0, 0));
	CHECK(!mh_seq_newer(0, 1));
	CHECK(mh_seq_newer(0, 65535));
	CHECK(mh_seq_newer(0x7fff, 0));
	CHECK(!mh_seq_newer(0x8000, 0));
	CHECK(mh_seq_newer(0x8000, 1));
	CHECK(!mh_seq_newer(0, 0x8000));
}

static bool checksum_ok(const uint8_t *mh, size_t len,
			const struct in6_addr *src, const struct in6_addr *dst)
{
	uint16_t check = mh_checksum(mh, len, src, dst);

	return !memcmp(mh + 4, &check, 2);
}

/* The bare BU from 2001:db8:4::99 to 2001:db8:4::1, summed by hand. */
static void test_checksum(void)
{
	struct in6_addr src = addr("2001:db8:4::99"), dst = addr("2001:db8:4::1");
	struct mh_msg msg = bare(MH_BU);
	uint8_t buf[16];

	CHECK(mh_build(&msg, buf, sizeof(buf)) == sizeof(buf));
	mh_set_checksum(buf, sizeof(buf), &src, &dst);
	/*
	 * 2 * (2001 + db8 + 4) + 99 + 1 + 10 + 87 = 5cab, + 3b01 + 0500 + 1234
	 * + c400 + 0102 + 0102 = 174e4, carried 74e5, inverted 8b1a
	 */
	CHECK(buf[4] == 0x8b && buf[5] == 0x1a);
	CHECK(checksum_ok(buf, sizeof(buf), &src, &dst));
	for (int bit = 0; bit < 128; bit++) {
		buf[bit / 8] ^= 1 << bit % 8;
		CHECK(!checksum_ok(buf, sizeof(buf), &src, &dst));
		buf[bit / 8] ^= 1 << bit % 8;
	}
	src.s6_addr[15]++;
	CHECK(!checksum_ok(buf, sizeof(buf), &src, &dst));
}

static void test_packets(void)
{
	struct in6_addr coa = addr("2001:db8:a::2"), ha = addr("2001:db8:4::1");
	struct in6_addr hoa = addr("2001:db8:4::99");
	struct mh_msg msg = bare(MH_BU);
	uint8_t mh[16], p[200];

	CHECK(mh_build(&msg, mh, sizeof(mh)) == sizeof(mh));

	CHECK(mh_packet_bu(mh, 16, &coa, &ha, &hoa, p, sizeof(p)) == 80);
	CHECK(!memcmp(p, "\x60\0\0\0\0\x28\x3c\x40", 8));
	CHECK(!memcmp(p + 8, &coa, 16) && !memcmp(p + 24, &ha, 16));
	CHECK(!memcmp(p + 40, "\x87\2\1\2\0\0\xc9\x10", 8));
	CHECK(!memcmp(p + 48, &hoa, 16));
	CHECK(checksum_ok(p + 64, 16, &hoa, &ha));

	CHECK(mh_packet_ba(mh, 16, &ha, &coa, &hoa, p, sizeof(p)) == 80);
	CHECK(!memcmp(p, "\x60\0\0\0\0\x28\x2b\x40", 8));
	CHECK(!memcmp(p + 8, &ha, 16) && !memcmp(p + 24, &coa, 16));
	CHECK(!memcmp(p + 40, "\x87\2\2\1\0\0\0\0", 8));
	CHECK(!memcmp(p + 48, &hoa, 16));
	CHECK(checksum_ok(p + 64, 16, &ha, &hoa));

	CHECK(mh_packet_plain(mh, 16, &ha, &coa, p, sizeof(p)) == 56);
	CHECK(!memcmp(p, "\x60\0\0\0\0\x10\x87\x40", 8));
	CHECK(!memcmp(p + 8, &ha, 16) && !memcmp(p + 24, &coa, 16));
	CHECK(checksum_ok(p + 40, 16, &ha, &coa));
	CHECK(!mh[4] && !mh[5]);

	CHECK(mh_packet_bu(mh, 16, &coa, &ha, &hoa, p, 79) == -ENOBUFS);
	CHECK(mh_packet_plain(mh, 16, &ha, &coa, p, 55) == -ENOBUFS);
	CHECK(mh_packet_plain(mh, 15, &ha, &coa, p, sizeof(p)) == -EINVAL);
	CHECK(mh_packet_plain(mh, 0, &ha, &coa, p, sizeof(p)) == -EINVAL);
}

static void test_names(void)
{
	CHECK(!strcmp(mh_type_name(MH_BU), "Binding Update"));
	CHECK(!strcmp(mh_type_name(200), "unassigned"));
	CHECK(!strcmp(mh_ba_status_name(135), "sequence number out of window"));
	CHECK(!strcmp(mh_ba_status_name(255), "unassigned"));
	CHECK(!strcmp(mh_be_status_name(2), "unrecognized mobility header type"));
	CHECK(!strcmp(mh_bra_status_name(128), "binding does not exist"));
	for (enum mh_error e = MH_OK; e <= MH_ERR_AFTER_AUTH; e++)
		CHECK(strcmp(mh_error_name(e), "unassigned"));
}

static const struct tap_test tests[] = {
	{ "messages as the RFCs draw them", test_message_vectors },
	{ "options as the RFCs draw them", test_option_vectors },
	{ "every message with every option, there and back", test_round_trip_all },
	{ "alignment, zero padding, AUTH last", test_alignment },
	{ "every truncation of every message", test_truncated },
	{ "header rules of RFC 6275 9.2", test_header_rules },
	{ "all 256 message types", test_unknown_types },
	{ "Pad1 and PadN", test_padding },
	{ "options that lie about their length", test_length_lies },
	{ "the lengths that each option may have", test_option_lengths },
	{ "values that an option cannot have", test_option_values },
	{ "unknown options are skipped and found", test_unknown_options },
	{ "options that may be there once", test_repeated },
	{ "more options than fit", test_too_many },
	{ "nothing behind the authentication", test_after_auth },
	{ "buffers too small, messages too long", test_build_limits },
	{ "what cannot be sent is not built", test_build_refuses },
	{ "prefixes", test_prefix },
	{ "sequence arithmetic", test_seq },
	{ "checksum", test_checksum },
	{ "IPv6 packets", test_packets },
	{ "names", test_names },
};

int main(void)
{
	return tap_run(tests, sizeof(tests) / sizeof(tests[0]));
}
