// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>
#include <string.h>

#include "host.h"
#include "lib/log.h"
#include "movement.h"
#include "netdev.h"

/* An address of a dump, as far as the choice goes. */
struct candidate {
	struct in6_addr addr;
	uint32_t created;	/* 10 ms since boot; 0: there is none */
	bool temporary;
};

/* One that the kernel has made of an RA, and does not use yet. */
struct fresh {
	struct in6_addr addr;
	uint8_t len;		/* 0: there is none */
	struct ifa_cacheinfo life;
};

struct choice {
	struct movement *m;
	uint32_t ifindex;
	struct candidate best;
	struct fresh fresh;
};

/*
 * Not an address on which duplicate address detection is still at work, unless
 * it may be used meanwhile (RFC 4429).
 */
static bool usable(uint32_t flags)
{
	if (flags & (IFA_F_DEPRECATED | IFA_F_DADFAILED))
		return false;
	return !(flags & IFA_F_TENTATIVE) || flags & IFA_F_OPTIMISTIC;
}

/* Those that make temporary ones are those of RAs. */
static bool waits(uint32_t flags)
{
	return (flags & (IFA_F_TENTATIVE | IFA_F_OPTIMISTIC | IFA_F_DADFAILED |
			 IFA_F_PERMANENT | IFA_F_MANAGETEMPADDR)) ==
	       (IFA_F_TENTATIVE | IFA_F_MANAGETEMPADDR);
}

/*
 * The newest address: where a host has moved, the one of the new network. An
 * address that is temporary (RFC 8981) is taken only where there is no other.
 */
static bool better(const struct candidate *a, const struct candidate *b)
{
	if (!b->created || a->temporary != b->temporary)
		return !b->created || !a->temporary;
	return (int32_t)(a->created - b->created) > 0;
}

static void consider(struct nlmsghdr *nlh, void *arg)
{
	struct choice *choice = arg;
	struct ifaddrmsg *ifa = nlmsg_data(nlh);
	struct nlattr *attr[IFA_MAX + 1];
	const struct ifa_cacheinfo *info;
	struct candidate one = { };
	uint32_t flags = ifa->ifa_flags;

	if (nlh->nlmsg_type != RTM_NEWADDR ||
	    ifa->ifa_index != choice->ifindex ||
	    ifa->ifa_scope != RT_SCOPE_UNIVERSE ||
	    nlmsg_parse(nlh, sizeof(*ifa), attr, IFA_MAX, NULL) < 0 ||
	    !attr[IFA_ADDRESS] || !attr[IFA_CACHEINFO])
		return;
	memcpy(&one.addr, nla_data(attr[IFA_ADDRESS]), sizeof(one.addr));
	if (attr[IFA_FLAGS])
		flags = nla_get_u32(attr[IFA_FLAGS]);
	one.temporary = flags & IFA_F_TEMPORARY;
	info = nla_data(attr[IFA_CACHEINFO]);
	one.created = info->cstamp ?: 1;
	if (waits(flags))
		choice->fresh = (struct fresh){ one.addr, ifa->ifa_prefixlen, *info };
	if (!(flags & IFA_F_TENTATIVE) &&
	    IN6_ARE_ADDR_EQUAL(&one.addr, &choice->m->unproven))
		choice->m->unproven = in6addr_any;
	if (usable(flags) && !host_is_home(choice->m->host, &one.addr) &&
	    better(&one, &choice->best))
		choice->best = one;
}

static void forget(void *arg)
{
	struct choice *choice = arg;

	choice->best.created = 0;
	choice->fresh.len = 0;
}

static struct nl_msg *address_dump(void)
{
	struct ifaddrmsg ifa = { .ifa_family = AF_INET6 };
	struct nl_msg *msg = nlmsg_alloc_simple(RTM_GETADDR, 0);

	if (msg)
		nlmsg_append(msg, &ifa, sizeof(ifa), NLMSG_ALIGNTO);
	return msg;
}

/*
 * Optimistic duplicate address detection (RFC 4429), so that a host that has moved
 * says so at once and not a second later. On a node that forwards, the kernel does so
 * only with addresses that it is given, not with those that it makes of RAs. So
 * this one is given to it again; once, for if somebody has it, each RA makes it anew.
 */
static void use_at_once(struct movement *m, const struct choice *choice)
{
	const struct fresh *fresh = &choice->fresh;

	if (IN6_ARE_ADDR_EQUAL(&fresh->addr, &m->unproven))
		return;
	m->unproven = fresh->addr;
	netdev_optimistic_address(&m->host->rt, choice->ifindex, &fresh->addr,
				  fresh->len, &fresh->life);
}

/* @advertised: an RA had a prefix. */
static void look(struct movement *m, bool advertised)
{
	struct host *host = m->host;
	struct choice choice = {
		.m = m,
		.ifindex = if_nametoindex(host->conf->host.interface),
	};
	struct nl_msg *msg = choice.ifindex ? address_dump() : NULL;

	if (!msg)
		return;
	if (nemo_nl_dump(&host->rt, msg, consider, forget, &choice)) {
		log_warn("cannot read the addresses of %s: %s",
			 host->conf->host.interface, host->rt.error);
		return;
	}
	if (advertised && choice.fresh.len)
		use_at_once(m, &choice);
	/* Without any, the last one stays: the link may come back. */
	if (choice.best.created &&
	    !IN6_ARE_ADDR_EQUAL(&choice.best.addr, &host->coa))
		host_moved(host, &choice.best.addr);
}

void movement_look(struct movement *m)
{
	look(m, false);
}

/* What of the news matters; read them all, look once. */
struct news {
	struct movement *m;
	bool addresses, prefixes, links;
};

static int on_message(struct nl_msg *msg, void *arg)
{
	struct news *news = arg;

	switch (nlmsg_hdr(msg)->nlmsg_type) {
	case RTM_NEWADDR:
	case RTM_DELADDR:
		news->addresses = true;
		break;
	case RTM_NEWPREFIX:
		news->prefixes = true;
		break;
	case RTM_NEWLINK:
	case RTM_DELLINK:
		news->links = true;
		break;
	}
	return NL_OK;
}

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct movement *m = arg;
	struct news news = { .m = m };
	int err;

	(void)fd;
	(void)what;
	nl_socket_modify_cb(m->sock, NL_CB_VALID, NL_CB_CUSTOM, on_message,
			    &news);
	do {
		err = nl_recvmsgs_default(m->sock);
	} while (err >= 0);
	/* Lost for lack of buffer: anything may have happened. */
	if (err == -NLE_NOMEM)
		news = (struct news){ m, true, true, true };
	if (news.links)
		host_links_changed(m->host);
	if (news.addresses || news.prefixes || news.links)
		look(m, news.prefixes);
}

int movement_start(struct movement *m, struct host *host)
{
	m->host = host;
	m->sock = nl_socket_alloc();
	if (!m->sock)
		return -ENOMEM;
	nl_socket_disable_seq_check(m->sock);
	if (nl_connect(m->sock, NETLINK_ROUTE) < 0 ||
	    nl_socket_set_nonblocking(m->sock) < 0 ||
	    nl_socket_add_memberships(m->sock, RTNLGRP_IPV6_IFADDR, RTNLGRP_IPV6_PREFIX,
				      RTNLGRP_LINK, 0) < 0)
		return -EIO;
	m->event = event_new(host->base, nl_socket_get_fd(m->sock),
			     EV_READ | EV_PERSIST, on_readable, m);
	if (!m->event || event_add(m->event, NULL))
		return -ENOMEM;
	movement_look(m);
	return 0;
}

void movement_stop(struct movement *m)
{
	if (m->event)
		event_free(m->event);
	if (m->sock)
		nl_socket_free(m->sock);
}
