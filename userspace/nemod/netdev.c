// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <linux/if_addr.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netlink/addr.h>
#include <netlink/route/rule.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "lib/link.h"
#include "lib/list.h"
#include "lib/log.h"
#include "netdev.h"

#define FOREVER	0xffffffffU

/* Send @msg; @fine is an errno that means: it is so already. */
static int request(struct nemo_nl *rt, struct nl_msg *msg, int fine,
		   const char *what)
{
	int err;

	if (!msg)
		return -ENOMEM;
	err = nemo_nl_request(rt, msg, NULL, NULL);
	if (!err || err == -fine)
		return 0;
	log_err("cannot %s: %s", what, rt->error);
	return err;
}

static struct nl_msg *message(int type, int flags, const void *header,
			      size_t len)
{
	struct nl_msg *msg = nlmsg_alloc_simple(type, flags);

	if (msg && nlmsg_append(msg, (void *)header, len, NLMSG_ALIGNTO) < 0) {
		nlmsg_free(msg);
		return NULL;
	}
	return msg;
}

static struct nl_msg *link_message(uint32_t ifindex, unsigned int flags)
{
	struct ifinfomsg ifi = {
		.ifi_family = AF_UNSPEC,
		.ifi_index = ifindex,
		.ifi_flags = flags,
		.ifi_change = flags,
	};

	return message(RTM_SETLINK, 0, &ifi, sizeof(ifi));
}

int netdev_tunnel(struct nemo_nl *rt, const char *ifname, const char *kind,
		  uint32_t *ifindex)
{
	const char *is = nemo_link_kind(rt, ifname, ifindex);
	int err;

	if (!is) {
		err = nemo_link_add(rt, ifname, kind);
		if (err) {
			log_err("cannot make %s: %s; is the module loaded? modprobe %s",
				ifname, rt->error, kind);
			return err;
		}
		is = nemo_link_kind(rt, ifname, ifindex);
	}
	if (!is || strcmp(is, kind)) {
		log_err("%s is not of kind %s; remove it, or name another device",
			ifname, kind);
		return -EEXIST;
	}
	return request(rt, link_message(*ifindex, IFF_UP), 0,
		       "set the tunnel device up");
}

static bool look(const char *ifname, unsigned long what, struct ifreq *ifr)
{
	int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool seen;

	if (fd < 0)
		return false;
	strcpy(ifr->ifr_name, ifname);
	seen = !ioctl(fd, what, ifr);
	close(fd);
	return seen;
}

bool netdev_is_up(const char *ifname)
{
	struct ifreq ifr = { };

	return look(ifname, SIOCGIFFLAGS, &ifr) && ifr.ifr_flags & IFF_UP;
}

bool netdev_has_mac(const char *ifname, const uint8_t mac[6])
{
	struct ifreq ifr = { };

	return look(ifname, SIOCGIFHWADDR, &ifr) &&
	       !memcmp(ifr.ifr_hwaddr.sa_data, mac, 6);
}

int netdev_set_mac(struct nemo_nl *rt, uint32_t ifindex, const uint8_t mac[6])
{
	struct nl_msg *msg = link_message(ifindex, 0);

	if (msg)
		nla_put(msg, IFLA_ADDRESS, 6, mac);
	return request(rt, msg, 0, "set the gateway's MAC address");
}

static struct nl_msg *address_message(int type, int flags, uint32_t ifindex,
				      const struct in6_addr *addr,
				      uint8_t plen, uint8_t ifa_flags)
{
	struct ifaddrmsg ifa = {
		.ifa_family = AF_INET6,
		.ifa_prefixlen = plen,
		.ifa_flags = ifa_flags,
		.ifa_index = ifindex,
	};
	struct nl_msg *msg = message(type, flags, &ifa, sizeof(ifa));

	if (msg)
		nla_put(msg, IFA_LOCAL, sizeof(*addr), addr);
	return msg;
}

int netdev_gateway_address(struct nemo_nl *rt, uint32_t ifindex)
{
	struct in6_addr gateway = { .s6_addr = { 0xfe, 0x80, [15] = 1 } };

	return request(rt, address_message(RTM_NEWADDR,
					   NLM_F_CREATE | NLM_F_EXCL, ifindex,
					   &gateway, 64, IFA_F_NODAD),
		       EEXIST, "add fe80::1 to the attachment");
}

int netdev_home_address(struct nemo_nl *rt, uint32_t ifindex,
			const struct in6_addr *hoa, bool add)
{
	/*
	 * Deprecated from the start: rule 4 of RFC 6724 would prefer a home
	 * address as source of all that the host sends.
	 */
	struct ifa_cacheinfo life = { .ifa_prefered = 0, .ifa_valid = FOREVER };
	struct nl_msg *msg;

	if (!add)
		return request(rt, address_message(RTM_DELADDR, 0, ifindex,
						   hoa, 128, 0),
			       EADDRNOTAVAIL, "remove the home address");
	msg = address_message(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, ifindex,
			      hoa, 128, IFA_F_HOMEADDRESS | IFA_F_NODAD);
	if (msg)
		nla_put(msg, IFA_CACHEINFO, sizeof(life), &life);
	return request(rt, msg, EEXIST, "add the home address");
}

int netdev_optimistic_address(struct nemo_nl *rt, uint32_t ifindex,
			      const struct in6_addr *addr, uint8_t len,
			      const struct ifa_cacheinfo *life)
{
	struct nl_msg *msg;
	int err;

	err = request(rt, address_message(RTM_DELADDR, 0, ifindex, addr, len, 0),
		      0, "remove a tentative address");
	if (err)
		return err;
	msg = address_message(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, ifindex,
			      addr, len, 0);
	if (msg) {
		nla_put(msg, IFA_CACHEINFO, sizeof(*life), life);
		nla_put_u32(msg, IFA_FLAGS, IFA_F_OPTIMISTIC | IFA_F_MANAGETEMPADDR |
					    IFA_F_NOPREFIXROUTE);
	}
	return request(rt, msg, 0, "add an optimistic address");
}

static int route(struct nemo_nl *rt, uint32_t table, uint32_t ifindex,
		 const struct in6_addr *dst, uint8_t len, bool add)
{
	struct rtmsg rtm = {
		.rtm_family = AF_INET6,
		.rtm_dst_len = len,
		.rtm_protocol = RTPROT_STATIC,
		.rtm_type = ifindex ? RTN_UNICAST : RTN_UNREACHABLE,
	};
	struct nl_msg *msg;

	msg = message(add ? RTM_NEWROUTE : RTM_DELROUTE,
		      add ? NLM_F_CREATE | NLM_F_EXCL : 0, &rtm, sizeof(rtm));
	if (msg) {
		nla_put(msg, RTA_DST, sizeof(*dst), dst);
		if (ifindex)
			nla_put_u32(msg, RTA_OIF, ifindex);
		nla_put_u32(msg, RTA_TABLE, table);
	}
	return request(rt, msg, add ? EEXIST : ESRCH,
		       add ? "add a route" : "remove a route");
}

int netdev_route(struct nemo_nl *rt, uint32_t table, uint32_t ifindex,
		 const struct nemo_prefix *dst, bool add)
{
	return route(rt, table, ifindex, &dst->addr, dst->len, add);
}

int netdev_default_route(struct nemo_nl *rt, uint32_t table, uint32_t ifindex)
{
	return route(rt, table, ifindex, &in6addr_any, 0, true);
}

int netdev_rule(struct nemo_nl *rt, const struct netdev_rule *rule, bool add)
{
	struct fib_rule_hdr frh = {
		.family = AF_INET6,
		.src_len = rule->src ? 128 : 0,
		.action = FR_ACT_TO_TBL,
	};
	struct nl_msg *msg;

	msg = message(add ? RTM_NEWRULE : RTM_DELRULE,
		      add ? NLM_F_CREATE | NLM_F_EXCL : 0, &frh, sizeof(frh));
	if (msg) {
		if (rule->iif)
			nla_put_string(msg, FRA_IIFNAME, rule->iif);
		if (rule->src)
			nla_put(msg, FRA_SRC, sizeof(*rule->src), rule->src);
		nla_put_u32(msg, FRA_TABLE, rule->table);
		nla_put_u32(msg, FRA_PRIORITY, rule->table);
		nla_put_u8(msg, FRA_PROTOCOL, RTPROT_STATIC);
	}
	return request(rt, msg, add ? EEXIST : ENOENT,
		       add ? "add a routing rule" : "remove a routing rule");
}

int netdev_proxy(struct nemo_nl *rt, uint32_t ifindex,
		 const struct in6_addr *addr, bool add)
{
	struct ndmsg ndm = {
		.ndm_family = AF_INET6,
		.ndm_ifindex = ifindex,
		.ndm_state = NUD_PERMANENT,
		.ndm_flags = NTF_PROXY,
	};
	struct nl_msg *msg;

	msg = message(add ? RTM_NEWNEIGH : RTM_DELNEIGH,
		      add ? NLM_F_CREATE : 0, &ndm, sizeof(ndm));
	if (msg)
		nla_put(msg, NDA_DST, sizeof(*addr), addr);
	return request(rt, msg, add ? EEXIST : ENOENT,
		       add ? "add a proxy neighbour" : "remove a proxy neighbour");
}

#define USABLE	(NUD_PERMANENT | NUD_NOARP | NUD_REACHABLE | NUD_PROBE | \
		 NUD_STALE | NUD_DELAY)

/* An entry of another kind is one of zeros, that no prefix contains. */
static int parse_neighbour(struct nlmsghdr *nlh, void *item)
{
	const struct ndmsg *ndm = nlmsg_data(nlh);
	struct netdev_neighbour *neighbour = item;
	struct nlattr *dst, *mac;

	if (nlmsg_datalen(nlh) < (int)sizeof(*ndm))
		return -EBADMSG;
	dst = nlmsg_find_attr(nlh, sizeof(*ndm), NDA_DST);
	if (!dst || nla_len(dst) != sizeof(neighbour->addr))
		return 0;
	neighbour->ifindex = ndm->ndm_ifindex;
	memcpy(&neighbour->addr, nla_data(dst), sizeof(neighbour->addr));
	mac = nlmsg_find_attr(nlh, sizeof(*ndm), NDA_LLADDR);
	if (mac && nla_len(mac) == 6 && ndm->ndm_state & USABLE)
		memcpy(neighbour->mac, nla_data(mac), 6);
	return 0;
}

static struct netdev_neighbour *dump_neighbours(struct nemo_nl *rt,
						uint32_t ifindex, size_t *n,
						int *err)
{
	const struct ndmsg ndm = {
		.ndm_family = AF_INET6,
		.ndm_ifindex = ifindex,
	};
	void *list = list_dump(rt, message(RTM_GETNEIGH, 0, &ndm, sizeof(ndm)),
			       sizeof(struct netdev_neighbour),
			       parse_neighbour, n, err);

	if (*err)
		log_err("cannot read the neighbours: %s", rt->error);
	return list;
}

struct netdev_neighbour *netdev_neighbours(struct nemo_nl *rt, size_t *n)
{
	static const uint8_t none[6];
	struct netdev_neighbour *list;
	size_t usable = 0;
	int err;

	list = dump_neighbours(rt, 0, n, &err);
	for (size_t i = 0; i < *n; i++)
		if (memcmp(list[i].mac, none, sizeof(none)))
			list[usable++] = list[i];
	*n = usable;
	return list;
}

int netdev_neighbour(struct nemo_nl *rt, uint32_t ifindex,
		     const struct in6_addr *addr, const uint8_t mac[6])
{
	struct ndmsg ndm = {
		.ndm_family = AF_INET6,
		.ndm_ifindex = ifindex,
		.ndm_state = NUD_STALE,
	};
	struct nl_msg *msg = message(RTM_NEWNEIGH,
				     NLM_F_CREATE | NLM_F_REPLACE, &ndm,
				     sizeof(ndm));

	if (msg) {
		nla_put(msg, NDA_DST, sizeof(*addr), addr);
		nla_put(msg, NDA_LLADDR, 6, mac);
	}
	return request(rt, msg, 0, "make a guest's neighbour entry");
}

static int forget_one(struct nemo_nl *rt,
		      const struct netdev_neighbour *neighbour)
{
	struct ndmsg ndm = {
		.ndm_family = AF_INET6,
		.ndm_ifindex = neighbour->ifindex,
	};
	struct nl_msg *msg = message(RTM_DELNEIGH, 0, &ndm, sizeof(ndm));

	if (msg)
		nla_put(msg, NDA_DST, sizeof(neighbour->addr), &neighbour->addr);
	return request(rt, msg, ENOENT, "forget a neighbour");
}

int netdev_forget(struct nemo_nl *rt, uint32_t ifindex,
		  const struct nemo_prefix *prefix)
{
	struct netdev_neighbour *list;
	size_t n;
	int err;

	list = dump_neighbours(rt, ifindex, &n, &err);
	for (size_t i = 0; i < n && !err; i++)
		if (list[i].ifindex == ifindex &&
		    nemo_prefix_contains(prefix, &list[i].addr))
			err = forget_one(rt, &list[i]);
	free(list);
	return err;
}
