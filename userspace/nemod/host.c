// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "host.h"
#include "lib/log.h"
#include "lib/names.h"

struct mr *host_by_name(struct host *host, const char *name)
{
	for (unsigned int i = 0; i < host->mrs; i++)
		if (!strcmp(host->mr[i]->conf->name, name))
			return host->mr[i];
	return NULL;
}

struct mr *host_by_hoa(struct host *host, const struct in6_addr *hoa)
{
	for (unsigned int i = 0; i < host->mrs; i++)
		if (IN6_ARE_ADDR_EQUAL(&host->mr[i]->conf->hoa, hoa))
			return host->mr[i];
	return NULL;
}

bool host_is_home(const struct host *host, const struct in6_addr *addr)
{
	const struct nemo_conf *conf = host->conf;

	for (unsigned int i = 0; i < conf->mrs; i++) {
		if (IN6_ARE_ADDR_EQUAL(&conf->mr[i].hoa, addr))
			return true;
		for (unsigned int j = 0; j < conf->mr[i].mnps; j++)
			if (nemo_prefix_contains(&conf->mr[i].mnp[j], addr))
				return true;
	}
	return false;
}

uint16_t host_next_id(struct host *host)
{
	return ++host->last_id ?: ++host->last_id;
}

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	host_notified(arg);
}

static void on_renew(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	handover_renew(arg);
}

static void on_rearm(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	mr_set_trigger(arg, true);
}

static void mr_free(struct mr *mr)
{
	handover_free(mr);
	bul_free(&mr->bul);
	ra_free(mr);
	if (mr->rearm)
		event_free(mr->rearm);
	free(mr);
}

static struct mr *mr_new(struct host *host, const struct nemo_conf_mr *conf)
{
	struct mr *mr = calloc(1, sizeof(*mr));

	if (!mr)
		return NULL;
	mr->host = host;
	mr->conf = conf;
	mr->rearm = event_new(host->base, -1, 0, on_rearm, mr);
	if (bul_init(&mr->bul, &mr_bul_ops, host->mh, conf, host->base) ||
	    ra_init(mr) || handover_init(mr) || !mr->rearm) {
		mr_free(mr);
		return NULL;
	}
	return mr;
}

/* What a former agent, or a person, has left in the kernel. */
static void adopt(struct mr *mr, const struct nemo_mr_info *old)
{
	mr->bul.coa = NEMO_HAS(old, NEMO_MR_A_COA) ? old->coa : mr->host->coa;
	if (old->lifetime && old->state != NEMO_MR_STATE_STANDBY)
		bul_adopt(&mr->bul, old->seq, old->lifetime, old->expires);
	mr->bul.claim = mr_seen(mr) ?: clock_realtime();
	if (old->state == NEMO_MR_STATE_ACTIVATING ||
	    (old->state == NEMO_MR_STATE_ACTIVE && !old->lifetime))
		bul_start(&mr->bul, BUL_REGISTER);
	ra_serve(mr, mr_serves(old->state));
	handover_adopt(mr, old);
	if (old->state != NEMO_MR_STATE_STANDBY)
		log_info("%s: adopted, %s", mr->conf->name,
			 nemo_name(&nemo_mr_states, old->state));
}

static void find_attachment(struct mr *mr)
{
	mr->attachment = if_nametoindex(mr->conf->attachment);
	mr->up = mr->attachment && netdev_is_up(mr->conf->attachment);
	if (mr->attachment)
		ra_attach(mr);
	else
		log_warn("%s: there is no interface %s yet; waiting for it",
			 mr->conf->name, mr->conf->attachment);
}

static int add_mr(struct host *host, const struct nemo_conf_mr *conf,
		  const struct nemo_mr_info *old)
{
	struct mr **list = reallocarray(host->mr, host->mrs + 1, sizeof(*list));
	struct mr *mr = list ? mr_new(host, conf) : NULL;
	int err;

	if (list)
		host->mr = list;
	if (!mr)
		return -ENOMEM;
	if (conf->auth.none)
		log_warn("%s: auth = none: ANYBODY can take this mobile router's traffic",
			 conf->name);
	find_attachment(mr);
	mr->bul.coa = host->coa;
	if (old)
		mr->flags = old->flags & ~NEMO_MR_FLAG_TRIGGER;
	err = mr_make(mr, old);
	if (err) {
		mr_free(mr);
		return err;
	}
	host->mr[host->mrs++] = mr;
	mr_net_setup(mr);
	if (old && !memcmp(&old->hoa, &conf->hoa, sizeof(old->hoa)))
		adopt(mr, old);
	return 0;
}

/* Make those of the configuration that are not there; others stay. */
static int add_missing(struct host *host)
{
	const struct nemo_conf *conf = host->conf;
	struct nemo_mr_info *list;
	size_t n;
	int err = nemo_mr_dump(&host->nl, host->ifindex, &list, &n);

	if (err) {
		log_err("cannot read the mobile routers of %s: %s",
			conf->host.device, host->nl.error);
		return err;
	}
	for (unsigned int i = 0; i < conf->mrs && !err; i++) {
		const struct nemo_mr_info *old = NULL;

		for (size_t j = 0; j < n; j++)
			if (!strcmp(list[j].name, conf->mr[i].name))
				old = &list[j];
		if (!host_by_name(host, conf->mr[i].name))
			err = add_mr(host, &conf->mr[i], old);
	}
	free(list);
	return err;
}

static int open_netlink(struct host *host)
{
	if (nemo_nl_open(&host->rt, NULL)) {
		log_err("rtnetlink: %s", host->rt.error);
		return -EIO;
	}
	if (host_net_setup(host))
		return -EIO;
	if (nemo_nl_open(&host->nl, NEMO_MR_FAMILY_NAME) ||
	    nemo_nl_open(&host->ntf, NEMO_MR_FAMILY_NAME) ||
	    nemo_nl_subscribe(&host->ntf, NEMO_MR_MCGRP_MR)) {
		log_err("the kernel's family nemo_mr: %s%s; modprobe nemo_mr",
			host->nl.error, host->ntf.error);
		return -EIO;
	}
	host->ntf_event = event_new(host->base, nemo_nl_fd(&host->ntf),
				    EV_READ | EV_PERSIST, on_readable, host);
	return host->ntf_event && !event_add(host->ntf_event, NULL) ? 0 : -ENOMEM;
}

int host_start(struct host *host, const struct nemo_conf *conf,
	       struct event_base *base, struct mh_socket *mh,
	       const struct timeline_watch *watch)
{
	int err;

	*host = (struct host){ .conf = conf, .base = base, .mh = mh,
			       .watch = watch };
	/* Where a former agent has not been a moment ago. */
	host->last_id = clock_realtime() >> 26;
	host->renew = event_new(base, -1, 0, on_renew, host);
	if (!host->renew)
		return -ENOMEM;
	err = open_netlink(host);
	if (!err)
		err = peers_start(&host->peers, host, &handover_peer_ops);
	if (!err)
		err = ra_open(&host->ra, host);
	if (!err)
		err = movement_start(&host->movement, host);
	if (!err)
		err = add_missing(host);
	/* A care-of address may be another than the one adopted. */
	for (unsigned int i = 0; i < host->mrs && !err; i++)
		if (!IN6_IS_ADDR_UNSPECIFIED(&host->coa) &&
		    memcmp(&host->mr[i]->bul.coa, &host->coa,
			   sizeof(host->coa)))
			host_moved(host, &host->coa);
	handover_flush(host);
	return err;
}

void host_stop(struct host *host)
{
	movement_stop(&host->movement);
	ra_close(&host->ra);
	for (unsigned int i = 0; i < host->mrs; i++)
		mr_free(host->mr[i]);
	free(host->mr);
	peers_stop(&host->peers);
	if (host->renew)
		event_free(host->renew);
	if (host->ntf_event)
		event_free(host->ntf_event);
	nemo_nl_close(&host->ntf);
	nemo_nl_close(&host->nl);
	nemo_nl_close(&host->rt);
}

static void remove_mr(struct host *host, unsigned int i)
{
	struct mr *mr = host->mr[i];

	log_info("%s: no longer configured; removed", mr->conf->name);
	mr_net_remove(mr);
	mr_unmake(mr);
	mr_released(mr, "it was removed");
	mr_free(mr);
	host->mr[i] = host->mr[--host->mrs];
}

/* May the one stay, with what differs changed in place? */
static bool same_router(const struct nemo_conf_mr *a,
			const struct nemo_conf_mr *b)
{
	return b && IN6_ARE_ADDR_EQUAL(&a->hoa, &b->hoa) &&
	       !strcmp(a->attachment, b->attachment);
}

/* Not so what is given back to the old host: no binding is to be taken from it. */
static bool is_bound(const struct mr *mr)
{
	return mr_serves(mr->state) && (mr->bul.granted || mr->bul.exchange);
}

static void change_mr(struct mr *mr, const struct nemo_conf_mr *conf)
{
	const struct nemo_mr_info gone = { };
	enum nemo_mr_state was = mr->state;
	struct nemo_mr_info old;
	bool prefixes = mr->conf->mnps != conf->mnps ||
			memcmp(mr->conf->mnp, conf->mnp, sizeof(conf->mnp));

	if (prefixes)
		mr_net_remove(mr);
	mr->conf = conf;
	mr->bul.conf = conf;
	if (!nemo_mr_get(&mr->host->nl, mr->host->ifindex, conf->name, &old)) {
		mr_make(mr, &old);
	} else if (!mr_make(mr, NULL)) {
		log_info("%s: made again", conf->name);
		mr_entered(mr, was, &gone);
	}
	mr_net_setup(mr);
	/* The home agent must agree with what it will be told. */
	if (prefixes && is_bound(mr))
		bul_start(&mr->bul, mr->bul.exchange ?: BUL_REFRESH);
}

int host_reload(struct host *host, const struct nemo_conf *conf)
{
	/* Whatever somebody has removed is made again, too. */
	int err = host_net_setup(host), peers, mrs;

	for (unsigned int i = 0; i < host->mrs;) {
		struct mr *mr = host->mr[i];
		const struct nemo_conf_mr *to = nemo_conf_mr(conf,
							      mr->conf->name);

		if (!same_router(mr->conf, to)) {
			remove_mr(host, i);
			continue;
		}
		change_mr(mr, to);
		i++;
	}
	host->conf = conf;
	movement_look(&host->movement);
	peers = peers_reload(&host->peers, conf);
	mrs = add_missing(host);
	handover_flush(host);
	return err ?: peers ?: mrs;
}

void host_moved(struct host *host, const struct in6_addr *coa)
{
	bool first = IN6_IS_ADDR_UNSPECIFIED(&host->coa);

	host->coa = *coa;
	for (unsigned int i = 0; i < host->mrs; i++) {
		struct mr *mr = host->mr[i];
		bool bound = is_bound(mr);

		if (mr_set_coa(mr, mr->state == NEMO_MR_STATE_ACTIVE))
			continue;
		mr->bul.coa = *coa;
		/* No claim: the guest may have left while the host was away. */
		if (bound)
			bul_start(&mr->bul, mr->bul.exchange ?: BUL_REFRESH);
	}
	if (first)
		log_info("care-of address found on %s",
			 host->conf->host.interface);
	else
		log_info("this host has moved: another care-of address on %s",
			 host->conf->host.interface);
}

static void link_changed(struct mr *mr)
{
	uint32_t now = if_nametoindex(mr->conf->attachment);
	bool up = now && netdev_is_up(mr->conf->attachment);

	if (now != mr->attachment) {
		mr->attachment = now;
		mr->up = false;
		if (now) {
			log_info("%s: attachment %s is there", mr->conf->name,
				 mr->conf->attachment);
			mr_set_attachment(mr);
			ra_attach(mr);
		} else {
			log_warn("%s: attachment %s is gone; waiting for it",
				 mr->conf->name, mr->conf->attachment);
		}
	}
	if (up == mr->up)
		return;
	mr->up = up;
	if (up)
		mr_net_attach(mr);
}

void host_links_changed(struct host *host)
{
	for (unsigned int i = 0; i < host->mrs; i++)
		link_changed(host->mr[i]);
}

const char *host_release(struct host *host, const char *name,
			 void (*done)(void *arg, const char *error), void *arg)
{
	struct mr *mr = host_by_name(host, name);

	if (!mr)
		return "no mobile router of this name is configured";
	if (!mr_serves(mr->state))
		return "this host does not serve it; nothing to release";
	if (mr->released)
		return "its release is under way";
	if (mr->handover.step != HANDOVER_NONE &&
	    mr->handover.step != HANDOVER_RECALLED)
		return "a handover is under way; wait for its end, or abort it";
	mr->released = done;
	mr->released_arg = arg;
	bul_start(&mr->bul, BUL_RELEASE);
	return NULL;
}
