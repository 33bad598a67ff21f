/* SPDX-License-Identifier: GPL-2.0 */
/* The tunnel devices of both kinds: rtnetlink makes them, their family counts. */
#ifndef NEMO_LINK_H
#define NEMO_LINK_H

#include <linux/nemo_mr.h>
#include <net/if.h>
#include <stddef.h>

#include "nl.h"

/* What a device is: nemo_mr's numbers for both families. */
struct nemo_link_info {
	uint64_t have;		/* NEMO_MR_A_LINK_* */
	const char *kind;	/* "nemo_mr" or "nemo_ha" */
	uint32_t ifindex;
	char ifname[IFNAMSIZ];
	uint32_t count;		/* mobile routers or bindings */
	uint32_t hold_bytes;	/* nemo_mr only */
	uint32_t held_bytes;	/* nemo_mr only */
	uint64_t drops[NEMO_MR_A_DROPS_MAX + 1];	/* NEMO_MR_A_DROPS_* */
};

/* These take a socket of either family; -errno and @nl->error on failure. */

/**
 * nemo_link_dump - the family's devices
 * @ifindex: only this one, or 0 for the namespace
 * @list: an array of @n, to be freed by the caller
 */
int nemo_link_dump(struct nemo_nl *nl, uint32_t ifindex,
		   struct nemo_link_info **list, size_t *n);
int nemo_link_set(struct nemo_nl *nl, uint32_t ifindex, uint32_t hold_bytes);

/* These take an rtnetlink socket: nemo_nl_open(nl, NULL). */

/* @kind: "nemo_mr" or "nemo_ha". -EEXIST if there is a device of the name. */
int nemo_link_add(struct nemo_nl *rt, const char *ifname, const char *kind);

/* -ENODEV without the device, -EINVAL if it is not of a kind of ours. */
int nemo_link_del(struct nemo_nl *rt, const char *ifname);

/**
 * nemo_link_kind - "nemo_mr", "nemo_ha", or NULL for any other device or none
 * @ifindex: set to the device's index if not NULL
 */
const char *nemo_link_kind(struct nemo_nl *rt, const char *ifname,
			   uint32_t *ifindex);

#endif /* NEMO_LINK_H */
