// SPDX-License-Identifier: GPL-2.0
/*
 * Netlink attributes that both families have. The sets `prefix` and `drops`
 * are the same in both specs; each module asserts that.
 */
#include "tunnel.h"

enum {
	NEMO_A_PREFIX_FAMILY = 1,
	NEMO_A_PREFIX_ADDRESS,
	NEMO_A_PREFIX_LENGTH,
	NEMO_A_PREFIX_LAST = NEMO_A_PREFIX_LENGTH,
};

/**
 * nemo_attr_addr() - a unicast address that can be routed
 * @nla: attribute of 16 octets
 * @addr: result
 * @extack: says what is wrong
 *
 * Return: 0 or -EINVAL.
 */
int nemo_attr_addr(const struct nlattr *nla, struct in6_addr *addr,
		   struct netlink_ext_ack *extack)
{
	struct nemo_prefix_key key;

	*addr = nla_get_in6_addr(nla);
	if (nemo_prefix_key_set(&key, addr, NEMO_PLEN_MAX, NULL)) {
		NL_SET_ERR_MSG_ATTR(extack, nla, "address is not a routable unicast address");
		return -EINVAL;
	}
	return 0;
}

static int nemo_attr_prefix(const struct nlattr *nla,
			    struct nemo_prefix_key *key,
			    struct netlink_ext_ack *extack)
{
	struct nlattr *tb[NEMO_A_PREFIX_LAST + 1];
	struct in6_addr addr;
	int err;

	/* the policy was applied to the whole message */
	err = nla_parse_nested(tb, NEMO_A_PREFIX_LAST, nla, NULL, extack);
	if (err)
		return err;
	if (!tb[NEMO_A_PREFIX_FAMILY] || !tb[NEMO_A_PREFIX_ADDRESS] ||
	    !tb[NEMO_A_PREFIX_LENGTH]) {
		NL_SET_ERR_MSG_ATTR(extack, nla, "a prefix needs family, address and length");
		return -EINVAL;
	}
	if (nla_get_u16(tb[NEMO_A_PREFIX_FAMILY]) != AF_INET6) {
		NL_SET_ERR_MSG_ATTR(extack, nla, "only prefixes of family AF_INET6 are supported");
		return -EAFNOSUPPORT;
	}
	addr = nla_get_in6_addr(tb[NEMO_A_PREFIX_ADDRESS]);
	return nemo_prefix_key_set(key, &addr, nla_get_u8(tb[NEMO_A_PREFIX_LENGTH]), extack);
}

/**
 * nemo_attr_prefixes() - read all prefixes of a request
 * @info: request
 * @attr: the attribute, which may be there many times
 * @keys: result
 * @max: size of @keys
 * @n: how many there were
 *
 * Return: 0 or a negative error with extack.
 */
int nemo_attr_prefixes(struct genl_info *info, int attr,
		       struct nemo_prefix_key *keys, unsigned int max,
		       unsigned int *n)
{
	const struct nlattr *nla;
	int rem, err;

	*n = 0;
	nlmsg_for_each_attr(nla, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(nla) != attr)
			continue;
		if (*n == max) {
			NL_SET_ERR_MSG_ATTR(info->extack, nla, "too many prefixes");
			return -E2BIG;
		}
		err = nemo_attr_prefix(nla, &keys[*n], info->extack);
		if (err)
			return err;
		(*n)++;
	}
	return 0;
}

int nemo_attr_put_prefix(struct sk_buff *skb, int attr,
			 const struct nemo_prefix_key *key)
{
	struct nlattr *nest = nla_nest_start(skb, attr);

	if (!nest ||
	    nla_put_u16(skb, NEMO_A_PREFIX_FAMILY, key->family) ||
	    nla_put_in6_addr(skb, NEMO_A_PREFIX_ADDRESS, &key->addr) ||
	    nla_put_u8(skb, NEMO_A_PREFIX_LENGTH, key->plen))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

int nemo_attr_put_drops(struct sk_buff *skb, int attr, int pad,
			const struct nemo_tunnel *t)
{
	struct nlattr *nest = nla_nest_start(skb, attr);
	int i, cpu;

	if (!nest)
		return -EMSGSIZE;
	for (i = 0; i < NEMO_DROP_COUNT; i++) {
		u64 sum = 0;

		for_each_possible_cpu(cpu)
			sum += READ_ONCE(per_cpu_ptr(t->drops, cpu)->reason[i]);
		if (nla_put_u64_64bit(skb, pad + 1 + i, sum, pad))
			return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}

static int nemo_nlmsg_once(const struct nlmsghdr *nlh, unsigned long multi,
			   struct netlink_ext_ack *extack)
{
	const struct nlattr *nla;
	unsigned long seen = 0;
	int rem;

	nlmsg_for_each_attr(nla, nlh, GENL_HDRLEN, rem) {
		unsigned long bit = BIT(nla_type(nla));

		if (seen & bit & ~multi) {
			NL_SET_ERR_MSG_ATTR(extack, nla, "attribute is there twice");
			return -EINVAL;
		}
		seen |= bit;
	}
	return 0;
}

/**
 * nemo_attr_once() - refuse attributes that are there twice
 * @info: request
 * @multi: bit n is set if attribute n may be there many times
 *
 * Return: 0 or -EINVAL with extack.
 */
int nemo_attr_once(struct genl_info *info, unsigned long multi)
{
	return nemo_nlmsg_once(info->nlhdr, multi, info->extack);
}

/* The same of a dump, whose attributes are a filter. */
int nemo_dump_once(struct netlink_callback *cb)
{
	return nemo_nlmsg_once(cb->nlh, 0, cb->extack);
}

/**
 * nemo_tunnel_dump() - dump the entries of one device or of all
 * @skb: reply
 * @cb: dump; args[0] is the device to go on with, args[1] is @dump's
 * @ifindex: only this device, 0 for all of the namespace
 * @filter: for @dump
 * @dump: dumps the entries of a device; -EMSGSIZE when @skb is full
 *
 * Return: what a dump callback returns.
 */
int nemo_tunnel_dump(struct sk_buff *skb, struct netlink_callback *cb,
		     u32 ifindex, const void *filter, nemo_dump_fn *dump)
{
	struct nemo_net *nn = nemo_net_get(sock_net(skb->sk));
	struct nemo_tunnel *t;
	int err = 0;

	cb->seq = atomic_read(&nn->gen);
	rcu_read_lock();
	list_for_each_entry_rcu(t, &nn->tunnels, list) {
		if (ifindex && t->dev->ifindex != ifindex)
			continue;
		if (cb->args[0] && t->dev->ifindex != cb->args[0])
			continue;	/* done by an earlier call */
		cb->args[0] = t->dev->ifindex;
		err = dump(skb, cb, t, filter);
		if (err)
			break;
		cb->args[0] = 0;
	}
	rcu_read_unlock();
	if (!err)
		cb->args[0] = -1;	/* no device has this index: the end */
	return skb->len;
}

/* @cb is of a dump, or NULL. */
static int nemo_link_put(struct sk_buff *skb, struct netlink_callback *cb,
			 const struct genl_family *family, u32 portid, u32 seq, u8 cmd,
			 const struct nemo_tunnel *t, nemo_fill_fn *fill)
{
	void *hdr = genlmsg_put(skb, portid, seq, family, cb ? NLM_F_MULTI : 0, cmd);

	if (!hdr)
		return -EMSGSIZE;
	if (cb)
		genl_dump_check_consistent(cb, hdr);
	if (fill(skb, t)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

/* The do of link-get. */
int nemo_link_get(struct genl_info *info, const struct genl_family *family,
		  u8 cmd, int ifindex_attr, nemo_fill_fn *fill)
{
	struct nemo_tunnel *t;
	struct sk_buff *msg;
	int err;

	err = nemo_attr_once(info, 0);
	if (err)
		return err;
	if (GENL_REQ_ATTR_CHECK(info, ifindex_attr)) {
		NL_SET_ERR_MSG(info->extack, "a device index is needed");
		return -EINVAL;
	}
	t = nemo_tunnel_get(genl_info_net(info),
			    nla_get_u32(info->attrs[ifindex_attr]), info->extack);
	if (IS_ERR(t))
		return PTR_ERR(t);
	msg = genlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	err = msg ? nemo_link_put(msg, NULL, family, info->snd_portid, info->snd_seq,
				  cmd, t, fill) : -ENOMEM;
	nemo_tunnel_put(t);
	if (err) {
		nlmsg_free(msg);
		return err;
	}
	return genlmsg_reply(msg, info);
}

/* The dump of link-get. cb->args[0]: devices done. */
int nemo_link_dump(struct sk_buff *skb, struct netlink_callback *cb,
		   const struct genl_family *family, u8 cmd, int ifindex_attr,
		   nemo_fill_fn *fill)
{
	struct nemo_net *nn = nemo_net_get(sock_net(skb->sk));
	const struct nlattr *only = nemo_dump_attrs(cb)[ifindex_attr];
	struct nemo_tunnel *t;
	long i = 0;
	int err;

	err = nemo_dump_once(cb);
	if (err)
		return err;
	cb->seq = READ_ONCE(nn->tunnels_gen);
	rcu_read_lock();
	list_for_each_entry_rcu(t, &nn->tunnels, list) {
		if (i++ < cb->args[0])
			continue;
		if (only && t->dev->ifindex != nla_get_u32(only))
			continue;
		if (nemo_link_put(skb, cb, family, NETLINK_CB(cb->skb).portid,
				  cb->nlh->nlmsg_seq, cmd, t, fill))
			break;
		cb->args[0] = i;
	}
	rcu_read_unlock();
	return skb->len;
}
