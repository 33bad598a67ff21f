// SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause)
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/nemo_mr.yaml */
/* YNL-GEN kernel source */

#include <net/netlink.h>
#include <net/genetlink.h>

#include "netlink_gen.h"

#include <uapi/linux/nemo_mr.h>

/* Integer value ranges */
static const struct netlink_range_validation nemo_mr_a_lifetime_range = {
	.max	= 262140ULL,
};

static const struct netlink_range_validation nemo_mr_a_hold_packets_range = {
	.min	= 1ULL,
	.max	= 1048576ULL,
};

static const struct netlink_range_validation nemo_mr_a_hold_bytes_range = {
	.min	= 1500ULL,
	.max	= 1073741824ULL,
};

static const struct netlink_range_validation nemo_mr_a_link_hold_bytes_range = {
	.min	= 1500ULL,
	.max	= 1073741824ULL,
};

/* Common nested types */
const struct nla_policy nemo_mr_prefix_nl_policy[NEMO_MR_A_PREFIX_LENGTH + 1] = {
	[NEMO_MR_A_PREFIX_FAMILY] = { .type = NLA_U16, },
	[NEMO_MR_A_PREFIX_ADDRESS] = NLA_POLICY_EXACT_LEN(16),
	[NEMO_MR_A_PREFIX_LENGTH] = NLA_POLICY_RANGE(NLA_U8, 1, 128),
};

/* NEMO_MR_CMD_MR_GET - do */
const struct nla_policy nemo_mr_mr_get_nl_policy[NEMO_MR_A_NAME + 1] = {
	[NEMO_MR_A_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[NEMO_MR_A_NAME] = { .type = NLA_NUL_STRING, .len = NEMO_MR_NAME_MAX, },
};

/* NEMO_MR_CMD_MR_NEW - do */
const struct nla_policy nemo_mr_mr_new_nl_policy[NEMO_MR_A_MARKER_TIMEOUT + 1] = {
	[NEMO_MR_A_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[NEMO_MR_A_NAME] = { .type = NLA_NUL_STRING, .len = NEMO_MR_NAME_MAX, },
	[NEMO_MR_A_HOA] = NLA_POLICY_EXACT_LEN(16),
	[NEMO_MR_A_HA] = NLA_POLICY_EXACT_LEN(16),
	[NEMO_MR_A_COA] = NLA_POLICY_EXACT_LEN(16),
	[NEMO_MR_A_PREFIX] = NLA_POLICY_NESTED(nemo_mr_prefix_nl_policy),
	[NEMO_MR_A_ATTACHMENT] = { .type = NLA_U32, },
	[NEMO_MR_A_GUEST] = NLA_POLICY_EXACT_LEN(6),
	[NEMO_MR_A_EXCLUDE] = { .type = NLA_STRING, .len = 15, },
	[NEMO_MR_A_FLAGS] = NLA_POLICY_MASK(NLA_U32, 0x1f),
	[NEMO_MR_A_SEQ] = { .type = NLA_U16, },
	[NEMO_MR_A_LIFETIME] = NLA_POLICY_FULL_RANGE(NLA_U32, &nemo_mr_a_lifetime_range),
	[NEMO_MR_A_HOLD_PACKETS] = NLA_POLICY_FULL_RANGE(NLA_U32, &nemo_mr_a_hold_packets_range),
	[NEMO_MR_A_HOLD_BYTES] = NLA_POLICY_FULL_RANGE(NLA_U32, &nemo_mr_a_hold_bytes_range),
	[NEMO_MR_A_MARKER_TIMEOUT] = NLA_POLICY_MAX(NLA_U32, 10000),
};

/* NEMO_MR_CMD_MR_SET - do */
const struct nla_policy nemo_mr_mr_set_nl_policy[NEMO_MR_A_MARKER_TIMEOUT + 1] = {
	[NEMO_MR_A_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[NEMO_MR_A_NAME] = { .type = NLA_NUL_STRING, .len = NEMO_MR_NAME_MAX, },
	[NEMO_MR_A_HA] = NLA_POLICY_EXACT_LEN(16),
	[NEMO_MR_A_COA] = NLA_POLICY_EXACT_LEN(16),
	[NEMO_MR_A_PEER] = NLA_POLICY_EXACT_LEN(16),
	[NEMO_MR_A_STATE] = NLA_POLICY_MAX(NLA_U8, 4),
	[NEMO_MR_A_PREFIX] = NLA_POLICY_NESTED(nemo_mr_prefix_nl_policy),
	[NEMO_MR_A_ATTACHMENT] = { .type = NLA_U32, },
	[NEMO_MR_A_GUEST] = NLA_POLICY_EXACT_LEN(6),
	[NEMO_MR_A_EXCLUDE] = { .type = NLA_STRING, .len = 15, },
	[NEMO_MR_A_FLAGS] = NLA_POLICY_MASK(NLA_U32, 0x1f),
	[NEMO_MR_A_SEQ] = { .type = NLA_U16, },
	[NEMO_MR_A_LIFETIME] = NLA_POLICY_FULL_RANGE(NLA_U32, &nemo_mr_a_lifetime_range),
	[NEMO_MR_A_HOLD_PACKETS] = NLA_POLICY_FULL_RANGE(NLA_U32, &nemo_mr_a_hold_packets_range),
	[NEMO_MR_A_HOLD_BYTES] = NLA_POLICY_FULL_RANGE(NLA_U32, &nemo_mr_a_hold_bytes_range),
	[NEMO_MR_A_MARKER_TIMEOUT] = NLA_POLICY_MAX(NLA_U32, 10000),
};

/* NEMO_MR_CMD_MR_DEL - do */
const struct nla_policy nemo_mr_mr_del_nl_policy[NEMO_MR_A_NAME + 1] = {
	[NEMO_MR_A_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[NEMO_MR_A_NAME] = { .type = NLA_NUL_STRING, .len = NEMO_MR_NAME_MAX, },
};

/* NEMO_MR_CMD_LINK_GET - do */
const struct nla_policy nemo_mr_link_get_nl_policy[NEMO_MR_A_LINK_IFINDEX + 1] = {
	[NEMO_MR_A_LINK_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
};

/* NEMO_MR_CMD_LINK_SET - do */
const struct nla_policy nemo_mr_link_set_nl_policy[NEMO_MR_A_LINK_HOLD_BYTES + 1] = {
	[NEMO_MR_A_LINK_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[NEMO_MR_A_LINK_HOLD_BYTES] = NLA_POLICY_FULL_RANGE(NLA_U32, &nemo_mr_a_link_hold_bytes_range),
};

/* Ops table for nemo_mr */
const struct genl_ops nemo_mr_nl_ops[6] = {
	{
		.cmd		= NEMO_MR_CMD_MR_GET,
		.doit		= nemo_mr_nl_mr_get_doit,
		.dumpit		= nemo_mr_nl_mr_get_dumpit,
		.policy		= nemo_mr_mr_get_nl_policy,
		.maxattr	= NEMO_MR_A_NAME,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= NEMO_MR_CMD_MR_NEW,
		.doit		= nemo_mr_nl_mr_new_doit,
		.policy		= nemo_mr_mr_new_nl_policy,
		.maxattr	= NEMO_MR_A_MARKER_TIMEOUT,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= NEMO_MR_CMD_MR_SET,
		.doit		= nemo_mr_nl_mr_set_doit,
		.policy		= nemo_mr_mr_set_nl_policy,
		.maxattr	= NEMO_MR_A_MARKER_TIMEOUT,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= NEMO_MR_CMD_MR_DEL,
		.doit		= nemo_mr_nl_mr_del_doit,
		.policy		= nemo_mr_mr_del_nl_policy,
		.maxattr	= NEMO_MR_A_NAME,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= NEMO_MR_CMD_LINK_GET,
		.doit		= nemo_mr_nl_link_get_doit,
		.dumpit		= nemo_mr_nl_link_get_dumpit,
		.policy		= nemo_mr_link_get_nl_policy,
		.maxattr	= NEMO_MR_A_LINK_IFINDEX,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= NEMO_MR_CMD_LINK_SET,
		.doit		= nemo_mr_nl_link_set_doit,
		.policy		= nemo_mr_link_set_nl_policy,
		.maxattr	= NEMO_MR_A_LINK_HOLD_BYTES,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
};

static const struct genl_multicast_group nemo_mr_nl_mcgrps[] = {
	[NEMO_MR_NLGRP_MR] = { "mr", },
};
