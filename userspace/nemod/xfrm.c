// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <linux/netlink.h>
#include <linux/xfrm.h>
#include <netinet/in.h>
#include <netlink/errno.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>
#include <string.h>

#include "lib/log.h"
#include "wire/wire.h"
#include "xfrm.h"

#define N_PROTO	2

/* Destination options carry the Home Address; routing is the type 2 header. */
static const uint8_t protos[N_PROTO] = { IPPROTO_DSTOPTS, IPPROTO_ROUTING };

/* No limit but those of the kernel's memory. */
static const struct xfrm_lifetime_cfg unlimited = {
	XFRM_INF, XFRM_INF, XFRM_INF, XFRM_INF, 0, 0, 0, 0
};

static int send_request(struct nl_sock *sock, int type, int flags,
			const void *body, size_t len, int attr,
			const void *value, size_t value_len)
{
	struct nl_msg *msg = nlmsg_alloc_simple(type, flags);
	int err;

	if (!msg)
		return -NLE_NOMEM;
	nlmsg_append(msg, (void *)body, len, NLMSG_ALIGNTO);
	if (value)
		nla_put(msg, attr, value_len, value);
	err = nl_send_sync(sock, msg);
	return err == -NLE_EXIST || err == -NLE_OBJ_NOTFOUND ? 0 : err;
}

static int add_state(struct nl_sock *sock, uint8_t proto)
{
	struct xfrm_usersa_info sa = {
		.id.proto = proto,
		.family = AF_INET6,
		.sel.family = AF_INET6,
		.lft = unlimited,
		.mode = XFRM_MODE_ROUTEOPTIMIZATION,
		.flags = XFRM_STATE_WILDRECV,
	};

	/* Any care-of address: the AUTH option speaks for it (RFC 4285). */
	return send_request(sock, XFRM_MSG_NEWSA, NLM_F_CREATE | NLM_F_EXCL,
			    &sa, sizeof(sa), XFRMA_COADDR, &in6addr_any,
			    sizeof(in6addr_any));
}

static int del_state(struct nl_sock *sock, uint8_t proto)
{
	struct xfrm_usersa_id id = { .family = AF_INET6, .proto = proto };

	/* A state without an SPI is found by its addresses; both are ::. */
	return send_request(sock, XFRM_MSG_DELSA, 0, &id, sizeof(id),
			    XFRMA_SRCADDR, &in6addr_any, sizeof(in6addr_any));
}

static const struct xfrm_selector any_mh = {
	.family = AF_INET6,
	.proto = IPPROTO_MH,
};

static int add_policy(struct nl_sock *sock)
{
	struct xfrm_userpolicy_info policy = {
		.sel = any_mh,
		.lft = unlimited,
		.dir = XFRM_POLICY_IN,
		.action = XFRM_POLICY_ALLOW,
	};
	struct xfrm_user_tmpl tmpl[N_PROTO];

	memset(tmpl, 0, sizeof(tmpl));
	for (int i = 0; i < N_PROTO; i++) {
		tmpl[i].id.proto = protos[i];
		tmpl[i].family = AF_INET6;
		tmpl[i].mode = XFRM_MODE_ROUTEOPTIMIZATION;
		tmpl[i].optional = 1;	/* most messages have but one, or none */
		tmpl[i].aalgos = ~0U;
		tmpl[i].ealgos = ~0U;
		tmpl[i].calgos = ~0U;
	}
	return send_request(sock, XFRM_MSG_NEWPOLICY, NLM_F_CREATE | NLM_F_EXCL,
			    &policy, sizeof(policy), XFRMA_TMPL, tmpl,
			    sizeof(tmpl));
}

static int del_policy(struct nl_sock *sock)
{
	struct xfrm_userpolicy_id id = {
		.sel = any_mh,
		.dir = XFRM_POLICY_IN,
	};

	return send_request(sock, XFRM_MSG_DELPOLICY, 0, &id, sizeof(id), 0,
			    NULL, 0);
}

static struct nl_sock *xfrm_open(void)
{
	struct nl_sock *sock = nl_socket_alloc();

	if (sock && nl_connect(sock, NETLINK_XFRM) >= 0)
		return sock;
	nl_socket_free(sock);
	return NULL;
}

int xfrm_install(void)
{
	struct nl_sock *sock = xfrm_open();
	int err = sock ? 0 : -NLE_FAILURE;

	for (int i = 0; i < N_PROTO && !err; i++)
		err = add_state(sock, protos[i]);
	if (!err)
		err = add_policy(sock);
	nl_socket_free(sock);
	if (!err)
		return 0;
	log_err("cannot let Home Address options through (xfrm: %s); the kernel needs CONFIG_IPV6_MIP6 and its module mip6",
		nl_geterror(err));
	return -EOPNOTSUPP;
}

void xfrm_remove(void)
{
	struct nl_sock *sock = xfrm_open();

	if (!sock)
		return;
	del_policy(sock);
	for (int i = 0; i < N_PROTO; i++)
		del_state(sock, protos[i]);
	nl_socket_free(sock);
}
