// SPDX-License-Identifier: GPL-2.0
/* Generic netlink family nemo_mr; Documentation/netlink/specs/nemo_mr.yaml. */
#include <linux/etherdevice.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/rtnetlink.h>

#include "../core/seq.h"
#include "netlink_gen.h"
#include "router.h"

static_assert(NEMO_MR_A_DROPS_PAD + 1 + NEMO_DROP_MALFORMED == NEMO_MR_A_DROPS_MALFORMED);
static_assert(NEMO_MR_A_DROPS_PAD + 1 + NEMO_DROP_NOMEM == NEMO_MR_A_DROPS_NOMEM);
static_assert(NEMO_MR_A_DROPS_PAD + NEMO_DROP_COUNT == NEMO_MR_A_DROPS_MAX);
static_assert(3 == NEMO_MR_A_PREFIX_LENGTH);

#define NEMO_MR_FLAGS	(NEMO_MR_FLAG_TRIGGER | NEMO_MR_FLAG_PREPARED_UPLINK | \
			 NEMO_MR_FLAG_UNDO | NEMO_MR_FLAG_LEAVE_WITH_PORT | \
			 NEMO_MR_FLAG_QUIET)
#define NEMO_MR_MULTI	(BIT(NEMO_MR_A_PREFIX) | BIT(NEMO_MR_A_GUEST) | \
			 BIT(NEMO_MR_A_EXCLUDE))

static struct genl_family nemo_mr_family;

static struct nemo_mr_dev *nemo_mr_get(struct genl_info *info, int attr)
{
	struct nemo_tunnel *t;

	if (GENL_REQ_ATTR_CHECK(info, attr)) {
		NL_SET_ERR_MSG(info->extack, "a device index is needed");
		return ERR_PTR(-EINVAL);
	}
	t = nemo_tunnel_get(genl_info_net(info), nla_get_u32(info->attrs[attr]),
			    info->extack);
	return IS_ERR(t) ? ERR_CAST(t) : container_of(t, struct nemo_mr_dev, tunnel);
}

/* Replies ---------------------------------------------------------------- */

static int nemo_mr_put_addr(struct sk_buff *skb, int attr,
			    const struct in6_addr *addr)
{
	return ipv6_addr_any(addr) ? 0 : nla_put_in6_addr(skb, attr, addr);
}

static int nemo_mr_put_prefixes(struct sk_buff *skb, const struct nemo_mr *mr)
{
	const struct nemo_prefix *p;

	hlist_for_each_entry(p, &mr->prefixes, list) {
		/* the home address has an attribute of its own */
		if (p->key.plen == NEMO_PLEN_MAX &&
		    ipv6_addr_equal(&p->key.addr, &mr->hoa))
			continue;
		if (nemo_attr_put_prefix(skb, NEMO_MR_A_PREFIX, &p->key))
			return -EMSGSIZE;
	}
	return 0;
}

/* Context: RTNL. */
static int nemo_mr_put_match(struct sk_buff *skb, const struct nemo_mr *mr)
{
	int i;

	if (nla_put_u32(skb, NEMO_MR_A_ATTACHMENT, nemo_attach_ifindex(mr->att)))
		return -EMSGSIZE;
	for (i = 0; i < mr->match.nguests; i++)
		if (nla_put(skb, NEMO_MR_A_GUEST, ETH_ALEN, mr->match.guest[i]))
			return -EMSGSIZE;
	for (i = 0; i < mr->match.nexcludes; i++)
		if (nla_put_string(skb, NEMO_MR_A_EXCLUDE, mr->match.exclude[i]))
			return -EMSGSIZE;
	return 0;
}

static int nemo_mr_put_stats(struct sk_buff *skb, const struct nemo_mr *mr)
{
	const struct nemo_mr_stats *stats = &mr->stats;
	const struct {
		int attr;
		const atomic64_t *value;
	} all[] = {
		{ NEMO_MR_A_STATS_TX_PACKETS, &stats->tx_packets },
		{ NEMO_MR_A_STATS_TX_BYTES, &stats->tx_bytes },
		{ NEMO_MR_A_STATS_RX_PACKETS, &stats->rx_packets },
		{ NEMO_MR_A_STATS_RX_BYTES, &stats->rx_bytes },
		{ NEMO_MR_A_STATS_HELD, &stats->held },
		{ NEMO_MR_A_STATS_FORWARDED, &stats->forwarded },
		{ NEMO_MR_A_STATS_DROPPED, &stats->dropped },
	};
	struct nlattr *nest = nla_nest_start(skb, NEMO_MR_A_STATS);
	int i;

	if (!nest)
		return -EMSGSIZE;
	for (i = 0; i < ARRAY_SIZE(all); i++)
		if (nla_put_u64_64bit(skb, all[i].attr, atomic64_read(all[i].value),
				      NEMO_MR_A_STATS_PAD))
			return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int nemo_mr_put_path(struct sk_buff *skb, const struct nemo_mr *mr)
{
	unsigned long last = READ_ONCE(mr->last_frame);
	u64 left = nemo_lifetime_left(get_jiffies_64(), mr->expires);
	const struct nemo_hold *hold = mr->hold;

	if (nla_put_u32(skb, NEMO_MR_A_HELD_UPLINK,
			skb_queue_len_lockless(&hold[NEMO_FROM_GUEST].queue)) ||
	    nla_put_u32(skb, NEMO_MR_A_HELD_DOWNLINK,
			skb_queue_len_lockless(&hold[NEMO_FROM_HA].queue) +
			skb_queue_len_lockless(&hold[NEMO_FROM_PEER].queue)) ||
	    nla_put_u32(skb, NEMO_MR_A_MARKER_TIMEOUT, READ_ONCE(mr->marker.timeout)) ||
	    nla_put_u8(skb, NEMO_MR_A_MARKER_DUE, READ_ONCE(mr->marker.due)) ||
	    nla_put_u64_64bit(skb, NEMO_MR_A_EXPIRES, left, NEMO_MR_A_PAD))
		return -EMSGSIZE;
	if (last && nla_put_u64_64bit(skb, NEMO_MR_A_LAST_FRAME,
				      jiffies_to_msecs(jiffies - last), NEMO_MR_A_PAD))
		return -EMSGSIZE;
	return 0;
}

/* Context: RTNL, tunnel.lock. */
static int nemo_mr_fill(struct sk_buff *skb, const struct nemo_mr *mr)
{
	if (nla_put_u32(skb, NEMO_MR_A_IFINDEX, mr->nd->tunnel.dev->ifindex) ||
	    nla_put_string(skb, NEMO_MR_A_NAME, mr->name) ||
	    nla_put_in6_addr(skb, NEMO_MR_A_HOA, &mr->hoa) ||
	    nla_put_in6_addr(skb, NEMO_MR_A_HA, &mr->ha) ||
	    nemo_mr_put_addr(skb, NEMO_MR_A_COA, &mr->coa) ||
	    nemo_mr_put_addr(skb, NEMO_MR_A_PEER, &mr->peer) ||
	    nla_put_u8(skb, NEMO_MR_A_STATE, READ_ONCE(mr->state)) ||
	    nemo_mr_put_prefixes(skb, mr) ||
	    nemo_mr_put_match(skb, mr) ||
	    nla_put_u32(skb, NEMO_MR_A_FLAGS, mr->flags) ||
	    nla_put_u16(skb, NEMO_MR_A_SEQ, mr->seq) ||
	    nla_put_u32(skb, NEMO_MR_A_LIFETIME, mr->lifetime) ||
	    nla_put_u32(skb, NEMO_MR_A_HOLD_PACKETS, mr->limit.packets) ||
	    nla_put_u32(skb, NEMO_MR_A_HOLD_BYTES, mr->limit.bytes) ||
	    nemo_mr_put_path(skb, mr) ||
	    nemo_mr_put_stats(skb, mr))
		return -EMSGSIZE;
	return 0;
}

/* Notifications ---------------------------------------------------------- */

/* Who listens is told that something is missing, and reads the state anew. */
static void nemo_mr_ntf_lost(const struct nemo_mr *mr, struct sk_buff *skb)
{
	nlmsg_free(skb);
	genl_set_err(&nemo_mr_family, mr->nd->tunnel.net, 0, NEMO_MR_NLGRP_MR, -ENOBUFS);
}

static struct sk_buff *nemo_mr_ntf_start(const struct nemo_mr *mr, u8 cmd, void **hdr)
{
	struct sk_buff *skb;

	if (!genl_has_listeners(&nemo_mr_family, mr->nd->tunnel.net, NEMO_MR_NLGRP_MR))
		return NULL;
	skb = genlmsg_new(NLMSG_GOODSIZE, GFP_ATOMIC);
	*hdr = skb ? genlmsg_put(skb, 0, 0, &nemo_mr_family, 0, cmd) : NULL;
	if (!*hdr) {
		nemo_mr_ntf_lost(mr, skb);
		return NULL;
	}
	return skb;
}

static void nemo_mr_ntf_send(const struct nemo_mr *mr, struct sk_buff *skb, void *hdr)
{
	genlmsg_end(skb, hdr);
	genlmsg_multicast_netns(&nemo_mr_family, mr->nd->tunnel.net, skb, 0,
				NEMO_MR_NLGRP_MR, GFP_ATOMIC);
}

/* Context: RTNL. */
void nemo_mr_notify_new(const struct nemo_mr *mr)
{
	void *hdr;
	struct sk_buff *skb = nemo_mr_ntf_start(mr, NEMO_MR_CMD_MR_NEW_NTF, &hdr);
	int err;

	if (!skb)
		return;
	spin_lock_bh(&mr->nd->tunnel.lock);
	err = nemo_mr_fill(skb, mr);
	spin_unlock_bh(&mr->nd->tunnel.lock);
	if (err)
		nemo_mr_ntf_lost(mr, skb);
	else
		nemo_mr_ntf_send(mr, skb, hdr);
}

void nemo_mr_notify_del(const struct nemo_mr *mr)
{
	void *hdr;
	struct sk_buff *skb = nemo_mr_ntf_start(mr, NEMO_MR_CMD_MR_DEL_NTF, &hdr);

	if (!skb)
		return;
	if (nla_put_u32(skb, NEMO_MR_A_IFINDEX, mr->nd->tunnel.dev->ifindex) ||
	    nla_put_string(skb, NEMO_MR_A_NAME, mr->name) ||
	    nla_put_u64_64bit(skb, NEMO_MR_A_TIME, ktime_get_real_ns(), NEMO_MR_A_PAD))
		nemo_mr_ntf_lost(mr, skb);
	else
		nemo_mr_ntf_send(mr, skb, hdr);
}

static int nemo_mr_put_remote(struct sk_buff *skb, const struct nemo_mr *mr)
{
	const struct nemo_endpoint *ep;
	int err = 0;

	rcu_read_lock();
	ep = rcu_dereference(mr->ha_ep);
	if (ep)
		err = nla_put_in6_addr(skb, NEMO_MR_A_COA, &ep->key.local);
	ep = rcu_dereference(mr->peer_ep);
	if (ep && !err)
		err = nla_put_in6_addr(skb, NEMO_MR_A_PEER, &ep->key.remote);
	rcu_read_unlock();
	return err;
}

/**
 * nemo_mr_notify_state() - tell the listeners that a state has changed
 * @mr: mobile router
 * @old: state before
 * @reason: why
 *
 * Context: any; mostly under the lock of the mobile router.
 */
void nemo_mr_notify_state(const struct nemo_mr *mr, enum nemo_mr_state old,
			  enum nemo_mr_reason reason)
{
	void *hdr;
	struct sk_buff *skb = nemo_mr_ntf_start(mr, NEMO_MR_CMD_STATE_NTF, &hdr);
	const struct nemo_hold *hold = mr->hold;

	if (!skb)
		return;
	if (nla_put_u32(skb, NEMO_MR_A_IFINDEX, mr->nd->tunnel.dev->ifindex) ||
	    nla_put_string(skb, NEMO_MR_A_NAME, mr->name) ||
	    nla_put_u8(skb, NEMO_MR_A_STATE, mr->state) ||
	    nla_put_u8(skb, NEMO_MR_A_OLD_STATE, old) ||
	    nla_put_u8(skb, NEMO_MR_A_REASON, reason) ||
	    nla_put_u64_64bit(skb, NEMO_MR_A_TIME, ktime_get_real_ns(), NEMO_MR_A_PAD) ||
	    nla_put_u16(skb, NEMO_MR_A_SEQ, READ_ONCE(mr->seq)) ||
	    nla_put_u32(skb, NEMO_MR_A_HELD_UPLINK,
			skb_queue_len_lockless(&hold[NEMO_FROM_GUEST].queue)) ||
	    nla_put_u32(skb, NEMO_MR_A_HELD_DOWNLINK,
			skb_queue_len_lockless(&hold[NEMO_FROM_HA].queue) +
			skb_queue_len_lockless(&hold[NEMO_FROM_PEER].queue)) ||
	    nla_put_u8(skb, NEMO_MR_A_MARKER_DUE, READ_ONCE(mr->marker.due)) ||
	    nemo_mr_put_stats(skb, mr) ||
	    nemo_mr_put_remote(skb, mr))
		nemo_mr_ntf_lost(mr, skb);
	else
		nemo_mr_ntf_send(mr, skb, hdr);
}

/* Requests --------------------------------------------------------------- */

static int nemo_mr_check_name(const struct nlattr *nla, struct netlink_ext_ack *extack)
{
	if (*(const char *)nla_data(nla))
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, nla, "the name of a mobile router must not be empty");
	return -EINVAL;
}

static int nemo_mr_parse_name(struct genl_info *info, struct nemo_mr_conf *conf)
{
	if (GENL_REQ_ATTR_CHECK(info, NEMO_MR_A_NAME)) {
		NL_SET_ERR_MSG(info->extack, "the name of a mobile router is needed");
		return -EINVAL;
	}
	nla_strscpy(conf->name, info->attrs[NEMO_MR_A_NAME], sizeof(conf->name));
	return nemo_mr_check_name(info->attrs[NEMO_MR_A_NAME], info->extack);
}

/* An address that may also be all zeros, for none. */
static int nemo_mr_parse_addr(struct genl_info *info, int attr, bool none,
			      struct in6_addr *addr, u32 *has, u32 bit)
{
	struct nlattr *nla = info->attrs[attr];

	if (!nla)
		return 0;
	*has |= bit;
	if (none) {
		*addr = nla_get_in6_addr(nla);
		if (ipv6_addr_any(addr))
			return 0;
	}
	return nemo_attr_addr(nla, addr, info->extack);
}

static int nemo_mr_parse_guest(struct nemo_mr_conf *conf, const struct nlattr *nla,
			       struct netlink_ext_ack *extack)
{
	const u8 *mac = nla_data(nla);

	conf->has |= NEMO_HAS_GUEST;
	if (is_zero_ether_addr(mac))
		return 0;
	if (!is_valid_ether_addr(mac)) {
		NL_SET_ERR_MSG_ATTR(extack, nla, "a guest has a unicast MAC address");
		return -EINVAL;
	}
	if (conf->match.nguests == NEMO_MR_GUEST_MAX) {
		NL_SET_ERR_MSG_ATTR(extack, nla, "too many guests for one mobile router");
		return -E2BIG;
	}
	ether_addr_copy(conf->match.guest[conf->match.nguests++], mac);
	return 0;
}

static int nemo_mr_parse_exclude(struct nemo_mr_conf *conf, const struct nlattr *nla,
				 struct netlink_ext_ack *extack)
{
	conf->has |= NEMO_HAS_EXCLUDE;
	if (!nla_len(nla) || !*(char *)nla_data(nla))
		return 0;
	if (conf->match.nexcludes == NEMO_MR_EXCLUDE_MAX) {
		NL_SET_ERR_MSG_ATTR(extack, nla, "too many excluded ports for one mobile router");
		return -E2BIG;
	}
	nla_strscpy(conf->match.exclude[conf->match.nexcludes++], nla, IFNAMSIZ);
	return 0;
}

static int nemo_mr_parse_match(struct genl_info *info, struct nemo_mr_conf *conf)
{
	const struct nlattr *nla;
	int rem, err = 0;

	nlmsg_for_each_attr(nla, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(nla) == NEMO_MR_A_GUEST)
			err = nemo_mr_parse_guest(conf, nla, info->extack);
		else if (nla_type(nla) == NEMO_MR_A_EXCLUDE)
			err = nemo_mr_parse_exclude(conf, nla, info->extack);
		if (err)
			return err;
	}
	return 0;
}

static int nemo_mr_parse_settings(struct genl_info *info, struct nemo_mr_conf *conf)
{
	struct nlattr **attrs = info->attrs;

	if (attrs[NEMO_MR_A_FLAGS]) {
		conf->has |= NEMO_HAS_FLAGS;
		conf->flags = nla_get_u32(attrs[NEMO_MR_A_FLAGS]);
		if (conf->flags & ~NEMO_MR_FLAGS) {
			NL_SET_ERR_MSG_ATTR(info->extack, attrs[NEMO_MR_A_FLAGS], "unknown flag");
			return -EINVAL;
		}
	}
	if (attrs[NEMO_MR_A_SEQ]) {
		conf->has |= NEMO_HAS_SEQ;
		conf->seq = nla_get_u16(attrs[NEMO_MR_A_SEQ]);
	}
	if (attrs[NEMO_MR_A_LIFETIME]) {
		conf->has |= NEMO_HAS_LIFETIME;
		conf->lifetime = nla_get_u32(attrs[NEMO_MR_A_LIFETIME]);
	}
	if (attrs[NEMO_MR_A_HOLD_PACKETS]) {
		conf->has |= NEMO_HAS_HOLD_PACKETS;
		conf->limit.packets = nla_get_u32(attrs[NEMO_MR_A_HOLD_PACKETS]);
	}
	if (attrs[NEMO_MR_A_HOLD_BYTES]) {
		conf->has |= NEMO_HAS_HOLD_BYTES;
		conf->limit.bytes = nla_get_u32(attrs[NEMO_MR_A_HOLD_BYTES]);
	}
	if (attrs[NEMO_MR_A_MARKER_TIMEOUT]) {
		conf->has |= NEMO_HAS_MARKER_TIMEOUT;
		conf->marker_timeout = nla_get_u32(attrs[NEMO_MR_A_MARKER_TIMEOUT]);
	}
	if (attrs[NEMO_MR_A_ATTACHMENT]) {
		conf->has |= NEMO_HAS_ATTACHMENT;
		conf->attachment = nla_get_u32(attrs[NEMO_MR_A_ATTACHMENT]);
	}
	return 0;
}

/* What mr-new and mr-set have in common. */
static int nemo_mr_parse(struct genl_info *info, struct nemo_mr_conf *conf)
{
	unsigned int n;
	int err;

	err = nemo_attr_once(info, NEMO_MR_MULTI);
	if (err)
		return err;
	err = nemo_mr_parse_name(info, conf);
	if (err)
		return err;
	err = nemo_mr_parse_addr(info, NEMO_MR_A_HA, false, &conf->ha,
				 &conf->has, NEMO_HAS_HA);
	if (err)
		return err;
	err = nemo_mr_parse_addr(info, NEMO_MR_A_COA, true, &conf->coa,
				 &conf->has, NEMO_HAS_COA);
	if (err)
		return err;
	err = nemo_attr_prefixes(info, NEMO_MR_A_PREFIX, &conf->keys[1],
				 NEMO_MR_PREFIX_MAX, &n);
	if (err)
		return err;
	if (n)
		conf->has |= NEMO_HAS_PREFIX;
	conf->nkeys = n + 1;
	err = nemo_mr_parse_match(info, conf);
	if (err)
		return err;
	return nemo_mr_parse_settings(info, conf);
}

int nemo_mr_nl_mr_new_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nemo_mr_conf *conf;
	struct nemo_mr_dev *nd;
	int err;

	conf = kzalloc(sizeof(*conf), GFP_KERNEL);
	if (!conf)
		return -ENOMEM;
	err = nemo_mr_parse(info, conf);
	if (err)
		goto out;
	err = -EINVAL;
	if (GENL_REQ_ATTR_CHECK(info, NEMO_MR_A_HOA) ||
	    GENL_REQ_ATTR_CHECK(info, NEMO_MR_A_HA) ||
	    GENL_REQ_ATTR_CHECK(info, NEMO_MR_A_PREFIX)) {
		NL_SET_ERR_MSG(info->extack, "a mobile router needs hoa, ha and a prefix");
		goto out;
	}
	err = nemo_attr_addr(info->attrs[NEMO_MR_A_HOA], &conf->hoa, info->extack);
	if (err)
		goto out;
	err = nemo_prefix_key_set(&conf->keys[0], &conf->hoa, NEMO_PLEN_MAX, info->extack);
	if (err)
		goto out;
	nd = nemo_mr_get(info, NEMO_MR_A_IFINDEX);
	err = PTR_ERR_OR_ZERO(nd);
	if (err)
		goto out;
	err = nemo_mr_new(nd, conf, info->extack);
	nemo_tunnel_put(&nd->tunnel);
out:
	kfree(conf);
	return err;
}

int nemo_mr_nl_mr_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nemo_mr_conf *conf;
	struct nemo_mr_dev *nd;
	int err;

	conf = kzalloc(sizeof(*conf), GFP_KERNEL);
	if (!conf)
		return -ENOMEM;
	err = nemo_mr_parse(info, conf);
	if (err)
		goto out;
	err = nemo_mr_parse_addr(info, NEMO_MR_A_PEER, true, &conf->peer,
				 &conf->has, NEMO_HAS_PEER);
	if (err)
		goto out;
	if (info->attrs[NEMO_MR_A_STATE]) {
		conf->has |= NEMO_HAS_STATE;
		conf->state = nla_get_u8(info->attrs[NEMO_MR_A_STATE]);
	}
	nd = nemo_mr_get(info, NEMO_MR_A_IFINDEX);
	err = PTR_ERR_OR_ZERO(nd);
	if (err)
		goto out;
	err = nemo_mr_set(nd, conf, info->extack);
	nemo_tunnel_put(&nd->tunnel);
out:
	kfree(conf);
	return err;
}

int nemo_mr_nl_mr_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nemo_mr_conf conf = {};
	struct nemo_mr_dev *nd;
	int err;

	err = nemo_attr_once(info, 0);
	if (err)
		return err;
	err = nemo_mr_parse_name(info, &conf);
	if (err)
		return err;
	nd = nemo_mr_get(info, NEMO_MR_A_IFINDEX);
	if (IS_ERR(nd))
		return PTR_ERR(nd);
	err = nemo_mr_del(nd, conf.name, info->extack);
	nemo_tunnel_put(&nd->tunnel);
	return err;
}

/* Context: RTNL. */
static int nemo_mr_reply(struct sk_buff *msg, struct genl_info *info,
			 struct nemo_mr_dev *nd, const char *name)
{
	struct nemo_mr *mr = nemo_mr_lookup(nd, name);
	void *hdr;
	int err;

	if (!mr) {
		NL_SET_ERR_MSG(info->extack, "no mobile router of this name on this device");
		return -ENOENT;
	}
	hdr = genlmsg_put_reply(msg, info, &nemo_mr_family, 0, NEMO_MR_CMD_MR_GET);
	if (!hdr)
		return -EMSGSIZE;
	spin_lock_bh(&nd->tunnel.lock);
	err = nemo_mr_fill(msg, mr);
	spin_unlock_bh(&nd->tunnel.lock);
	genlmsg_end(msg, hdr);
	return err;
}

int nemo_mr_nl_mr_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nemo_mr_conf conf = {};
	struct nemo_mr_dev *nd;
	struct sk_buff *msg;
	int err;

	err = nemo_attr_once(info, 0);
	if (err)
		return err;
	err = nemo_mr_parse_name(info, &conf);
	if (err)
		return err;
	nd = nemo_mr_get(info, NEMO_MR_A_IFINDEX);
	if (IS_ERR(nd))
		return PTR_ERR(nd);
	err = -ENOMEM;
	msg = genlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	if (!msg)
		goto out;
	rtnl_lock();
	err = nemo_mr_reply(msg, info, nd, conf.name);
	rtnl_unlock();
out:
	nemo_tunnel_put(&nd->tunnel);
	if (err) {
		nlmsg_free(msg);
		return err;
	}
	return genlmsg_reply(msg, info);
}

static int nemo_mr_dump_one(struct sk_buff *skb, struct netlink_callback *cb,
			    const struct nemo_mr *mr)
{
	void *hdr = genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
				&nemo_mr_family, NLM_F_MULTI, NEMO_MR_CMD_MR_GET);

	if (!hdr)
		return -EMSGSIZE;
	genl_dump_check_consistent(cb, hdr);
	if (nemo_mr_fill(skb, mr)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

/* cb->args[1]: next id on the device. Context: RTNL. */
static int nemo_mr_dump_dev(struct sk_buff *skb, struct netlink_callback *cb,
			    struct nemo_tunnel *t, const void *name)
{
	unsigned long id = cb->args[1];
	struct nemo_mr *mr;
	int err = 0;

	spin_lock_bh(&t->lock);
	xa_for_each_start(&t->entries, id, mr, cb->args[1]) {
		if (name && strcmp(name, mr->name))
			continue;
		err = nemo_mr_dump_one(skb, cb, mr);
		if (err)
			break;
	}
	spin_unlock_bh(&t->lock);
	cb->args[1] = err ? id : 0;
	return err;
}

int nemo_mr_nl_mr_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct nlattr **attrs = nemo_dump_attrs(cb);
	const void *name = NULL;
	u32 ifindex = 0;
	int err;

	err = nemo_dump_once(cb);
	if (err)
		return err;
	if (attrs[NEMO_MR_A_IFINDEX])
		ifindex = nla_get_u32(attrs[NEMO_MR_A_IFINDEX]);
	if (attrs[NEMO_MR_A_NAME]) {
		err = nemo_mr_check_name(attrs[NEMO_MR_A_NAME], cb->extack);
		if (err)
			return err;
		name = nla_data(attrs[NEMO_MR_A_NAME]);
	}
	rtnl_lock();
	err = nemo_tunnel_dump(skb, cb, ifindex, name, nemo_mr_dump_dev);
	rtnl_unlock();
	return err;
}

/* Links ------------------------------------------------------------------ */

static int nemo_mr_fill_link(struct sk_buff *skb, const struct nemo_tunnel *t)
{
	const struct nemo_mr_dev *nd = container_of(t, struct nemo_mr_dev, tunnel);

	if (nla_put_u32(skb, NEMO_MR_A_LINK_IFINDEX, t->dev->ifindex) ||
	    nla_put_string(skb, NEMO_MR_A_LINK_IFNAME, t->dev->name) ||
	    nla_put_u32(skb, NEMO_MR_A_LINK_COUNT, READ_ONCE(t->count)) ||
	    nla_put_u32(skb, NEMO_MR_A_LINK_HOLD_BYTES, READ_ONCE(nd->held.max_bytes)) ||
	    nla_put_u32(skb, NEMO_MR_A_LINK_HELD_BYTES, atomic_read(&nd->held.bytes)) ||
	    nemo_attr_put_drops(skb, NEMO_MR_A_LINK_DROPS, NEMO_MR_A_DROPS_PAD, t))
		return -EMSGSIZE;
	return 0;
}

int nemo_mr_nl_link_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	return nemo_link_get(info, &nemo_mr_family, NEMO_MR_CMD_LINK_GET,
			     NEMO_MR_A_LINK_IFINDEX, nemo_mr_fill_link);
}

int nemo_mr_nl_link_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	return nemo_link_dump(skb, cb, &nemo_mr_family, NEMO_MR_CMD_LINK_GET,
			      NEMO_MR_A_LINK_IFINDEX, nemo_mr_fill_link);
}

int nemo_mr_nl_link_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nemo_mr_dev *nd;
	int err;

	err = nemo_attr_once(info, 0);
	if (err)
		return err;
	nd = nemo_mr_get(info, NEMO_MR_A_LINK_IFINDEX);
	if (IS_ERR(nd))
		return PTR_ERR(nd);
	if (info->attrs[NEMO_MR_A_LINK_HOLD_BYTES])
		WRITE_ONCE(nd->held.max_bytes,
			   nla_get_u32(info->attrs[NEMO_MR_A_LINK_HOLD_BYTES]));
	nemo_tunnel_put(&nd->tunnel);
	return 0;
}

#include "netlink_gen.c"

static const struct genl_multicast_group nemo_mr_mcgrps[] = {
	[NEMO_MR_NLGRP_MR] = {
		.name = NEMO_MR_MCGRP_MR,
		.flags = GENL_MCAST_CAP_NET_ADMIN,	/* the generator knows none */
	},
};

static_assert(sizeof(nemo_mr_mcgrps) == sizeof(nemo_mr_nl_mcgrps));

static struct genl_family nemo_mr_family __ro_after_init = {
	.name = NEMO_MR_FAMILY_NAME,
	.version = NEMO_MR_FAMILY_VERSION,
	.netnsok = true,
	.parallel_ops = true,
	.module = THIS_MODULE,
	.ops = nemo_mr_nl_ops,
	.n_ops = ARRAY_SIZE(nemo_mr_nl_ops),
	.mcgrps = nemo_mr_mcgrps,
	.n_mcgrps = ARRAY_SIZE(nemo_mr_mcgrps),
};

int nemo_mr_netlink_register(void)
{
	return genl_register_family(&nemo_mr_family);
}

void nemo_mr_netlink_unregister(void)
{
	genl_unregister_family(&nemo_mr_family);
}
