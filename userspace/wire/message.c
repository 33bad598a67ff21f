// SPDX-License-Identifier: GPL-2.0
/* Messages: the Mobility Header and the fields before its options. */
#include <errno.h>
#include <string.h>

#include "bytes.h"
#include "option.h"

/**
 * struct message - one MH type
 * @type: enum mh_type
 * @fixed: octets before the options, the header's with them
 * @get: read the fields from the start of the header
 * @put: write them; return 0 or -EINVAL
 */
struct message {
	uint8_t type;
	uint8_t fixed;
	enum mh_error (*get)(struct mh_msg *msg, const uint8_t *mh);
	int (*put)(const struct mh_msg *msg, uint8_t *mh);
};

static enum mh_error get_brr(struct mh_msg *msg, const uint8_t *mh)
{
	(void)msg;
	(void)mh;
	return MH_OK;
}

static int put_brr(const struct mh_msg *msg, uint8_t *mh)
{
	(void)msg;
	(void)mh;
	return 0;
}

static enum mh_error get_bu(struct mh_msg *msg, const uint8_t *mh)
{
	msg->bu.seq = get16(mh + 6);
	msg->bu.flags = get16(mh + 8);
	msg->bu.lifetime = get16(mh + 10);
	return MH_OK;
}

static int put_bu(const struct mh_msg *msg, uint8_t *mh)
{
	put16(mh + 6, msg->bu.seq);
	put16(mh + 8, msg->bu.flags);
	put16(mh + 10, msg->bu.lifetime);
	return 0;
}

static enum mh_error get_ba(struct mh_msg *msg, const uint8_t *mh)
{
	msg->ba.status = mh[6];
	msg->ba.flags = mh[7];
	msg->ba.seq = get16(mh + 8);
	msg->ba.lifetime = get16(mh + 10);
	return MH_OK;
}

static int put_ba(const struct mh_msg *msg, uint8_t *mh)
{
	mh[6] = msg->ba.status;
	mh[7] = msg->ba.flags;
	put16(mh + 8, msg->ba.seq);
	put16(mh + 10, msg->ba.lifetime);
	return 0;
}

static enum mh_error get_be(struct mh_msg *msg, const uint8_t *mh)
{
	msg->be.status = mh[6];
	memcpy(&msg->be.hoa, mh + 8, 16);
	return MH_OK;
}

static int put_be(const struct mh_msg *msg, uint8_t *mh)
{
	mh[6] = msg->be.status;
	memcpy(mh + 8, &msg->be.hoa, 16);
	return 0;
}

static enum mh_error get_hi(struct mh_msg *msg, const uint8_t *mh)
{
	msg->hi.seq = get16(mh + 6);
	msg->hi.flags = mh[8];
	msg->hi.code = mh[9];
	return MH_OK;
}

static int put_hi(const struct mh_msg *msg, uint8_t *mh)
{
	put16(mh + 6, msg->hi.seq);
	mh[8] = msg->hi.flags;
	mh[9] = msg->hi.code;
	return 0;
}

static bool br_kind_known(uint8_t kind)
{
	return kind == MH_BR_BRI || kind == MH_BR_BRA;
}

static enum mh_error get_br(struct mh_msg *msg, const uint8_t *mh)
{
	msg->br.kind = mh[6];
	msg->br.code = mh[7];
	msg->br.seq = get16(mh + 8);
	msg->br.flags = get16(mh + 10);
	msg->error_off = br_kind_known(msg->br.kind) ? 0 : 6;
	return msg->error_off ? MH_ERR_BR_KIND : MH_OK;
}

static int put_br(const struct mh_msg *msg, uint8_t *mh)
{
	if (!br_kind_known(msg->br.kind))
		return -EINVAL;
	mh[6] = msg->br.kind;
	mh[7] = msg->br.code;
	put16(mh + 8, msg->br.seq);
	put16(mh + 10, msg->br.flags);
	return 0;
}

static const struct message messages[] = {
	{ MH_BRR, 8, get_brr, put_brr },
	{ MH_BU, 12, get_bu, put_bu },
	{ MH_BA, 12, get_ba, put_ba },
	{ MH_BE, 24, get_be, put_be },
	{ MH_HI, 10, get_hi, put_hi },
	{ MH_HACK, 10, get_hi, put_hi },
	{ MH_BR, 12, get_br, put_br },
};

#define FIXED_MAX	24

static const struct message *message_of(uint8_t type)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(messages); i++)
		if (messages[i].type == type)
			return &messages[i];
	return NULL;
}

/* The rules of RFC 6275 §9.2, in its order; the offset is its ICMP pointer. */
static enum mh_error parse_header(const uint8_t *mh, size_t len,
				  struct mh_msg *msg)
{
	const struct message *m;

	if (len < MH_MIN_LEN)
		return MH_ERR_SHORT;
	msg->type = mh[2];
	msg->len = (mh[1] + 1) * 8;

	m = message_of(msg->type);
	msg->error_off = 2;
	if (!m)
		return MH_ERR_TYPE;
	msg->error_off = 0;
	if (mh[0] != IPPROTO_NONE)
		return MH_ERR_PROTO;
	msg->error_off = 1;
	if (msg->len > len)
		return MH_ERR_LENGTH;
	if (msg->len < m->fixed)
		return MH_ERR_SHORT;
	msg->error_off = 0;
	return MH_OK;
}

static enum mh_error parse(const uint8_t *mh, size_t len, struct mh_msg *msg)
{
	const struct message *m;
	enum mh_error err;

	err = parse_header(mh, len, msg);
	if (err)
		return err;
	m = message_of(msg->type);
	err = m->get(msg, mh);
	if (err)
		return err;
	return mh_options_parse(mh, m->fixed, msg->len, msg);
}

int mh_parse(const void *buf, size_t len, struct mh_msg *msg)
{
	memset(msg, 0, sizeof(*msg));
	msg->error = parse(buf, len, msg);
	switch (msg->error) {
	case MH_OK:
		return 0;
	case MH_ERR_TYPE:
		return -EPROTONOSUPPORT;
	case MH_ERR_TOO_MANY:
		return -E2BIG;
	default:
		return -EBADMSG;
	}
}

ssize_t mh_build(const struct mh_msg *msg, void *buf, size_t size)
{
	struct mh_writer w = { .buf = buf, .size = size };
	const struct message *m = message_of(msg->type);
	uint8_t fixed[FIXED_MAX] = { IPPROTO_NONE, 0, msg->type };
	int err;

	if (!m)
		return -EINVAL;
	err = m->put(msg, fixed);
	if (err)
		return err;
	mh_write(&w, fixed, m->fixed);
	err = mh_options_build(&w, &msg->opts);
	if (err)
		return err;
	mh_write_pad(&w, 8, 0);

	if (w.off > MH_MAX_LEN)
		return -EMSGSIZE;
	if (w.off > size)
		return -ENOBUFS;
	w.buf[1] = w.off / 8 - 1;
	return w.off;
}

int mh_auth_cover(const void *mh, size_t len, struct mh_auth_cover *cover)
{
	struct mh_msg msg;

	if (mh_parse(mh, len, &msg))
		return -EBADMSG;
	if (!mh_has(&msg.opts, MH_OPT_AUTH))
		return -ENOENT;
	cover->spi = msg.opts.auth.spi;
	cover->covered = msg.opts.auth.mac.data - (const uint8_t *)mh;
	cover->mac_len = msg.opts.auth.mac.len;
	return 0;
}
