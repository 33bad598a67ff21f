/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A home agent: judges Binding Updates (judge.h), has the kernel keep the
 * bindings, answers, and tells a host that has lost one.
 */
#ifndef NEMOD_HA_H
#define NEMOD_HA_H

#include <event2/event.h>

#include "judge.h"
#include "lib/ha.h"
#include "mh_socket.h"
#include "revoke.h"

/**
 * struct ha_mr - a mobile router that this home agent serves
 * @history: what was accepted from it, also after its binding has gone
 * @coa: of its binding; :: for none
 * @tcoa: of the host that is prepared; :: for none, or if a former agent knew
 */
struct ha_mr {
	struct ha *ha;
	const struct nemo_conf_mr *conf;
	struct judge_history history;
	struct in6_addr coa, tcoa;
	uint32_t lifetime;
	struct revocation revocation;
	uint64_t bus, refused;
	int status;		/* of the last BA; -1 for none */
	uint64_t ba_at;		/* realtime ns */
};

struct ha {
	const struct nemo_conf *conf;
	struct event_base *base;
	struct mh_socket *mh;
	struct nemo_nl rt, nl, ntf;
	struct event *ntf_event;
	uint32_t ifindex;
	uint32_t home_link;	/* 0: home addresses are routed, not on a link */
	unsigned int mrs;
	struct ha_mr **mr;
};

int ha_start(struct ha *ha, const struct nemo_conf *conf,
	     struct event_base *base, struct mh_socket *mh);
void ha_stop(struct ha *ha);

/* As host_reload(). */
int ha_reload(struct ha *ha, const struct nemo_conf *conf);

void ha_binding_update(struct ha *ha, const struct mh_in *in);
void ha_revocation_acknowledged(struct ha *ha, const struct mh_in *in);

struct ha_mr *ha_by_hoa(struct ha *ha, const struct in6_addr *hoa);

/* ha_net.c: routes, and the proxy for home addresses on a home link. */
int ha_net_setup(struct ha *ha);
void ha_mr_net(struct ha_mr *mr, bool add);
void ha_mr_proxy(struct ha_mr *mr, bool add);
bool ha_mr_at_home(const struct ha_mr *mr);

#endif /* NEMOD_HA_H */
