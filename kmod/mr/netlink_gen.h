/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/nemo_mr.yaml */
/* YNL-GEN kernel header */

#ifndef _LINUX_NEMO_MR_GEN_H
#define _LINUX_NEMO_MR_GEN_H

#include <net/netlink.h>
#include <net/genetlink.h>

#include <uapi/linux/nemo_mr.h>

/* Common nested types */
extern const struct nla_policy nemo_mr_prefix_nl_policy[NEMO_MR_A_PREFIX_LENGTH + 1];

extern const struct nla_policy nemo_mr_mr_get_nl_policy[NEMO_MR_A_NAME + 1];

extern const struct nla_policy nemo_mr_mr_new_nl_policy[NEMO_MR_A_MARKER_TIMEOUT + 1];

extern const struct nla_policy nemo_mr_mr_set_nl_policy[NEMO_MR_A_MARKER_TIMEOUT + 1];

extern const struct nla_policy nemo_mr_mr_del_nl_policy[NEMO_MR_A_NAME + 1];

extern const struct nla_policy nemo_mr_link_get_nl_policy[NEMO_MR_A_LINK_IFINDEX + 1];

extern const struct nla_policy nemo_mr_link_set_nl_policy[NEMO_MR_A_LINK_HOLD_BYTES + 1];

/* Ops table for nemo_mr */
extern const struct genl_ops nemo_mr_nl_ops[6];

int nemo_mr_nl_mr_get_doit(struct sk_buff *skb, struct genl_info *info);
int nemo_mr_nl_mr_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int nemo_mr_nl_mr_new_doit(struct sk_buff *skb, struct genl_info *info);
int nemo_mr_nl_mr_set_doit(struct sk_buff *skb, struct genl_info *info);
int nemo_mr_nl_mr_del_doit(struct sk_buff *skb, struct genl_info *info);
int nemo_mr_nl_link_get_doit(struct sk_buff *skb, struct genl_info *info);
int nemo_mr_nl_link_get_dumpit(struct sk_buff *skb,
			       struct netlink_callback *cb);
int nemo_mr_nl_link_set_doit(struct sk_buff *skb, struct genl_info *info);

enum {
	NEMO_MR_NLGRP_MR,
};

#endif /* _LINUX_NEMO_MR_GEN_H */
