// SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause)
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/nemo_ha.yaml */
/* YNL-GEN kernel source */

#include <net/netlink.h>
#include <net/genetlink.h>

#include "netlink_gen.h"

#include <uapi/linux/nemo_ha.h>

/* Integer value ranges */
static const struct netlink_range_validation nemo_ha_a_tcoa_lifetime_range = {
	.max	= 60000ULL,
};

static const struct netlink_range_validation nemo_ha_a_lifetime_range = {
	.min	= 1ULL,
	.max	= 262140ULL,
};

/* Common nested types */
const struct nla_policy nemo_ha_prefix_nl_policy[NEMO_HA_A_PREFIX_LENGTH + 1] = {
	[NEMO_HA_A_PREFIX_FAMILY] = { .type = NLA_U16, },
	[NEMO_HA_A_PREFIX_ADDRESS] = NLA_POLICY_EXACT_LEN(16),
	[NEMO_HA_A_PREFIX_LENGTH] = NLA_POLICY_RANGE(NLA_U8, 1, 128),
};

/* NEMO_HA_CMD_BCE_GET - do */
const struct nla_policy nemo_ha_bce_get_nl_policy[NEMO_HA_A_HOA + 1] = {
	[NEMO_HA_A_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[NEMO_HA_A_HOA] = NLA_POLICY_EXACT_LEN(16),
};

/* NEMO_HA_CMD_BCE_BIND - do */
const struct nla_policy nemo_ha_bce_bind_nl_policy[NEMO_HA_A_PREFIX + 1] = {
	[NEMO_HA_A_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[NEMO_HA_A_NAME] = { .type = NLA_NUL_STRING, .len = NEMO_HA_NAME_MAX, },
	[NEMO_HA_A_HOA] = NLA_POLICY_EXACT_LEN(16),
	[NEMO_HA_A_LOCAL] = NLA_POLICY_EXACT_LEN(16),
	[NEMO_HA_A_COA] = NLA_POLICY_EXACT_LEN(16),
	[NEMO_HA_A_TCOA] = NLA_POLICY_EXACT_LEN(16),
	[NEMO_HA_A_TCOA_LIFETIME] = NLA_POLICY_FULL_RANGE(NLA_U32, &nemo_ha_a_tcoa_lifetime_range),
	[NEMO_HA_A_SEQ] = { .type = NLA_U16, },
	[NEMO_HA_A_LIFETIME] = NLA_POLICY_FULL_RANGE(NLA_U32, &nemo_ha_a_lifetime_range),
	[NEMO_HA_A_PREFIX] = NLA_POLICY_NESTED(nemo_ha_prefix_nl_policy),
};

/* NEMO_HA_CMD_BCE_TRANSIENT - do */
const struct nla_policy nemo_ha_bce_transient_nl_policy[NEMO_HA_A_TCOA_LIFETIME + 1] = {
	[NEMO_HA_A_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[NEMO_HA_A_HOA] = NLA_POLICY_EXACT_LEN(16),
	[NEMO_HA_A_TCOA] = NLA_POLICY_EXACT_LEN(16),
	[NEMO_HA_A_TCOA_LIFETIME] = NLA_POLICY_FULL_RANGE(NLA_U32, &nemo_ha_a_tcoa_lifetime_range),
};

/* NEMO_HA_CMD_BCE_DEL - do */
const struct nla_policy nemo_ha_bce_del_nl_policy[NEMO_HA_A_SEQ + 1] = {
	[NEMO_HA_A_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[NEMO_HA_A_HOA] = NLA_POLICY_EXACT_LEN(16),
	[NEMO_HA_A_SEQ] = { .type = NLA_U16, },
};

/* NEMO_HA_CMD_LINK_GET - do */
const struct nla_policy nemo_ha_link_get_nl_policy[NEMO_HA_A_LINK_IFINDEX + 1] = {
	[NEMO_HA_A_LINK_IFINDEX] = NLA_POLICY_MIN(NLA_U32, 1),
};

/* Ops table for nemo_ha */
const struct genl_ops nemo_ha_nl_ops[5] = {
	{
		.cmd		= NEMO_HA_CMD_BCE_GET,
		.doit		= nemo_ha_nl_bce_get_doit,
		.dumpit		= nemo_ha_nl_bce_get_dumpit,
		.policy		= nemo_ha_bce_get_nl_policy,
		.maxattr	= NEMO_HA_A_HOA,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= NEMO_HA_CMD_BCE_BIND,
		.doit		= nemo_ha_nl_bce_bind_doit,
		.policy		= nemo_ha_bce_bind_nl_policy,
		.maxattr	= NEMO_HA_A_PREFIX,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= NEMO_HA_CMD_BCE_TRANSIENT,
		.doit		= nemo_ha_nl_bce_transient_doit,
		.policy		= nemo_ha_bce_transient_nl_policy,
		.maxattr	= NEMO_HA_A_TCOA_LIFETIME,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= NEMO_HA_CMD_BCE_DEL,
		.doit		= nemo_ha_nl_bce_del_doit,
		.policy		= nemo_ha_bce_del_nl_policy,
		.maxattr	= NEMO_HA_A_SEQ,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= NEMO_HA_CMD_LINK_GET,
		.doit		= nemo_ha_nl_link_get_doit,
		.dumpit		= nemo_ha_nl_link_get_dumpit,
		.policy		= nemo_ha_link_get_nl_policy,
		.maxattr	= NEMO_HA_A_LINK_IFINDEX,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
};

static const struct genl_multicast_group nemo_ha_nl_mcgrps[] = {
	[NEMO_HA_NLGRP_BCE] = { "bce", },
};
