/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/nemo_ha.yaml */
/* YNL-GEN kernel header */

#ifndef _LINUX_NEMO_HA_GEN_H
#define _LINUX_NEMO_HA_GEN_H

#include <net/netlink.h>
#include <net/genetlink.h>

#include <uapi/linux/nemo_ha.h>

/* Common nested types */
extern const struct nla_policy nemo_ha_prefix_nl_policy[NEMO_HA_A_PREFIX_LENGTH + 1];

extern const struct nla_policy nemo_ha_bce_get_nl_policy[NEMO_HA_A_HOA + 1];

extern const struct nla_policy nemo_ha_bce_bind_nl_policy[NEMO_HA_A_PREFIX + 1];

extern const struct nla_policy nemo_ha_bce_transient_nl_policy[NEMO_HA_A_TCOA_LIFETIME + 1];

extern const struct nla_policy nemo_ha_bce_del_nl_policy[NEMO_HA_A_SEQ + 1];

extern const struct nla_policy nemo_ha_link_get_nl_policy[NEMO_HA_A_LINK_IFINDEX + 1];

/* Ops table for nemo_ha */
extern const struct genl_ops nemo_ha_nl_ops[5];

int nemo_ha_nl_bce_get_doit(struct sk_buff *skb, struct genl_info *info);
int nemo_ha_nl_bce_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int nemo_ha_nl_bce_bind_doit(struct sk_buff *skb, struct genl_info *info);
int nemo_ha_nl_bce_transient_doit(struct sk_buff *skb, struct genl_info *info);
int nemo_ha_nl_bce_del_doit(struct sk_buff *skb, struct genl_info *info);
int nemo_ha_nl_link_get_doit(struct sk_buff *skb, struct genl_info *info);
int nemo_ha_nl_link_get_dumpit(struct sk_buff *skb,
			       struct netlink_callback *cb);

enum {
	NEMO_HA_NLGRP_BCE,
};

#endif /* _LINUX_NEMO_HA_GEN_H */
