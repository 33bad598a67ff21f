// SPDX-License-Identifier: GPL-2.0
/* Mobility options: their layout, alignment and order, in one table. */
#include <errno.h>
#include <string.h>

#include "bytes.h"
#include "option.h"

#define AUTH_MN_HA	1	/* RFC 4285 §5.1: subtype of the option */
#define LMA_IPV6	1	/* RFC 5949 §6.2.2: option code */
#define LMA_IPV4	2
#define TRANSIENT_L	0x01

/**
 * struct found - an option in a message
 * @i: which of its kind, from 0
 * @data: behind its length
 * @len: octets there
 */
struct found {
	unsigned int i;
	const uint8_t *data;
	uint8_t len;
};

/**
 * struct layout - one option
 * @type: enum mh_opt
 * @x: the option starts where offset = x * n + y; where an RFC has several
 * @y: rules for one option it is the strictest of them, which fulfils them all
 * @min: least octets of data
 * @max: most octets of data
 * @count: place of the n_... field, or 0: there at most once, a bit in has
 * @most: size of the array that @count counts
 * @joint: one option holds all elements of the array
 * @get: read the data, of a length within @min and @max
 * @put: write the data of the i-th, 255 octets at most; return its length or -EINVAL
 */
struct layout {
	uint8_t type;
	uint8_t x, y;
	uint8_t min, max;
	size_t count;
	uint8_t most;
	bool joint;
	enum mh_error (*get)(struct mh_opts *opts, const struct found *f);
	int (*put)(const struct mh_opts *opts, unsigned int i, uint8_t *data);
};

static enum mh_error get_refresh_advice(struct mh_opts *opts, const struct found *f)
{
	opts->refresh_advice = get16(f->data);
	return MH_OK;
}

static int put_refresh_advice(const struct mh_opts *opts, unsigned int i,
			      uint8_t *data)
{
	(void)i;
	put16(data, opts->refresh_advice);
	return 2;
}

static enum mh_error get_alt_coa(struct mh_opts *opts, const struct found *f)
{
	memcpy(&opts->alt_coa, f->data, 16);
	return MH_OK;
}

static int put_alt_coa(const struct mh_opts *opts, unsigned int i,
		       uint8_t *data)
{
	(void)i;
	memcpy(data, &opts->alt_coa, 16);
	return 16;
}

/* MNP and HNP: reserved, length, prefix. */
static void get_prefix(struct mh_prefix *prefix, const uint8_t *data)
{
	prefix->len = data[1];
	memcpy(&prefix->addr, data + 2, 16);
}

static int put_prefix(const struct mh_prefix *prefix, uint8_t *data)
{
	if (!mh_prefix_valid(prefix))
		return -EINVAL;
	data[0] = 0;
	data[1] = prefix->len;
	memcpy(data + 2, &prefix->addr, 16);
	return 18;
}

static enum mh_error get_mnp(struct mh_opts *opts, const struct found *f)
{
	get_prefix(&opts->mnp[f->i], f->data);
	return MH_OK;
}

static int put_mnp(const struct mh_opts *opts, unsigned int i, uint8_t *data)
{
	return put_prefix(&opts->mnp[i], data);
}

static enum mh_error get_hnp(struct mh_opts *opts, const struct found *f)
{
	get_prefix(&opts->hnp[f->i], f->data);
	return MH_OK;
}

static int put_hnp(const struct mh_opts *opts, unsigned int i, uint8_t *data)
{
	return put_prefix(&opts->hnp[i], data);
}

/* The variable rest of an option behind @head octets. */
static struct mh_data get_rest(const uint8_t *data, uint8_t len, uint8_t head)
{
	return (struct mh_data){ .data = data + head, .len = len - head };
}

static int put_rest(const struct mh_data *rest, uint8_t head, uint8_t *data)
{
	if (rest->len > UINT8_MAX - head || (rest->len && !rest->data))
		return -EINVAL;
	if (rest->len)
		memcpy(data + head, rest->data, rest->len);
	return head + rest->len;
}

static enum mh_error get_mn_id(struct mh_opts *opts, const struct found *f)
{
	opts->mn_id.subtype = f->data[0];
	opts->mn_id.id = get_rest(f->data, f->len, 1);
	return MH_OK;
}

static int put_mn_id(const struct mh_opts *opts, unsigned int i, uint8_t *data)
{
	(void)i;
	if (!opts->mn_id.id.len)
		return -EINVAL;
	data[0] = opts->mn_id.subtype;
	return put_rest(&opts->mn_id.id, 1, data);
}

static enum mh_error get_auth(struct mh_opts *opts, const struct found *f)
{
	opts->auth.spi = get32(f->data + 1);
	opts->auth.mac = get_rest(f->data, f->len, 5);
	return MH_OK;
}

static int put_auth(const struct mh_opts *opts, unsigned int i, uint8_t *data)
{
	static const uint8_t unsigned_yet[UINT8_MAX];
	struct mh_data mac = opts->auth.mac;

	(void)i;
	if (!mac.len)
		return -EINVAL;
	if (!mac.data)
		mac.data = unsigned_yet;
	data[0] = AUTH_MN_HA;
	put32(data + 1, opts->auth.spi);
	return put_rest(&mac, 5, data);
}

static enum mh_error get_mesg_id(struct mh_opts *opts, const struct found *f)
{
	opts->mesg_id = get64(f->data);
	return MH_OK;
}

static int put_mesg_id(const struct mh_opts *opts, unsigned int i,
		       uint8_t *data)
{
	(void)i;
	put64(data, opts->mesg_id);
	return 8;
}

static enum mh_error get_vendor(struct mh_opts *opts, const struct found *f)
{
	opts->vendor[f->i].id = get32(f->data);
	opts->vendor[f->i].subtype = f->data[4];
	opts->vendor[f->i].value = get_rest(f->data, f->len, 5);
	return MH_OK;
}

static int put_vendor(const struct mh_opts *opts, unsigned int i, uint8_t *data)
{
	put32(data, opts->vendor[i].id);
	data[4] = opts->vendor[i].subtype;
	return put_rest(&opts->vendor[i].value, 5, data);
}

static enum mh_error get_link_local(struct mh_opts *opts, const struct found *f)
{
	memcpy(&opts->link_local, f->data, 16);
	return MH_OK;
}

static int put_link_local(const struct mh_opts *opts, unsigned int i,
			  uint8_t *data)
{
	(void)i;
	memcpy(data, &opts->link_local, 16);
	return 16;
}

static enum mh_error get_timestamp(struct mh_opts *opts, const struct found *f)
{
	opts->timestamp = get64(f->data);
	return MH_OK;
}

static int put_timestamp(const struct mh_opts *opts, unsigned int i,
			 uint8_t *data)
{
	(void)i;
	put64(data, opts->timestamp);
	return 8;
}

/* An address that is IPv6 or IPv4 by its length; the structs keep ::ffff:0:0/96. */
static void get_either(struct in6_addr *addr, const uint8_t *data, uint8_t len)
{
	memset(addr, 0, sizeof(*addr));
	if (len == 4)
		memset(addr->s6_addr + 10, 0xff, 2);
	memcpy(addr->s6_addr + 16 - len, data, len);
}

static int put_either(const struct in6_addr *addr, uint8_t *data)
{
	int len = IN6_IS_ADDR_V4MAPPED(addr) ? 4 : 16;

	memcpy(data, addr->s6_addr + 16 - len, len);
	return len;
}

static enum mh_error get_bid(struct mh_opts *opts, const struct found *f)
{
	struct mh_bid *bid = &opts->bid[f->i];

	if (f->len != 4 && f->len != 8 && f->len != 20)
		return MH_ERR_OPT_LEN;
	bid->id = get16(f->data);
	bid->status = f->data[2];
	bid->flags = f->data[3] & MH_BID_H;
	bid->has_coa = f->len > 4;
	if (bid->has_coa)
		get_either(&bid->coa, f->data + 4, f->len - 4);
	return MH_OK;
}

static int put_bid(const struct mh_opts *opts, unsigned int i, uint8_t *data)
{
	const struct mh_bid *bid = &opts->bid[i];

	if (!bid->id || bid->flags & ~MH_BID_H)
		return -EINVAL;
	put16(data, bid->id);
	data[2] = bid->status;
	data[3] = bid->flags;
	return bid->has_coa ? 4 + put_either(&bid->coa, data + 4) : 4;
}

static enum mh_error get_ctx_req(struct mh_opts *opts, const struct found *f)
{
	unsigned int off = 2;

	while (off < f->len) {
		struct mh_ctx_req *req;

		if (opts->n_ctx_req == MH_MAX_CTX_REQ)
			return MH_ERR_TOO_MANY;
		if (off + 2 > f->len || off + 2 + f->data[off + 1] > f->len)
			return MH_ERR_OPT_VALUE;
		req = &opts->ctx_req[opts->n_ctx_req++];
		req->type = f->data[off];
		req->value.len = f->data[off + 1];
		req->value.data = f->data + off + 2;
		off += 2 + req->value.len;
	}
	return MH_OK;
}

static int put_ctx_req(const struct mh_opts *opts, unsigned int i,
		       uint8_t *data)
{
	int off = 2;

	put16(data, 0);
	for (i = 0; i < opts->n_ctx_req; i++) {
		const struct mh_ctx_req *req = &opts->ctx_req[i];

		if (off + 2 > UINT8_MAX)
			return -EINVAL;
		data[off] = req->type;
		data[off + 1] = req->value.len;
		off = put_rest(&req->value, off + 2, data);
		if (off < 0)
			return off;
	}
	return off;
}

static enum mh_error get_lma(struct mh_opts *opts, const struct found *f)
{
	if (f->data[0] != LMA_IPV6 && f->data[0] != LMA_IPV4)
		return MH_ERR_OPT_VALUE;
	if (f->len != (f->data[0] == LMA_IPV6 ? 18 : 6))
		return MH_ERR_OPT_LEN;
	get_either(&opts->lma, f->data + 2, f->len - 2);
	return MH_OK;
}

static int put_lma(const struct mh_opts *opts, unsigned int i, uint8_t *data)
{
	int len = put_either(&opts->lma, data + 2);

	(void)i;
	data[0] = len == 4 ? LMA_IPV4 : LMA_IPV6;
	data[1] = 0;
	return 2 + len;
}

static enum mh_error get_mn_lla_iid(struct mh_opts *opts, const struct found *f)
{
	memcpy(opts->mn_lla_iid, f->data + 2, 8);
	return MH_OK;
}

static int put_mn_lla_iid(const struct mh_opts *opts, unsigned int i,
			  uint8_t *data)
{
	(void)i;
	put16(data, 0);
	memcpy(data + 2, opts->mn_lla_iid, 8);
	return 10;
}

static enum mh_error get_transient(struct mh_opts *opts, const struct found *f)
{
	opts->transient.late = f->data[0] & TRANSIENT_L;
	opts->transient.lifetime = f->data[1];
	return MH_OK;
}

static int put_transient(const struct mh_opts *opts, unsigned int i,
			 uint8_t *data)
{
	(void)i;
	data[0] = opts->transient.late ? TRANSIENT_L : 0;
	data[1] = opts->transient.lifetime;
	return 2;
}

#define ONCE(T, t)	.type = MH_OPT_##T, .get = get_##t, .put = put_##t
#define MANY(T, t)	ONCE(T, t), .count = offsetof(struct mh_opts, n_##t), \
			.most = MH_MAX_##T

/*
 * In the order in which they are built: RFC 4285 wants AUTH last. The alignment
 * is that of each option's RFC (named at enum mh_opt).
 */
static const struct layout layouts[] = {
	{ ONCE(REFRESH_ADVICE, refresh_advice), .x = 2, .y = 0, .min = 2, .max = 2 },
	{ MANY(BID, bid), .x = 8, .y = 2, .min = 4, .max = 20 },
	{ ONCE(ALT_COA, alt_coa), .x = 8, .y = 6, .min = 16, .max = 16 },
	{ MANY(MNP, mnp), .x = 8, .y = 4, .min = 18, .max = 18 },
	{ MANY(HNP, hnp), .x = 8, .y = 4, .min = 18, .max = 18 },
	{ ONCE(LMA, lma), .x = 8, .y = 4, .min = 6, .max = 18 },
	{ ONCE(LINK_LOCAL, link_local), .x = 8, .y = 6, .min = 16, .max = 16 },
	{ ONCE(MN_LLA_IID, mn_lla_iid), .x = 8, .y = 4, .min = 10, .max = 10 },
	{ ONCE(TRANSIENT, transient), .x = 4, .y = 0, .min = 2, .max = 2 },
	{ MANY(CTX_REQ, ctx_req), .x = 4, .y = 0, .min = 4, .max = 255,
	  .joint = true },
	{ MANY(VENDOR, vendor), .x = 4, .y = 2, .min = 5, .max = 255 },
	{ ONCE(TIMESTAMP, timestamp), .x = 8, .y = 2, .min = 8, .max = 8 },
	{ ONCE(MN_ID, mn_id), .x = 1, .y = 0, .min = 2, .max = 255 },
	{ ONCE(MESG_ID, mesg_id), .x = 8, .y = 2, .min = 8, .max = 8 },
	{ ONCE(AUTH, auth), .x = 4, .y = 1, .min = 6, .max = 255 },
};

static const struct layout *layout_of(uint8_t type)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(layouts); i++)
		if (layouts[i].type == type)
			return &layouts[i];
	return NULL;
}

static uint8_t *count_of(struct mh_opts *opts, const struct layout *lo)
{
	return (uint8_t *)opts + lo->count;
}

/* How many options of a kind are to be built. */
static unsigned int number_of(const struct mh_opts *opts,
			      const struct layout *lo)
{
	unsigned int n;

	if (!lo->count)
		return mh_has(opts, lo->type);
	n = *((const uint8_t *)opts + lo->count);
	return lo->joint ? n > 0 : n;
}

static enum mh_error get_option(struct mh_opts *opts, const struct layout *lo,
				const uint8_t *data, uint8_t len)
{
	struct found f = { .data = data, .len = len };
	bool repeats = lo->count && !lo->joint;
	enum mh_error err;

	if (len < lo->min || len > lo->max)
		return MH_ERR_OPT_LEN;
	if (!repeats && mh_has(opts, lo->type))
		return MH_ERR_OPT_REPEATED;
	if (repeats)
		f.i = *count_of(opts, lo);
	if (repeats && f.i == lo->most)
		return MH_ERR_TOO_MANY;

	err = lo->get(opts, &f);
	if (err)
		return err;
	opts->has |= MH_BIT(lo->type);
	if (repeats)
		++*count_of(opts, lo);
	return MH_OK;
}

static void note_unknown(struct mh_opts *opts, size_t off, uint8_t type,
			 uint8_t len)
{
	if (opts->n_unknown < MH_MAX_UNKNOWN)
		opts->unknown[opts->n_unknown] = (struct mh_unknown){
			.off = off, .type = type, .len = len,
		};
	opts->n_unknown++;
}

/* One option but for Pad1, at @off; @data has @len octets. */
static enum mh_error take_option(struct mh_opts *opts, size_t off, uint8_t type,
				 const uint8_t *data, uint8_t len)
{
	const struct layout *lo = layout_of(type);
	bool auth = type == MH_OPT_AUTH;
	bool other_auth = auth && len && data[0] != AUTH_MN_HA;

	if (type == MH_OPT_PADN)
		return MH_OK;
	/* The MAC does not cover what stands behind it (RFC 4285 §5.1). */
	if (mh_has(opts, MH_OPT_AUTH) && !auth)
		return MH_ERR_AFTER_AUTH;
	if (lo && !other_auth)
		return get_option(opts, lo, data, len);
	note_unknown(opts, off, type, len);
	return MH_OK;
}

enum mh_error mh_options_parse(const uint8_t *mh, size_t off, size_t end,
			       struct mh_msg *msg)
{
	while (off < end) {
		enum mh_error err;

		if (mh[off] == MH_OPT_PAD1) {
			off++;
			continue;
		}
		msg->error_off = off;
		if (off + 2 > end)
			return MH_ERR_OPT_SHORT;
		if (off + 2 + mh[off + 1] > end)
			return MH_ERR_OPT_BEYOND;
		err = take_option(&msg->opts, off, mh[off], mh + off + 2,
				  mh[off + 1]);
		if (err)
			return err;
		off += 2 + mh[off + 1];
	}
	msg->error_off = 0;
	return MH_OK;
}

void mh_write(struct mh_writer *w, const void *data, size_t len)
{
	if (w->off + len <= w->size) {
		if (data)
			memcpy(w->buf + w->off, data, len);
		else
			memset(w->buf + w->off, 0, len);
	}
	w->off += len;
}

void mh_write_pad(struct mh_writer *w, unsigned int x, unsigned int y)
{
	unsigned int n = (x + y - w->off % x) % x;
	uint8_t head[2] = { MH_OPT_PADN, n - 2 };

	if (n == 1) {
		mh_write(w, NULL, 1);	/* Pad1 */
	} else if (n) {
		mh_write(w, head, 2);
		mh_write(w, NULL, n - 2);
	}
}

static int put_option(struct mh_writer *w, const struct mh_opts *opts,
		      const struct layout *lo, unsigned int i)
{
	uint8_t data[UINT8_MAX];
	int len = lo->put(opts, i, data);
	uint8_t head[2] = { lo->type, len };

	if (len < 0)
		return len;
	/*
	 * AUTH ends the message without padding behind it. Its own 4n+1 can
	 * only be kept so if the authenticator is a multiple of 4 octets.
	 */
	if (lo->type == MH_OPT_AUTH && (2 + len) % 4 == 3)
		mh_write_pad(w, 8, (8 - (2 + len) % 8) % 8);
	else
		mh_write_pad(w, lo->x, lo->y);
	mh_write(w, head, 2);
	mh_write(w, data, len);
	return 0;
}

int mh_options_build(struct mh_writer *w, const struct mh_opts *opts)
{
	uint64_t unknown = opts->has;

	for (const struct layout *lo = layouts; lo < layouts + ARRAY_SIZE(layouts); lo++) {
		unsigned int n = number_of(opts, lo);

		unknown &= ~MH_BIT(lo->type);
		if (lo->count && *((const uint8_t *)opts + lo->count) > lo->most)
			return -EINVAL;
		for (unsigned int i = 0; i < n; i++) {
			int err = put_option(w, opts, lo, i);

			if (err)
				return err;
		}
	}
	return unknown ? -EINVAL : 0;
}

bool mh_prefix_valid(const struct mh_prefix *prefix)
{
	if (prefix->len > 128)
		return false;
	for (unsigned int bit = prefix->len; bit < 128; bit++)
		if (prefix->addr.s6_addr[bit / 8] & 0x80 >> bit % 8)
			return false;
	return true;
}
