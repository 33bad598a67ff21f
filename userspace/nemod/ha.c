// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "ha.h"
#include "lib/log.h"

/* How long uplink from the care-of address of before is under way, at most. */
#define OLD_COA_MS	2000

struct ha_mr *ha_by_hoa(struct ha *ha, const struct in6_addr *hoa)
{
	for (unsigned int i = 0; i < ha->mrs; i++)
		if (IN6_ARE_ADDR_EQUAL(&ha->mr[i]->conf->hoa, hoa))
			return ha->mr[i];
	return NULL;
}

static bool bound(const struct ha_mr *mr)
{
	return !IN6_IS_ADDR_UNSPECIFIED(&mr->coa);
}

/* RFC 3963 §6.2: implicit mode has the configured prefixes, explicit its own. */
static void fill_prefixes(const struct ha_mr *mr, const struct mh_opts *opts,
			  struct nemo_bce_info *info)
{
	info->prefixes = mr->conf->mnps;
	memcpy(info->prefix, mr->conf->mnp, sizeof(mr->conf->mnp));
	if (opts->n_mnp)
		info->prefixes = opts->n_mnp;
	for (unsigned int i = 0; i < opts->n_mnp; i++) {
		info->prefix[i].addr = opts->mnp[i].addr;
		info->prefix[i].len = opts->mnp[i].len;
	}
}

/*
 * What was prepared is not to be: another host has registered, or is prepared now. Where
 * it believes that it may send, a guest that comes there unannounced would lose packets.
 */
static void forget_transient(struct ha_mr *mr, const struct mh_in *in,
			     const struct in6_addr *coa)
{
	if (!IN6_IS_ADDR_UNSPECIFIED(&mr->tcoa) &&
	    !IN6_ARE_ADDR_EQUAL(&mr->tcoa, coa))
		revocation_transient(&mr->revocation, &in->dst, &mr->tcoa,
				     in->msg.bu.seq);
	mr->tcoa = in6addr_any;
}

static uint32_t grant(const struct ha_mr *mr, uint32_t wanted)
{
	uint32_t most = mr->ha->conf->ha.max_lifetime & ~3U;

	return wanted < most ? wanted : most;
}

/* What the kernel's refusal means on the wire. */
static uint8_t status_of(int err)
{
	switch (err) {
	case 0:
		return MH_BA_ACCEPTED;
	case -ESTALE:
		return MH_BA_SEQ;
	case -EEXIST:
		return MH_BA_FORWARDING_FAILED;
	case -ENOMEM:
		return MH_BA_NO_RESOURCES;
	default:
		return MH_BA_UNSPECIFIED;
	}
}

/*
 * The one place where a binding is accepted: the kernel's binding cache has the
 * last word on order. With several home agents, a replicated store that compares
 * and swaps the sequence number would stand here, in front of it.
 */
static uint8_t accept_binding(struct ha_mr *mr, const struct mh_in *in,
			      const struct in6_addr *coa)
{
	struct nemo_bce_info info = {
		.ifindex = mr->ha->ifindex,
		.hoa = mr->conf->hoa,
		.local = in->dst,
		.coa = *coa,
		.seq = in->msg.bu.seq,
		.lifetime = grant(mr, in->msg.bu.lifetime * 4),
	};
	int err;

	strcpy(info.name, mr->conf->name);
	fill_prefixes(mr, &in->msg.opts, &info);
	NEMO_SET(&info, NEMO_HA_A_IFINDEX);
	NEMO_SET(&info, NEMO_HA_A_NAME);
	NEMO_SET(&info, NEMO_HA_A_HOA);
	NEMO_SET(&info, NEMO_HA_A_LOCAL);
	NEMO_SET(&info, NEMO_HA_A_COA);
	NEMO_SET(&info, NEMO_HA_A_SEQ);
	NEMO_SET(&info, NEMO_HA_A_LIFETIME);
	NEMO_SET(&info, NEMO_HA_A_PREFIX);
	if (bound(mr) && !IN6_ARE_ADDR_EQUAL(coa, &mr->coa)) {
		info.tcoa = mr->coa;
		info.tcoa_lifetime = OLD_COA_MS;
		NEMO_SET(&info, NEMO_HA_A_TCOA);
		NEMO_SET(&info, NEMO_HA_A_TCOA_LIFETIME);
	}
	err = nemo_ha_bind(&mr->ha->nl, &info);
	if (err)
		log_err("%s: the kernel refuses the binding: %s",
			mr->conf->name, mr->ha->nl.error);
	else
		mr->lifetime = info.lifetime;
	return status_of(err);
}

/* RFC 6058 §4.4, with a lifetime: one of 0 only asks whether we know of it. */
static bool is_transient(const struct mh_in *in)
{
	return mh_has(&in->msg.opts, MH_OPT_TRANSIENT) &&
	       in->msg.opts.transient.lifetime;
}

/*
 * A second host may send, and nothing else changes. Profile: without a binding
 * none is made, since the guest is not where the option comes from.
 */
static uint8_t accept_transient(struct ha_mr *mr, const struct mh_in *in,
				const struct in6_addr *coa)
{
	struct nemo_bce_info info = {
		.ifindex = mr->ha->ifindex,
		.hoa = mr->conf->hoa,
		.tcoa = *coa,
		.tcoa_lifetime = in->msg.opts.transient.lifetime * 100,
	};
	int err;

	if (IN6_ARE_ADDR_EQUAL(coa, &mr->coa))
		return MH_BA_ACCEPTED;
	NEMO_SET(&info, NEMO_HA_A_IFINDEX);
	NEMO_SET(&info, NEMO_HA_A_HOA);
	NEMO_SET(&info, NEMO_HA_A_TCOA);
	NEMO_SET(&info, NEMO_HA_A_TCOA_LIFETIME);
	err = bound(mr) ? nemo_ha_transient(&mr->ha->nl, &info) : -ENOENT;
	if (!err) {
		forget_transient(mr, in, coa);
		mr->tcoa = *coa;
	}
	return err == -ENOENT ? MH_BA_TB_IGNORED : status_of(err);
}

/*
 * The host that de-registers may have lost the binding already: then there is
 * nothing to do, and the binding of the host that has it stays, with its number.
 */
static bool is_late_release(const struct ha_mr *mr, const struct judge_case *c)
{
	return !c->in->msg.bu.lifetime && bound(mr) &&
	       !IN6_ARE_ADDR_EQUAL(&c->coa, &mr->coa);
}

static uint8_t remove_binding(struct ha_mr *mr, const struct mh_in *in)
{
	int err;

	mr->lifetime = 0;
	if (!bound(mr))
		return MH_BA_ACCEPTED;
	err = nemo_ha_del(&mr->ha->nl, mr->ha->ifindex, &mr->conf->hoa,
			  &in->msg.bu.seq);
	return status_of(err == -ENOENT ? 0 : err);
}

static void acknowledge(struct ha *ha, const struct ha_mr *mr,
			const struct mh_in *in, const struct in6_addr *coa,
			uint8_t status)
{
	const struct mh_bu *bu = &in->msg.bu;
	struct mh_msg msg = {
		.type = MH_BA,
		.ba = {
			.status = status,
			.flags = bu->flags & MH_BU_R ? MH_BA_R : 0,
			.seq = status == MH_BA_SEQ ? mr->history.seq : bu->seq,
			.lifetime = mr && status < 128 && bu->lifetime ?
					    mr->lifetime / 4 : 0,
		},
	};
	struct mh_path path = {
		.packing = in->has_hao ? MH_WITH_RH2 : MH_PLAIN,
		.src = in->dst,
		.dst = *coa,
		.hoa = in->has_hao ? in->hoa : in->src,
	};

	/* RFC 6275 §9.5.4: a refusal is always said. */
	if (!(bu->flags & MH_BU_A) && status < 128)
		return;
	/* RFC 4285 §6: ours, where the two clocks differ. */
	if (mh_has(&in->msg.opts, MH_OPT_MESG_ID)) {
		msg.opts.has |= MH_BIT(MH_OPT_MESG_ID);
		msg.opts.mesg_id = status == MH_BA_ID_MISMATCH ?
					   clock_ntp(clock_realtime()) :
					   in->msg.opts.mesg_id;
	}
	/* Ours does know RFC 6058: that is what the host wants to hear. */
	if (mh_has(&in->msg.opts, MH_OPT_TRANSIENT) && status < 128) {
		msg.opts.has |= MH_BIT(MH_OPT_TRANSIENT);
		msg.opts.transient = in->msg.opts.transient;
	}
	if (status == MH_BA_TB_IGNORED)
		msg.ba.lifetime = 0;
	mh_send(ha->mh, &msg, &path, mr ? &mr->conf->auth : NULL);
}

/* After the answer: the host that lost, the home link, the log. */
static void follow(struct ha_mr *mr, const struct mh_in *in,
		   const struct in6_addr *coa)
{
	char text[INET6_ADDRSTRLEN];
	struct in6_addr old = mr->coa;
	bool was = bound(mr);

	inet_ntop(AF_INET6, coa, text, sizeof(text));
	if (!in->msg.bu.lifetime) {
		if (IN6_ARE_ADDR_EQUAL(coa, &old)) {
			mr->coa = in6addr_any;
			ha_mr_proxy(mr, false);
		}
		log_info("%s: de-registered by %s", mr->conf->name, text);
		return;
	}
	mr->coa = *coa;
	if (was && IN6_ARE_ADDR_EQUAL(coa, &old))
		return;
	forget_transient(mr, in, coa);
	if (IN6_ARE_ADDR_EQUAL(coa, &mr->revocation.coa))
		revocation_cancel(&mr->revocation);
	if (was)
		revocation_start(&mr->revocation, &in->dst, &old,
				 in->msg.bu.seq);
	else
		ha_mr_proxy(mr, true);
	log_info("%s: bound to %s, sequence %u, lifetime %u s", mr->conf->name,
		 text, in->msg.bu.seq, mr->lifetime);
}

/* The kernel knows a newer number than we do. */
static void learn_seq(struct ha_mr *mr)
{
	struct nemo_bce_info info;

	if (nemo_ha_get(&mr->ha->nl, mr->ha->ifindex, &mr->conf->hoa, &info))
		return;
	mr->history.seq = info.seq;
	mr->history.has_seq = true;
}

static uint8_t decide(struct ha_mr *mr, const struct judge_case *c)
{
	uint8_t status = judge(c);

	if (status >= 128)
		return status;
	if (is_late_release(mr, c)) {
		mr->history.mesg_id = c->in->msg.opts.mesg_id;
		return MH_BA_ACCEPTED;
	}
	if (is_transient(c->in)) {
		mr->history.mesg_id = c->in->msg.opts.mesg_id;
		return accept_transient(mr, c->in, &c->coa);
	}
	status = c->in->msg.bu.lifetime ? accept_binding(mr, c->in, &c->coa) :
					  remove_binding(mr, c->in);
	if (status == MH_BA_SEQ)
		learn_seq(mr);
	if (status >= 128)
		return status;
	mr->history.seq = c->in->msg.bu.seq;
	mr->history.has_seq = true;
	mr->history.mesg_id = c->in->msg.opts.mesg_id;
	return status;
}

/* Something that who does not have the key can bring about, too. */
static bool by_anybody(uint8_t status)
{
	return status == MH_BA_AUTH_FAILED || status == MH_BA_ID_MISMATCH;
}

static void note(struct ha_mr *mr, const struct mh_in *in, uint8_t status)
{
	char text[INET6_ADDRSTRLEN];

	inet_ntop(AF_INET6, &in->src, text, sizeof(text));
	if (!mr) {
		log_debug("Binding Update from %s for an unknown home address",
			  text);
		return;
	}
	mr->bus++;
	mr->status = status;
	mr->ba_at = clock_realtime();
	if (status < 128)
		return;
	mr->refused++;
	if (by_anybody(status) && !mh_may_log(mr->ha->mh))
		return;
	log_warn("%s: Binding Update from %s refused: %s (%u)", mr->conf->name,
		 text, mh_ba_status_name(status), status);
}

void ha_binding_update(struct ha *ha, const struct mh_in *in)
{
	struct ha_mr *mr = ha_by_hoa(ha, in->has_hao ? &in->hoa : &in->src);
	struct judge_case c = {
		.in = in,
		.mr = mr ? mr->conf : NULL,
		.history = mr ? &mr->history : NULL,
		.coa = judge_coa(in),
		.now = clock_ntp(clock_realtime()),
		.home = mr && ha_mr_at_home(mr),
	};
	uint8_t status;

	if (!IN6_ARE_ADDR_EQUAL(&in->dst, &ha->conf->ha.address))
		return;
	status = mr ? decide(mr, &c) : judge(&c);
	acknowledge(ha, mr, in, &c.coa, status);
	if (status < 128 && !is_transient(in))
		follow(mr, in, &c.coa);
	note(mr, in, status);
}

void ha_revocation_acknowledged(struct ha *ha, const struct mh_in *in)
{
	struct ha_mr *mr = ha_by_hoa(ha, &in->hoa);

	if (mr && in->has_hao)
		revocation_answered(&mr->revocation, in);
}

/* Has the kernel still a binding? It may have been made again meanwhile. */
static void look_at(struct ha_mr *mr, const char *what)
{
	struct nemo_bce_info info;

	if (!bound(mr) || nemo_ha_get(&mr->ha->nl, mr->ha->ifindex,
				      &mr->conf->hoa, &info) != -ENOENT)
		return;
	mr->coa = in6addr_any;
	ha_mr_proxy(mr, false);
	log_info("%s: the binding has %s", mr->conf->name, what);
}

static void on_notification(struct nlmsghdr *nlh, void *arg)
{
	struct nemo_bce_info info;
	struct ha *ha = arg;
	struct ha_mr *mr;

	if (nemo_ha_parse(nlh, &info) || info.ifindex != ha->ifindex)
		return;
	mr = ha_by_hoa(ha, &info.hoa);
	if (mr && info.reason == NEMO_HA_REASON_EXPIRED)
		look_at(mr, "expired");
	else if (mr && info.reason == NEMO_HA_REASON_DEREGISTERED)
		look_at(mr, "been removed");
}

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct ha *ha = arg;

	(void)fd;
	(void)what;
	if (nemo_nl_receive(&ha->ntf, on_notification, ha) != -ENOBUFS)
		return;
	/* Notifications were lost: ask for everything. */
	for (unsigned int i = 0; i < ha->mrs; i++)
		look_at(ha->mr[i], "gone");
}

static int add_mr(struct ha *ha, const struct nemo_conf_mr *conf)
{
	struct ha_mr **list = reallocarray(ha->mr, ha->mrs + 1, sizeof(*list));
	struct ha_mr *mr = list ? calloc(1, sizeof(*mr)) : NULL;

	if (list)
		ha->mr = list;
	if (!mr)
		return -ENOMEM;
	mr->ha = ha;
	mr->conf = conf;
	mr->status = -1;
	if (revocation_init(&mr->revocation, ha->mh, conf, ha->base)) {
		free(mr);
		return -ENOMEM;
	}
	if (conf->auth.none)
		log_warn("%s: auth = none: ANYBODY can take this mobile router's traffic",
			 conf->name);
	ha->mr[ha->mrs++] = mr;
	ha_mr_net(mr, true);
	if (!ha_mr_at_home(mr))
		log_warn("%s: its home address lies neither in the aggregate nor on the home-link; its updates will be refused (132)",
			 conf->name);
	return 0;
}

/* Bindings that a former agent made. */
static int adopt(struct ha *ha)
{
	struct nemo_bce_info *list;
	size_t n;
	int err = nemo_ha_dump(&ha->nl, ha->ifindex, &list, &n);

	if (err) {
		log_err("cannot read the bindings of %s: %s",
			ha->conf->ha.device, ha->nl.error);
		return err;
	}
	for (size_t i = 0; i < n; i++) {
		struct ha_mr *mr = ha_by_hoa(ha, &list[i].hoa);

		if (!mr || bound(mr))
			continue;
		mr->coa = list[i].coa;
		mr->lifetime = list[i].lifetime;
		mr->history.seq = list[i].seq;
		mr->history.has_seq = true;
		ha_mr_proxy(mr, true);
		log_info("%s: binding adopted, sequence %u", mr->conf->name,
			 list[i].seq);
	}
	free(list);
	return 0;
}

static int open_netlink(struct ha *ha)
{
	if (nemo_nl_open(&ha->rt, NULL)) {
		log_err("rtnetlink: %s", ha->rt.error);
		return -EIO;
	}
	if (ha_net_setup(ha))
		return -EIO;
	if (nemo_nl_open(&ha->nl, NEMO_HA_FAMILY_NAME) ||
	    nemo_nl_open(&ha->ntf, NEMO_HA_FAMILY_NAME) ||
	    nemo_nl_subscribe(&ha->ntf, NEMO_HA_MCGRP_BCE)) {
		log_err("the kernel's family nemo_ha: %s%s; modprobe nemo_ha",
			ha->nl.error, ha->ntf.error);
		return -EIO;
	}
	ha->ntf_event = event_new(ha->base, nemo_nl_fd(&ha->ntf),
				  EV_READ | EV_PERSIST, on_readable, ha);
	return ha->ntf_event && !event_add(ha->ntf_event, NULL) ? 0 : -ENOMEM;
}

int ha_start(struct ha *ha, const struct nemo_conf *conf,
	     struct event_base *base, struct mh_socket *mh)
{
	int err;

	*ha = (struct ha){ .conf = conf, .base = base, .mh = mh };
	err = open_netlink(ha);
	for (unsigned int i = 0; i < conf->mrs && !err; i++)
		err = add_mr(ha, &conf->mr[i]);
	return err ?: adopt(ha);
}

static void free_mr(struct ha_mr *mr)
{
	revocation_free(&mr->revocation);
	free(mr);
}

void ha_stop(struct ha *ha)
{
	for (unsigned int i = 0; i < ha->mrs; i++)
		free_mr(ha->mr[i]);
	free(ha->mr);
	if (ha->ntf_event)
		event_free(ha->ntf_event);
	nemo_nl_close(&ha->ntf);
	nemo_nl_close(&ha->nl);
	nemo_nl_close(&ha->rt);
}

static void remove_mr(struct ha *ha, unsigned int i)
{
	struct ha_mr *mr = ha->mr[i];

	log_info("%s: no longer configured; its binding is removed",
		 mr->conf->name);
	nemo_ha_del(&ha->nl, ha->ifindex, &mr->conf->hoa, NULL);
	ha_mr_proxy(mr, false);
	ha_mr_net(mr, false);
	free_mr(mr);
	ha->mr[i] = ha->mr[--ha->mrs];
}

static bool same_network(const struct nemo_conf_mr *a,
			 const struct nemo_conf_mr *b)
{
	return a->mnps == b->mnps && !memcmp(a->mnp, b->mnp, sizeof(a->mnp));
}

/*
 * The kernel's binding has the prefixes of before. An Update has all of those of now; asked
 * for once (RFC 6275 §6.1.2, §9.5.5), since without it the next refresh brings them, too.
 */
static void ask_for_refresh(const struct ha_mr *mr)
{
	struct mh_msg msg = { .type = MH_BRR };
	struct mh_path path = {
		.packing = MH_WITH_RH2,
		.src = mr->ha->conf->ha.address,
		.dst = mr->coa,
		.hoa = mr->conf->hoa,
	};

	if (bound(mr))
		mh_send(mr->ha->mh, &msg, &path, &mr->conf->auth);
}

static void change_mr(struct ha_mr *mr, const struct nemo_conf_mr *conf)
{
	bool same = same_network(conf, mr->conf);

	if (!same)
		ha_mr_net(mr, false);
	mr->conf = conf;
	mr->revocation.conf = conf;
	if (!same)
		ask_for_refresh(mr);
}

int ha_reload(struct ha *ha, const struct nemo_conf *conf)
{
	/* Whatever somebody has removed is made again, too. */
	int err = ha_net_setup(ha), added = 0;

	for (unsigned int i = 0; i < ha->mrs;) {
		struct ha_mr *mr = ha->mr[i];
		const struct nemo_conf_mr *to = nemo_conf_mr(conf,
							     mr->conf->name);

		if (!to || !IN6_ARE_ADDR_EQUAL(&to->hoa, &mr->conf->hoa)) {
			remove_mr(ha, i);
			continue;
		}
		change_mr(mr, to);
		i++;
	}
	ha->conf = conf;
	for (unsigned int i = 0; i < ha->mrs; i++)
		ha_mr_net(ha->mr[i], true);
	for (unsigned int i = 0; i < conf->mrs && !added; i++)
		if (!ha_by_hoa(ha, &conf->mr[i].hoa))
			added = add_mr(ha, &conf->mr[i]);
	return err ?: added;
}
