/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Links, addresses, routes, rules: what rtnetlink does for the agent. Every
 * call may be repeated: to add what is there, or to remove what is not, is no
 * failure. All return 0 or -errno, with a log line that says for what.
 */
#ifndef NEMOD_NETDEV_H
#define NEMOD_NETDEV_H

#include <linux/if_addr.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#include "lib/nl.h"
#include "lib/prefix.h"

/* What a policy routing rule matches: @iif or @src, the other is NULL. */
struct netdev_rule {
	const char *iif;
	const struct in6_addr *src;
	uint32_t table;
};

/* Make (unless it is there) and set up a tunnel device; its index in @ifindex. */
int netdev_tunnel(struct nemo_nl *rt, const char *ifname, const char *kind,
		  uint32_t *ifindex);

/* Its routes go when an interface goes down, and must be made again. */
bool netdev_is_up(const char *ifname);

bool netdev_has_mac(const char *ifname, const uint8_t mac[6]);
int netdev_set_mac(struct nemo_nl *rt, uint32_t ifindex, const uint8_t mac[6]);

/* fe80::1, the same on all hosts: no duplicate address detection. */
int netdev_gateway_address(struct nemo_nl *rt, uint32_t ifindex);

/* A home address: known to the type 2 routing header, chosen for nothing. */
int netdev_home_address(struct nemo_nl *rt, uint32_t ifindex,
			const struct in6_addr *hoa, bool add);

/*
 * Makes an address that is tentative optimistic (RFC 4429), with the lifetimes @life that it
 * has; fails if it has gone, for it is not to come back.
 */
int netdev_optimistic_address(struct nemo_nl *rt, uint32_t ifindex,
			      const struct in6_addr *addr, uint8_t len,
			      const struct ifa_cacheinfo *life);

int netdev_route(struct nemo_nl *rt, uint32_t table, uint32_t ifindex,
		 const struct nemo_prefix *dst, bool add);

/* To no interface (0): unreachable, and the sender is told. */
int netdev_default_route(struct nemo_nl *rt, uint32_t table, uint32_t ifindex);
int netdev_rule(struct nemo_nl *rt, const struct netdev_rule *rule, bool add);

/* Answer neighbour solicitations for @addr on a link. */
int netdev_proxy(struct nemo_nl *rt, uint32_t ifindex,
		 const struct in6_addr *addr, bool add);

/*
 * Forget the neighbours of a prefix, and the packets that wait for them: they
 * would be delivered late, should the guest come back.
 */
int netdev_forget(struct nemo_nl *rt, uint32_t ifindex,
		  const struct nemo_prefix *prefix);

/* An entry that packets can be sent by. */
struct netdev_neighbour {
	uint32_t ifindex;
	struct in6_addr addr;
	uint8_t mac[6];
};

/* All of them, @n; to be freed by the caller; NULL if there is none. */
struct netdev_neighbour *netdev_neighbours(struct nemo_nl *rt, size_t *n);

/*
 * Make one as if it had been learnt a while ago: packets go out at once, and
 * the kernel asks whether it is still true.
 */
int netdev_neighbour(struct nemo_nl *rt, uint32_t ifindex,
		     const struct in6_addr *addr, const uint8_t mac[6]);

#endif /* NEMOD_NETDEV_H */
