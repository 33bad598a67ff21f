// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <string.h>

#include "message.h"

struct in6_addr addr(const char *text)
{
	struct in6_addr a = IN6ADDR_ANY_INIT;

	inet_pton(AF_INET6, text, &a);
	return a;
}

struct mh_msg bare(uint8_t type)
{
	struct mh_msg msg = { .type = type };

	switch (type) {
	case MH_BU:
		msg.bu = (struct mh_bu){ 0x1234, MH_BU_A | MH_BU_H | MH_BU_R, 0x0102 };
		break;
	case MH_BA:
		msg.ba = (struct mh_ba){ MH_BA_SEQ, MH_BA_R, 0x1234, 0x0102 };
		break;
	case MH_BE:
		msg.be = (struct mh_be){ MH_BE_UNKNOWN_TYPE, addr("2001:db8:4::1") };
		break;
	case MH_HI:
		msg.hi = (struct mh_hi){ 0x1234, MH_HI_P | MH_HI_F, MH_HI_CONTEXT_SENT };
		break;
	case MH_HACK:
		msg.hi = (struct mh_hi){ 0x1234, MH_HACK_P | MH_HACK_F, MH_HACK_CONTEXT_OK };
		break;
	case MH_BR:
		msg.br = (struct mh_br){ MH_BR_BRI, MH_BRI_HANDOVER_SAME, 0x1234, MH_BR_G };
		break;
	}
	return msg;
}

static const uint8_t octets[] = "mr1@example.net";

static struct mh_data data(uint8_t len)
{
	return (struct mh_data){ octets, len };
}

void add_options(struct mh_msg *msg)
{
	struct mh_opts *o = &msg->opts;

	o->has = MH_BIT(MH_OPT_REFRESH_ADVICE) | MH_BIT(MH_OPT_ALT_COA) |
		 MH_BIT(MH_OPT_MN_ID) | MH_BIT(MH_OPT_AUTH) |
		 MH_BIT(MH_OPT_MESG_ID) | MH_BIT(MH_OPT_LINK_LOCAL) |
		 MH_BIT(MH_OPT_TIMESTAMP) | MH_BIT(MH_OPT_LMA) |
		 MH_BIT(MH_OPT_MN_LLA_IID) | MH_BIT(MH_OPT_TRANSIENT);
	o->refresh_advice = 0x0203;
	o->alt_coa = addr("2001:db8:a::2");
	o->mn_id = (struct mh_mn_id){ MH_MN_ID_NAI, data(15) };
	o->auth = (struct mh_auth){ 256, { NULL, 16 } };
	o->mesg_id = 0x0102030405060708;
	o->link_local = addr("fe80::1");
	o->timestamp = 0x1112131415161718;
	o->lma = addr("2001:db8:4::1");
	memcpy(o->mn_lla_iid, "\2\0\0\377\376\0\0\1", 8);
	o->transient = (struct mh_transient){ true, 30 };
	o->n_mnp = 2;
	o->mnp[0] = (struct mh_prefix){ addr("2001:db8:100::"), 64 };
	o->mnp[1] = (struct mh_prefix){ addr("2001:db8:200::"), 56 };
	o->n_hnp = 1;
	o->hnp[0] = (struct mh_prefix){ addr("2001:db8:300::"), 48 };
	o->n_bid = 3;
	o->bid[0] = (struct mh_bid){ .id = 1 };
	o->bid[1] = (struct mh_bid){ 2, 0, MH_BID_H, true, addr("2001:db8:b::2") };
	o->bid[2] = (struct mh_bid){ 3, 7, 0, true, addr("::ffff:192.0.2.1") };
	o->n_vendor = 2;
	o->vendor[0] = (struct mh_vendor){ 32473, 1, data(7) };
	o->vendor[1] = (struct mh_vendor){ 32473, 2, data(0) };
	o->n_ctx_req = 2;
	o->ctx_req[0] = (struct mh_ctx_req){ MH_OPT_LMA, data(0) };
	o->ctx_req[1] = (struct mh_ctx_req){ MH_OPT_VENDOR, data(4) };
}

static bool same_addr(const struct in6_addr *a, const struct in6_addr *b)
{
	return IN6_ARE_ADDR_EQUAL(a, b);
}

static bool same_data(const struct mh_data *a, const struct mh_data *b)
{
	return a->len == b->len &&
	       (!a->len || !memcmp(a->data, b->data, a->len));
}

static bool same_prefix(const struct mh_prefix *a, const struct mh_prefix *b)
{
	return a->len == b->len && same_addr(&a->addr, &b->addr);
}

static bool same_bid(const struct mh_bid *a, const struct mh_bid *b)
{
	return a->id == b->id && a->status == b->status &&
	       a->flags == b->flags && a->has_coa == b->has_coa &&
	       (!a->has_coa || same_addr(&a->coa, &b->coa));
}

static bool same_fields(const struct mh_msg *a, const struct mh_msg *b)
{
	switch (a->type) {
	case MH_BU:
		return a->bu.seq == b->bu.seq && a->bu.flags == b->bu.flags &&
		       a->bu.lifetime == b->bu.lifetime;
	case MH_BA:
		return a->ba.status == b->ba.status &&
		       a->ba.flags == b->ba.flags && a->ba.seq == b->ba.seq &&
		       a->ba.lifetime == b->ba.lifetime;
	case MH_BE:
		return a->be.status == b->be.status &&
		       same_addr(&a->be.hoa, &b->be.hoa);
	case MH_HI:
	case MH_HACK:
		return a->hi.seq == b->hi.seq && a->hi.flags == b->hi.flags &&
		       a->hi.code == b->hi.code;
	case MH_BR:
		return a->br.kind == b->br.kind && a->br.code == b->br.code &&
		       a->br.seq == b->br.seq && a->br.flags == b->br.flags;
	default:
		return a->type == MH_BRR;
	}
}

/* An authenticator of NULL data is one of zeros. */
static bool same_mac(const struct mh_data *a, const struct mh_data *b)
{
	static const uint8_t zeros[255];
	struct mh_data x = { a->data ? a->data : zeros, a->len };
	struct mh_data y = { b->data ? b->data : zeros, b->len };

	return same_data(&x, &y);
}

static bool same_singles(const struct mh_opts *a, const struct mh_opts *b)
{
#define IF(opt, cond)	(!mh_has(a, opt) || (mh_has(b, opt) && (cond)))
	return IF(MH_OPT_REFRESH_ADVICE, a->refresh_advice == b->refresh_advice) &&
	       IF(MH_OPT_ALT_COA, same_addr(&a->alt_coa, &b->alt_coa)) &&
	       IF(MH_OPT_MN_ID, a->mn_id.subtype == b->mn_id.subtype &&
		  same_data(&a->mn_id.id, &b->mn_id.id)) &&
	       IF(MH_OPT_AUTH, a->auth.spi == b->auth.spi &&
		  same_mac(&a->auth.mac, &b->auth.mac)) &&
	       IF(MH_OPT_MESG_ID, a->mesg_id == b->mesg_id) &&
	       IF(MH_OPT_LINK_LOCAL, same_addr(&a->link_local, &b->link_local)) &&
	       IF(MH_OPT_TIMESTAMP, a->timestamp == b->timestamp) &&
	       IF(MH_OPT_LMA, same_addr(&a->lma, &b->lma)) &&
	       IF(MH_OPT_MN_LLA_IID, !memcmp(a->mn_lla_iid, b->mn_lla_iid, 8)) &&
	       IF(MH_OPT_TRANSIENT, a->transient.late == b->transient.late &&
		  a->transient.lifetime == b->transient.lifetime);
#undef IF
}

static bool same_arrays(const struct mh_opts *a, const struct mh_opts *b)
{
	if (a->n_mnp != b->n_mnp || a->n_hnp != b->n_hnp ||
	    a->n_bid != b->n_bid || a->n_vendor != b->n_vendor ||
	    a->n_ctx_req != b->n_ctx_req)
		return false;
	for (int i = 0; i < a->n_mnp; i++)
		if (!same_prefix(&a->mnp[i], &b->mnp[i]))
			return false;
	for (int i = 0; i < a->n_hnp; i++)
		if (!same_prefix(&a->hnp[i], &b->hnp[i]))
			return false;
	for (int i = 0; i < a->n_bid; i++)
		if (!same_bid(&a->bid[i], &b->bid[i]))
			return false;
	for (int i = 0; i < a->n_vendor; i++)
		if (a->vendor[i].id != b->vendor[i].id ||
		    a->vendor[i].subtype != b->vendor[i].subtype ||
		    !same_data(&a->vendor[i].value, &b->vendor[i].value))
			return false;
	for (int i = 0; i < a->n_ctx_req; i++)
		if (a->ctx_req[i].type != b->ctx_req[i].type ||
		    !same_data(&a->ctx_req[i].value, &b->ctx_req[i].value))
			return false;
	return true;
}

bool same_message(const struct mh_msg *a, const struct mh_msg *b)
{
	return a->type == b->type && same_fields(a, b) &&
	       same_singles(&a->opts, &b->opts) &&
	       same_singles(&b->opts, &a->opts) &&
	       same_arrays(&a->opts, &b->opts);
}
