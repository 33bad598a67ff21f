// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "names.h"

#define TABLE(names)	{ names, sizeof(names) / sizeof(names[0]) }

static const char *const mr_states_name[] = {
	[NEMO_MR_STATE_STANDBY] = "standby",
	[NEMO_MR_STATE_PREPARED] = "prepared",
	[NEMO_MR_STATE_ACTIVATING] = "activating",
	[NEMO_MR_STATE_ACTIVE] = "active",
	[NEMO_MR_STATE_LEAVING] = "leaving",
};

const struct nemo_names nemo_mr_states = TABLE(mr_states_name);

static const char *const mr_reasons_name[] = {
	[NEMO_MR_REASON_ADMIN] = "admin",
	[NEMO_MR_REASON_FIRST_FRAME] = "first-frame",
	[NEMO_MR_REASON_ATTACHMENT_GONE] = "attachment-gone",
	[NEMO_MR_REASON_MARKER] = "marker",
	[NEMO_MR_REASON_MARKER_TIMEOUT] = "marker-timeout",
	[NEMO_MR_REASON_PORT_GONE] = "port-gone",
};

const struct nemo_names nemo_mr_reasons = TABLE(mr_reasons_name);

static const char *const ha_reasons_name[] = {
	[NEMO_HA_REASON_REGISTERED] = "registered",
	[NEMO_HA_REASON_REFRESHED] = "refreshed",
	[NEMO_HA_REASON_REPLACED] = "replaced",
	[NEMO_HA_REASON_DEREGISTERED] = "deregistered",
	[NEMO_HA_REASON_EXPIRED] = "expired",
	[NEMO_HA_REASON_TRANSIENT] = "transient",
};

const struct nemo_names nemo_ha_reasons = TABLE(ha_reasons_name);

static const char *const drops_name[] = {
	[NEMO_MR_A_DROPS_MALFORMED] = "malformed",
	[NEMO_MR_A_DROPS_NO_ENTRY] = "no-entry",
	[NEMO_MR_A_DROPS_SPOOFED] = "spoofed",
	[NEMO_MR_A_DROPS_WRONG_ENDPOINT] = "wrong-endpoint",
	[NEMO_MR_A_DROPS_STATE] = "state",
	[NEMO_MR_A_DROPS_HOLD_FULL] = "hold-full",
	[NEMO_MR_A_DROPS_FLUSHED] = "flushed",
	[NEMO_MR_A_DROPS_NO_ROUTE] = "no-route",
	[NEMO_MR_A_DROPS_TOO_BIG] = "too-big",
	[NEMO_MR_A_DROPS_ENCAP_LIMIT] = "encap-limit",
	[NEMO_MR_A_DROPS_ECN] = "ecn",
	[NEMO_MR_A_DROPS_FAMILY] = "family",
	[NEMO_MR_A_DROPS_NOMEM] = "nomem",
};

const struct nemo_names nemo_drops = TABLE(drops_name);

static const char *const mr_stats_name[] = {
	[NEMO_MR_A_STATS_TX_PACKETS] = "tx-packets",
	[NEMO_MR_A_STATS_TX_BYTES] = "tx-bytes",
	[NEMO_MR_A_STATS_RX_PACKETS] = "rx-packets",
	[NEMO_MR_A_STATS_RX_BYTES] = "rx-bytes",
	[NEMO_MR_A_STATS_HELD] = "held",
	[NEMO_MR_A_STATS_FORWARDED] = "forwarded",
	[NEMO_MR_A_STATS_DROPPED] = "dropped",
};

const struct nemo_names nemo_mr_stats = TABLE(mr_stats_name);

static const char *const ha_stats_name[] = {
	[NEMO_HA_A_STATS_TX_PACKETS] = "tx-packets",
	[NEMO_HA_A_STATS_TX_BYTES] = "tx-bytes",
	[NEMO_HA_A_STATS_RX_PACKETS] = "rx-packets",
	[NEMO_HA_A_STATS_RX_BYTES] = "rx-bytes",
};

const struct nemo_names nemo_ha_stats = TABLE(ha_stats_name);

static const char *const mr_attrs_name[] = {
	[NEMO_MR_A_IFINDEX] = "ifindex",
	[NEMO_MR_A_NAME] = "name",
	[NEMO_MR_A_HOA] = "hoa",
	[NEMO_MR_A_HA] = "ha",
	[NEMO_MR_A_COA] = "coa",
	[NEMO_MR_A_PEER] = "peer",
	[NEMO_MR_A_STATE] = "state",
	[NEMO_MR_A_PREFIX] = "prefix",
	[NEMO_MR_A_ATTACHMENT] = "attachment",
	[NEMO_MR_A_GUEST] = "guest",
	[NEMO_MR_A_EXCLUDE] = "exclude",
	[NEMO_MR_A_FLAGS] = "flags",
	[NEMO_MR_A_SEQ] = "seq",
	[NEMO_MR_A_LIFETIME] = "lifetime",
	[NEMO_MR_A_EXPIRES] = "expires",
	[NEMO_MR_A_HOLD_PACKETS] = "hold-packets",
	[NEMO_MR_A_HOLD_BYTES] = "hold-bytes",
	[NEMO_MR_A_HELD_UPLINK] = "held-uplink",
	[NEMO_MR_A_HELD_DOWNLINK] = "held-downlink",
	[NEMO_MR_A_MARKER_TIMEOUT] = "marker-timeout",
	[NEMO_MR_A_MARKER_DUE] = "marker-due",
	[NEMO_MR_A_LAST_FRAME] = "last-frame",
	[NEMO_MR_A_STATS] = "stats",
	[NEMO_MR_A_OLD_STATE] = "old-state",
	[NEMO_MR_A_REASON] = "reason",
	[NEMO_MR_A_TIME] = "time",
};

const struct nemo_names nemo_mr_attrs = TABLE(mr_attrs_name);

static const char *const ha_attrs_name[] = {
	[NEMO_HA_A_IFINDEX] = "ifindex",
	[NEMO_HA_A_NAME] = "name",
	[NEMO_HA_A_HOA] = "hoa",
	[NEMO_HA_A_LOCAL] = "local",
	[NEMO_HA_A_COA] = "coa",
	[NEMO_HA_A_TCOA] = "tcoa",
	[NEMO_HA_A_TCOA_LIFETIME] = "tcoa-lifetime",
	[NEMO_HA_A_SEQ] = "seq",
	[NEMO_HA_A_LIFETIME] = "lifetime",
	[NEMO_HA_A_EXPIRES] = "expires",
	[NEMO_HA_A_PREFIX] = "prefix",
	[NEMO_HA_A_STATS] = "stats",
	[NEMO_HA_A_OLD_COA] = "old-coa",
	[NEMO_HA_A_REASON] = "reason",
	[NEMO_HA_A_TIME] = "time",
};

const struct nemo_names nemo_ha_attrs = TABLE(ha_attrs_name);

static const char *const mr_link_attrs_name[] = {
	[NEMO_MR_A_LINK_IFINDEX] = "ifindex",
	[NEMO_MR_A_LINK_IFNAME] = "ifname",
	[NEMO_MR_A_LINK_COUNT] = "count",
	[NEMO_MR_A_LINK_HOLD_BYTES] = "hold-bytes",
	[NEMO_MR_A_LINK_HELD_BYTES] = "held-bytes",
	[NEMO_MR_A_LINK_DROPS] = "drops",
};

const struct nemo_names nemo_mr_link_attrs = TABLE(mr_link_attrs_name);

static const char *const ha_link_attrs_name[] = {
	[NEMO_HA_A_LINK_IFINDEX] = "ifindex",
	[NEMO_HA_A_LINK_IFNAME] = "ifname",
	[NEMO_HA_A_LINK_COUNT] = "count",
	[NEMO_HA_A_LINK_DROPS] = "drops",
};

const struct nemo_names nemo_ha_link_attrs = TABLE(ha_link_attrs_name);

const char *nemo_name(const struct nemo_names *names, unsigned int number)
{
	return number < names->n && names->name[number] ?
		names->name[number] : "?";
}

int nemo_number(const struct nemo_names *names, const char *name)
{
	for (unsigned int i = 0; i < names->n; i++)
		if (names->name[i] && !strcmp(names->name[i], name))
			return i;
	return -1;
}
