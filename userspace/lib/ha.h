/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel's binding cache: generic netlink family nemo_ha, whose spec
 * (Documentation/netlink/specs/nemo_ha.yaml) says what each attribute means.
 */
#ifndef NEMO_HA_H
#define NEMO_HA_H

#include <linux/nemo_ha.h>
#include <stddef.h>

#include "nl.h"
#include "prefix.h"

/**
 * struct nemo_bce_info - the attributes of a binding
 * @have: which of them are there: NEMO_HAS(info, NEMO_HA_A_HOA). In a request
 *	only these are sent: NEMO_SET(info, NEMO_HA_A_HOA).
 * @cmd: what the message was, NEMO_HA_CMD_*
 * @tcoa_lifetime: milliseconds
 * @expires: milliseconds
 * @stats: by NEMO_HA_A_STATS_*
 * @time: nanoseconds since the epoch
 */
struct nemo_bce_info {
	uint64_t have;
	uint8_t cmd;
	uint32_t ifindex;
	char name[NEMO_HA_NAME_MAX + 1];
	struct in6_addr hoa;
	struct in6_addr local;
	struct in6_addr coa;
	struct in6_addr tcoa;
	uint32_t tcoa_lifetime;
	uint16_t seq;
	uint32_t lifetime;
	uint64_t expires;
	unsigned int prefixes;
	struct nemo_prefix prefix[NEMO_HA_PREFIX_MAX];
	uint64_t stats[NEMO_HA_A_STATS_MAX + 1];
	struct in6_addr old_coa;
	uint8_t reason;
	uint64_t time;
};

/* All take a socket of NEMO_HA_FAMILY_NAME; -errno and @nl->error on failure. */

/* @ifindex: the binding's device. */
int nemo_ha_get(struct nemo_nl *nl, uint32_t ifindex,
		const struct in6_addr *hoa, struct nemo_bce_info *info);

/**
 * nemo_ha_dump - read all bindings
 * @ifindex: of this device, or 0 for the namespace
 * @list: an array of @n, to be freed by the caller
 */
int nemo_ha_dump(struct nemo_nl *nl, uint32_t ifindex,
		 struct nemo_bce_info **list, size_t *n);

/* -ESTALE when the sequence number is not newer, -EEXIST: spec, bce-bind. */
int nemo_ha_bind(struct nemo_nl *nl, const struct nemo_bce_info *info);

/* Only the transient care-of address; -ENOENT without a binding. */
int nemo_ha_transient(struct nemo_nl *nl, const struct nemo_bce_info *info);

/* @seq: NULL to remove the binding whatever its sequence number. */
int nemo_ha_del(struct nemo_nl *nl, uint32_t ifindex,
		const struct in6_addr *hoa, const uint16_t *seq);

/* Read one message of the family, e.g. in a nemo_nl_handler; 0 or -EBADMSG. */
int nemo_ha_parse(struct nlmsghdr *nlh, struct nemo_bce_info *info);

#endif /* NEMO_HA_H */
