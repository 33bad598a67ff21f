/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Mobile routers in the kernel: generic netlink family nemo_mr, whose spec
 * (Documentation/netlink/specs/nemo_mr.yaml) says what each attribute means.
 */
#ifndef NEMO_MR_H
#define NEMO_MR_H

#include <linux/nemo_mr.h>
#include <net/if.h>
#include <stddef.h>

#include "nl.h"
#include "prefix.h"

/**
 * struct nemo_mr_info - the attributes of a mobile router
 * @have: which of them are there: NEMO_HAS(info, NEMO_MR_A_HOA). In a request
 *	only these are sent: NEMO_SET(info, NEMO_MR_A_HOA).
 * @cmd: what the message was, NEMO_MR_CMD_*: tells notifications apart
 * @guests: 0 in a request stands for none
 * @expires: milliseconds
 * @marker_timeout: milliseconds
 * @last_frame: milliseconds ago
 * @stats: by NEMO_MR_A_STATS_*
 * @time: nanoseconds since the epoch
 *
 * The rest is named as in the spec.
 */
struct nemo_mr_info {
	uint64_t have;
	uint8_t cmd;
	uint32_t ifindex;
	char name[NEMO_MR_NAME_MAX + 1];
	struct in6_addr hoa;
	struct in6_addr ha;
	struct in6_addr coa;
	struct in6_addr peer;
	uint8_t state;
	unsigned int prefixes;
	struct nemo_prefix prefix[NEMO_MR_PREFIX_MAX];
	uint32_t attachment;
	unsigned int guests;
	uint8_t guest[NEMO_MR_GUEST_MAX][6];
	unsigned int excludes;
	char exclude[NEMO_MR_EXCLUDE_MAX][IFNAMSIZ];
	uint32_t flags;
	uint16_t seq;
	uint32_t lifetime;
	uint64_t expires;
	uint32_t hold_packets;
	uint32_t hold_bytes;
	uint32_t held_uplink;
	uint32_t held_downlink;
	uint32_t marker_timeout;
	uint8_t marker_due;
	uint64_t last_frame;
	uint64_t stats[NEMO_MR_A_STATS_MAX + 1];
	uint8_t old_state;
	uint8_t reason;
	uint64_t time;
};

/* All take a socket of NEMO_MR_FAMILY_NAME; -errno and @nl->error on failure. */

/**
 * nemo_mr_get - read one mobile router
 * @ifindex: its device
 */
int nemo_mr_get(struct nemo_nl *nl, uint32_t ifindex, const char *name,
		struct nemo_mr_info *info);

/**
 * nemo_mr_dump - read all mobile routers
 * @ifindex: of this device, or 0 for the namespace
 * @list: an array of @n, to be freed by the caller
 */
int nemo_mr_dump(struct nemo_nl *nl, uint32_t ifindex,
		 struct nemo_mr_info **list, size_t *n);

/* Send what @info has; what only the kernel can know (stats, ...) never. */
int nemo_mr_new(struct nemo_nl *nl, const struct nemo_mr_info *info);
int nemo_mr_set(struct nemo_nl *nl, const struct nemo_mr_info *info);
int nemo_mr_del(struct nemo_nl *nl, uint32_t ifindex, const char *name);

/* Read one message of the family, e.g. in a nemo_nl_handler; 0 or -EBADMSG. */
int nemo_mr_parse(struct nlmsghdr *nlh, struct nemo_mr_info *info);

#endif /* NEMO_MR_H */
