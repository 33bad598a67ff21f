// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "clock.h"
#include "judge.h"

struct in6_addr judge_coa(const struct mh_in *in)
{
	return mh_has(&in->msg.opts, MH_OPT_ALT_COA) ? in->msg.opts.alt_coa :
						       in->src;
}

static bool unknown(const struct judge_case *c)
{
	return !c->mr;
}

static bool not_authentic(const struct judge_case *c)
{
	return !mh_authentic(c->in, &c->mr->auth, &c->coa, &c->mr->hoa);
}

static bool without_time(const struct judge_case *c)
{
	return !c->mr->auth.none && !mh_has(&c->in->msg.opts, MH_OPT_MESG_ID);
}

/* Outside the window, or not newer than one that was accepted. */
static bool replayed(const struct judge_case *c)
{
	uint64_t id = c->in->msg.opts.mesg_id;

	return !c->mr->auth.none &&
	       (!clock_ntp_near(id, c->now) ||
		(c->history->mesg_id && id <= c->history->mesg_id));
}

/* A correspondent's registration (H not set), or a plain Mobile IPv6 node. */
static bool not_offered(const struct judge_case *c)
{
	return (c->in->msg.bu.flags & (MH_BU_H | MH_BU_R)) !=
	       (MH_BU_H | MH_BU_R);
}

static bool no_prefix(const struct judge_case *c)
{
	return !c->mr->mnps;
}

static bool not_home(const struct judge_case *c)
{
	return !c->home;
}

static bool old_sequence(const struct judge_case *c)
{
	return c->history->has_seq &&
	       !mh_seq_newer(c->in->msg.bu.seq, c->history->seq);
}

static bool bad_coa(const struct judge_case *c)
{
	const struct in6_addr *coa = &c->coa;

	return IN6_IS_ADDR_UNSPECIFIED(coa) || IN6_IS_ADDR_MULTICAST(coa) ||
	       IN6_IS_ADDR_LOOPBACK(coa) || IN6_IS_ADDR_LINKLOCAL(coa) ||
	       IN6_ARE_ADDR_EQUAL(coa, &c->mr->hoa);
}

/* Explicit mode (RFC 3963 §5.2): a prefix that is none. */
static bool invalid_prefix(const struct judge_case *c)
{
	const struct mh_opts *opts = &c->in->msg.opts;

	for (unsigned int i = 0; i < opts->n_mnp; i++)
		if (!mh_prefix_valid(&opts->mnp[i]) || !opts->mnp[i].len)
			return true;
	return false;
}

static bool owns(const struct nemo_conf_mr *mr, const struct mh_prefix *mnp)
{
	for (unsigned int i = 0; i < mr->mnps; i++)
		if (mr->mnp[i].len == mnp->len &&
		    IN6_ARE_ADDR_EQUAL(&mr->mnp[i].addr, &mnp->addr))
			return true;
	return false;
}

static bool foreign_prefix(const struct judge_case *c)
{
	const struct mh_opts *opts = &c->in->msg.opts;

	for (unsigned int i = 0; i < opts->n_mnp; i++)
		if (!owns(c->mr, &opts->mnp[i]))
			return true;
	return false;
}

/* In order: nobody learns anything before the AUTH option has been checked. */
static const struct {
	bool (*applies)(const struct judge_case *c);
	uint8_t status;
} checks[] = {
	{ unknown,		MH_BA_NOT_HOME_AGENT },
	{ not_authentic,	MH_BA_AUTH_FAILED },
	{ without_time,		MH_BA_MESG_ID_REQUIRED },
	{ replayed,		MH_BA_ID_MISMATCH },
	{ not_offered,		MH_BA_PROHIBITED },
	{ no_prefix,		MH_BA_MR_NOT_PERMITTED },
	{ not_home,		MH_BA_NOT_HOME_SUBNET },
	{ old_sequence,		MH_BA_SEQ },
	{ bad_coa,		MH_BA_INVALID_COA },
	{ invalid_prefix,	MH_BA_INVALID_PREFIX },
	{ foreign_prefix,	MH_BA_NOT_AUTHORIZED_PREFIX },
};

uint8_t judge(const struct judge_case *c)
{
	for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++)
		if (checks[i].applies(c))
			return checks[i].status;
	return MH_BA_ACCEPTED;
}
