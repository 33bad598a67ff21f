// SPDX-License-Identifier: GPL-2.0
/* Generic netlink family nemo_ha; Documentation/netlink/specs/nemo_ha.yaml. */
#include <linux/ktime.h>
#include <linux/module.h>

#include "../core/seq.h"
#include "binding.h"
#include "netlink_gen.h"

static_assert(NEMO_HA_A_DROPS_PAD + 1 + NEMO_DROP_MALFORMED == NEMO_HA_A_DROPS_MALFORMED);
static_assert(NEMO_HA_A_DROPS_PAD + 1 + NEMO_DROP_NOMEM == NEMO_HA_A_DROPS_NOMEM);
static_assert(NEMO_HA_A_DROPS_PAD + NEMO_DROP_COUNT == NEMO_HA_A_DROPS_MAX);
static_assert(3 == NEMO_HA_A_PREFIX_LENGTH);

static struct genl_family nemo_ha_family;

static struct nemo_ha_dev *nemo_ha_get(struct genl_info *info)
{
	struct nemo_tunnel *t;

	if (GENL_REQ_ATTR_CHECK(info, NEMO_HA_A_IFINDEX)) {
		NL_SET_ERR_MSG(info->extack, "a device index is needed");
		return ERR_PTR(-EINVAL);
	}
	t = nemo_tunnel_get(genl_info_net(info),
			    nla_get_u32(info->attrs[NEMO_HA_A_IFINDEX]), info->extack);
	return IS_ERR(t) ? ERR_CAST(t) : container_of(t, struct nemo_ha_dev, tunnel);
}

static int nemo_bce_put_stats(struct sk_buff *skb, const struct nemo_bce *bce)
{
	struct nlattr *nest = nla_nest_start(skb, NEMO_HA_A_STATS);

	if (!nest ||
	    nla_put_u64_64bit(skb, NEMO_HA_A_STATS_TX_PACKETS,
			      atomic64_read(&bce->tx_packets), NEMO_HA_A_STATS_PAD) ||
	    nla_put_u64_64bit(skb, NEMO_HA_A_STATS_TX_BYTES,
			      atomic64_read(&bce->tx_bytes), NEMO_HA_A_STATS_PAD) ||
	    nla_put_u64_64bit(skb, NEMO_HA_A_STATS_RX_PACKETS,
			      atomic64_read(&bce->rx_packets), NEMO_HA_A_STATS_PAD) ||
	    nla_put_u64_64bit(skb, NEMO_HA_A_STATS_RX_BYTES,
			      atomic64_read(&bce->rx_bytes), NEMO_HA_A_STATS_PAD))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int nemo_bce_put_prefixes(struct sk_buff *skb, const struct nemo_bce *bce)
{
	const struct nemo_prefix *p;

	hlist_for_each_entry(p, &bce->prefixes, list) {
		/* the home address has an attribute of its own */
		if (p->key.plen == NEMO_PLEN_MAX &&
		    ipv6_addr_equal(&p->key.addr, &bce->hoa))
			continue;
		if (nemo_attr_put_prefix(skb, NEMO_HA_A_PREFIX, &p->key))
			return -EMSGSIZE;
	}
	return 0;
}

/* One whose time is over is there until the next change, but nobody's business. */
static int nemo_bce_put_transient(struct sk_buff *skb, const struct nemo_bce *bce,
				  const struct nemo_endpoint *tep)
{
	unsigned long now = jiffies;

	if (!time_before(now, bce->transient_end))
		return 0;
	return nla_put_in6_addr(skb, NEMO_HA_A_TCOA, &tep->key.remote) ?:
	       nla_put_u32(skb, NEMO_HA_A_TCOA_LIFETIME,
			   jiffies_to_msecs(bce->transient_end - now));
}

/* What notifications and replies both say. Context: tunnel.lock. */
static int nemo_bce_put_common(struct sk_buff *skb, const struct nemo_bce *bce)
{
	const struct nemo_tunnel *t = &bce->ha->tunnel;
	const struct nemo_endpoint *ep, *tep;

	ep = nemo_endpoint_deref(t, bce->ep);
	tep = nemo_endpoint_deref(t, bce->tep);
	if (nla_put_u32(skb, NEMO_HA_A_IFINDEX, t->dev->ifindex) ||
	    (bce->name[0] && nla_put_string(skb, NEMO_HA_A_NAME, bce->name)) ||
	    nla_put_in6_addr(skb, NEMO_HA_A_HOA, &bce->hoa) ||
	    nla_put_in6_addr(skb, NEMO_HA_A_LOCAL, &ep->key.local) ||
	    nla_put_in6_addr(skb, NEMO_HA_A_COA, &ep->key.remote) ||
	    (tep && nemo_bce_put_transient(skb, bce, tep)) ||
	    nla_put_u16(skb, NEMO_HA_A_SEQ, bce->seq) ||
	    nla_put_u32(skb, NEMO_HA_A_LIFETIME, bce->lifetime))
		return -EMSGSIZE;
	return 0;
}

/* Context: tunnel.lock. */
static int nemo_bce_fill(struct sk_buff *skb, const struct nemo_bce *bce)
{
	u64 left = nemo_lifetime_left(get_jiffies_64(), bce->expires);

	if (nemo_bce_put_common(skb, bce) ||
	    nla_put_u64_64bit(skb, NEMO_HA_A_EXPIRES, left, NEMO_HA_A_PAD) ||
	    nemo_bce_put_prefixes(skb, bce) ||
	    nemo_bce_put_stats(skb, bce))
		return -EMSGSIZE;
	return 0;
}

/**
 * nemo_bce_notify() - tell the listeners that a binding changed
 * @bce: binding
 * @reason: why
 * @old_coa: care-of address before, or NULL
 *
 * Context: tunnel.lock.
 */
void nemo_bce_notify(const struct nemo_bce *bce, enum nemo_ha_reason reason,
		     const struct in6_addr *old_coa)
{
	struct net *net = bce->ha->tunnel.net;
	struct sk_buff *skb;
	void *hdr;

	if (!genl_has_listeners(&nemo_ha_family, net, NEMO_HA_NLGRP_BCE))
		return;
	skb = genlmsg_new(NLMSG_GOODSIZE, GFP_ATOMIC);
	hdr = skb ? genlmsg_put(skb, 0, 0, &nemo_ha_family, 0, NEMO_HA_CMD_BCE_NTF) : NULL;
	if (!hdr)
		goto err;
	if (nemo_bce_put_common(skb, bce) ||
	    (old_coa && nla_put_in6_addr(skb, NEMO_HA_A_OLD_COA, old_coa)) ||
	    nla_put_u8(skb, NEMO_HA_A_REASON, reason) ||
	    nla_put_u64_64bit(skb, NEMO_HA_A_TIME, ktime_get_real_ns(), NEMO_HA_A_PAD))
		goto err;
	genlmsg_end(skb, hdr);
	genlmsg_multicast_netns(&nemo_ha_family, net, skb, 0, NEMO_HA_NLGRP_BCE, GFP_ATOMIC);
	return;
err:
	/* who listens is told that something is missing, and reads the bindings anew */
	nlmsg_free(skb);
	genl_set_err(&nemo_ha_family, net, 0, NEMO_HA_NLGRP_BCE, -ENOBUFS);
}

/* Requests --------------------------------------------------------------- */

int nemo_ha_nl_bce_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nemo_ha_dev *ha;
	struct nemo_bce *bce;
	struct in6_addr hoa;
	struct sk_buff *msg;
	void *hdr;
	int err;

	err = nemo_attr_once(info, 0);
	if (err)
		return err;
	if (GENL_REQ_ATTR_CHECK(info, NEMO_HA_A_HOA)) {
		NL_SET_ERR_MSG(info->extack, "a home address is needed");
		return -EINVAL;
	}
	hoa = nla_get_in6_addr(info->attrs[NEMO_HA_A_HOA]);
	ha = nemo_ha_get(info);
	if (IS_ERR(ha))
		return PTR_ERR(ha);

	err = -ENOMEM;
	msg = genlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	if (!msg)
		goto out;
	err = -EMSGSIZE;
	hdr = genlmsg_put_reply(msg, info, &nemo_ha_family, 0, NEMO_HA_CMD_BCE_GET);
	if (!hdr)
		goto out;

	spin_lock_bh(&ha->tunnel.lock);
	bce = nemo_bce_lookup(ha, &hoa);
	if (bce) {
		err = nemo_bce_fill(msg, bce);
	} else {
		NL_SET_ERR_MSG(info->extack, "no binding for this home address");
		err = -ENOENT;
	}
	spin_unlock_bh(&ha->tunnel.lock);
	if (err)
		goto out;
	genlmsg_end(msg, hdr);
	nemo_tunnel_put(&ha->tunnel);
	return genlmsg_reply(msg, info);
out:
	nlmsg_free(msg);
	nemo_tunnel_put(&ha->tunnel);
	return err;
}

static int nemo_bce_dump_one(struct sk_buff *skb, struct netlink_callback *cb,
			     const struct nemo_bce *bce)
{
	void *hdr = genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
				&nemo_ha_family, NLM_F_MULTI, NEMO_HA_CMD_BCE_GET);

	if (!hdr)
		return -EMSGSIZE;
	genl_dump_check_consistent(cb, hdr);
	if (nemo_bce_fill(skb, bce)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

/* cb->args: [0] device index, [1] next id on it. */
static int nemo_bce_dump_dev(struct sk_buff *skb, struct netlink_callback *cb,
			     struct nemo_tunnel *t, const void *hoa)
{
	unsigned long id = cb->args[1];
	struct nemo_bce *bce;
	int err = 0;

	spin_lock_bh(&t->lock);
	xa_for_each_start(&t->entries, id, bce, cb->args[1]) {
		if (hoa && !ipv6_addr_equal(hoa, &bce->hoa))
			continue;
		err = nemo_bce_dump_one(skb, cb, bce);
		if (err)
			break;
	}
	spin_unlock_bh(&t->lock);
	cb->args[1] = err ? id : 0;
	return err;
}

int nemo_ha_nl_bce_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct nlattr **attrs = nemo_dump_attrs(cb);
	struct in6_addr hoa, *only = NULL;
	u32 ifindex = 0;
	int err;

	err = nemo_dump_once(cb);
	if (err)
		return err;
	if (attrs[NEMO_HA_A_IFINDEX])
		ifindex = nla_get_u32(attrs[NEMO_HA_A_IFINDEX]);
	if (attrs[NEMO_HA_A_HOA]) {
		hoa = nla_get_in6_addr(attrs[NEMO_HA_A_HOA]);
		only = &hoa;
	}
	return nemo_tunnel_dump(skb, cb, ifindex, only, nemo_bce_dump_dev);
}

static int nemo_ha_parse_transient(struct genl_info *info, struct nemo_bind *bind)
{
	struct nlattr *tcoa = info->attrs[NEMO_HA_A_TCOA];
	struct nlattr *lifetime = info->attrs[NEMO_HA_A_TCOA_LIFETIME];

	if (!tcoa)
		return 0;
	bind->has_tcoa = true;
	bind->tcoa = nla_get_in6_addr(tcoa);
	if (ipv6_addr_any(&bind->tcoa))
		return 0;
	if (!lifetime) {
		NL_SET_ERR_MSG(info->extack, "a transient care-of address needs tcoa-lifetime");
		return -EINVAL;
	}
	bind->tcoa_lifetime = nla_get_u32(lifetime);
	return nemo_attr_addr(tcoa, &bind->tcoa, info->extack);
}

static int nemo_ha_parse_bind(struct genl_info *info, struct nemo_bind *bind)
{
	static const u8 needed[] = {
		NEMO_HA_A_HOA, NEMO_HA_A_LOCAL, NEMO_HA_A_COA, NEMO_HA_A_SEQ,
		NEMO_HA_A_LIFETIME,
	};
	struct nlattr **attrs = info->attrs;
	unsigned int i, n;
	int err;

	for (i = 0; i < ARRAY_SIZE(needed); i++) {
		if (GENL_REQ_ATTR_CHECK(info, needed[i])) {
			NL_SET_ERR_MSG(info->extack,
				       "a binding needs hoa, local, coa, seq and lifetime");
			return -EINVAL;
		}
	}
	err = nemo_attr_addr(attrs[NEMO_HA_A_HOA], &bind->hoa, info->extack);
	if (err)
		return err;
	err = nemo_attr_addr(attrs[NEMO_HA_A_LOCAL], &bind->local, info->extack);
	if (err)
		return err;
	err = nemo_attr_addr(attrs[NEMO_HA_A_COA], &bind->coa, info->extack);
	if (err)
		return err;
	err = nemo_ha_parse_transient(info, bind);
	if (err)
		return err;
	err = nemo_prefix_key_set(&bind->keys[0], &bind->hoa, NEMO_PLEN_MAX, info->extack);
	if (err)
		return err;
	err = nemo_attr_prefixes(info, NEMO_HA_A_PREFIX, &bind->keys[1],
				 NEMO_HA_PREFIX_MAX, &n);
	if (err)
		return err;
	bind->nkeys = n + 1;
	bind->seq = nla_get_u16(attrs[NEMO_HA_A_SEQ]);
	bind->lifetime = nla_get_u32(attrs[NEMO_HA_A_LIFETIME]);
	if (attrs[NEMO_HA_A_NAME])
		bind->name = nla_data(attrs[NEMO_HA_A_NAME]);
	if (bind->name && !*bind->name) {
		NL_SET_ERR_MSG_ATTR(info->extack, attrs[NEMO_HA_A_NAME],
				    "the name of a mobile router must not be empty");
		return -EINVAL;
	}
	return 0;
}

int nemo_ha_nl_bce_bind_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nemo_bind bind = {};
	struct nemo_ha_dev *ha;
	int err;

	err = nemo_attr_once(info, BIT(NEMO_HA_A_PREFIX));
	if (err)
		return err;
	err = nemo_ha_parse_bind(info, &bind);
	if (err)
		return err;
	ha = nemo_ha_get(info);
	if (IS_ERR(ha))
		return PTR_ERR(ha);
	err = nemo_bce_bind(ha, &bind, info->extack);
	nemo_tunnel_put(&ha->tunnel);
	return err;
}

int nemo_ha_nl_bce_transient_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nemo_bind bind = {};
	struct nemo_ha_dev *ha;
	int err;

	err = nemo_attr_once(info, 0);
	if (err)
		return err;
	if (GENL_REQ_ATTR_CHECK(info, NEMO_HA_A_HOA) ||
	    GENL_REQ_ATTR_CHECK(info, NEMO_HA_A_TCOA)) {
		NL_SET_ERR_MSG(info->extack, "a home address and tcoa are needed");
		return -EINVAL;
	}
	bind.hoa = nla_get_in6_addr(info->attrs[NEMO_HA_A_HOA]);
	err = nemo_ha_parse_transient(info, &bind);
	if (err)
		return err;
	ha = nemo_ha_get(info);
	if (IS_ERR(ha))
		return PTR_ERR(ha);
	err = nemo_bce_transient(ha, &bind, info->extack);
	nemo_tunnel_put(&ha->tunnel);
	return err;
}

int nemo_ha_nl_bce_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *seq_attr = info->attrs[NEMO_HA_A_SEQ];
	struct nemo_ha_dev *ha;
	struct in6_addr hoa;
	u16 seq = 0;
	int err;

	err = nemo_attr_once(info, 0);
	if (err)
		return err;
	if (GENL_REQ_ATTR_CHECK(info, NEMO_HA_A_HOA)) {
		NL_SET_ERR_MSG(info->extack, "a home address is needed");
		return -EINVAL;
	}
	hoa = nla_get_in6_addr(info->attrs[NEMO_HA_A_HOA]);
	if (seq_attr)
		seq = nla_get_u16(seq_attr);
	ha = nemo_ha_get(info);
	if (IS_ERR(ha))
		return PTR_ERR(ha);
	err = nemo_bce_delete(ha, &hoa, seq_attr ? &seq : NULL, info->extack);
	nemo_tunnel_put(&ha->tunnel);
	return err;
}

static int nemo_ha_fill_link(struct sk_buff *skb, const struct nemo_tunnel *t)
{
	if (nla_put_u32(skb, NEMO_HA_A_LINK_IFINDEX, t->dev->ifindex) ||
	    nla_put_string(skb, NEMO_HA_A_LINK_IFNAME, t->dev->name) ||
	    nla_put_u32(skb, NEMO_HA_A_LINK_COUNT, READ_ONCE(t->count)) ||
	    nemo_attr_put_drops(skb, NEMO_HA_A_LINK_DROPS, NEMO_HA_A_DROPS_PAD, t))
		return -EMSGSIZE;
	return 0;
}

int nemo_ha_nl_link_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	return nemo_link_get(info, &nemo_ha_family, NEMO_HA_CMD_LINK_GET,
			     NEMO_HA_A_LINK_IFINDEX, nemo_ha_fill_link);
}

int nemo_ha_nl_link_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	return nemo_link_dump(skb, cb, &nemo_ha_family, NEMO_HA_CMD_LINK_GET,
			      NEMO_HA_A_LINK_IFINDEX, nemo_ha_fill_link);
}

#include "netlink_gen.c"

static const struct genl_multicast_group nemo_ha_mcgrps[] = {
	[NEMO_HA_NLGRP_BCE] = {
		.name = NEMO_HA_MCGRP_BCE,
		.flags = GENL_MCAST_CAP_NET_ADMIN,	/* the generator knows none */
	},
};

static_assert(sizeof(nemo_ha_mcgrps) == sizeof(nemo_ha_nl_mcgrps));

static struct genl_family nemo_ha_family __ro_after_init = {
	.name = NEMO_HA_FAMILY_NAME,
	.version = NEMO_HA_FAMILY_VERSION,
	.netnsok = true,
	.parallel_ops = true,
	.module = THIS_MODULE,
	.ops = nemo_ha_nl_ops,
	.n_ops = ARRAY_SIZE(nemo_ha_nl_ops),
	.mcgrps = nemo_ha_mcgrps,
	.n_mcgrps = ARRAY_SIZE(nemo_ha_mcgrps),
};

int nemo_ha_netlink_register(void)
{
	return genl_register_family(&nemo_ha_family);
}

void nemo_ha_netlink_unregister(void)
{
	genl_unregister_family(&nemo_ha_family);
}
