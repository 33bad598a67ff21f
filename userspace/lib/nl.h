/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Netlink sockets, on libnl: requests that keep the kernel's own words when
 * it refuses one (libnl 3.7 reduces them to an error number), dumps that are
 * consistent, and notifications for an event loop. mr.h and ha.h make typed
 * calls of it; link.h the tunnel devices.
 */
#ifndef NEMO_NL_H
#define NEMO_NL_H

#include <linux/netlink.h>
#include <netlink/msg.h>
#include <stdint.h>

#define NEMO_NL_ERROR_MAX	256

/**
 * struct nemo_nl - one netlink socket
 * @sock: libnl's
 * @family: the generic netlink family's number; 0 for rtnetlink
 * @name: the family's name, a literal; NULL for rtnetlink
 * @error: why the last call failed, one sentence without an end of line. What
 *	the kernel said and which attribute it meant, or else the error number's
 *	text. Empty after a call that did not fail.
 */
struct nemo_nl {
	struct nl_sock *sock;
	int family;
	const char *name;
	char error[NEMO_NL_ERROR_MAX];
};

/* Does the structure @info hold the attribute? For every struct with @have. */
#define NEMO_HAS(info, attr)	(((info)->have >> (attr)) & 1)
#define NEMO_SET(info, attr)	((info)->have |= 1ULL << (attr))

/**
 * nemo_nl_open - open a socket in the network namespace of the caller
 * @family: NEMO_MR_FAMILY_NAME or NEMO_HA_FAMILY_NAME; NULL for rtnetlink
 *
 * The kernel loads the family's module itself if it is installed.
 *
 * Return: 0; -ENOENT if the family's module is not loaded; another -errno.
 * @nl->error is set, and nemo_nl_close() not needed, when it fails.
 */
int nemo_nl_open(struct nemo_nl *nl, const char *family);
void nemo_nl_close(struct nemo_nl *nl);

/**
 * nemo_nl_subscribe - make of @nl a socket for notifications
 * @group: NEMO_MR_MCGRP_MR or NEMO_HA_MCGRP_BCE
 *
 * It no longer blocks, and cannot send requests any more: use a second one.
 * Subscribe first, then dump, and nothing is missed.
 */
int nemo_nl_subscribe(struct nemo_nl *nl, const char *group);

/* For poll() or an event loop. */
int nemo_nl_fd(const struct nemo_nl *nl);

typedef void (*nemo_nl_handler)(struct nlmsghdr *nlh, void *arg);

/**
 * nemo_nl_receive - hand over every notification that is there
 *
 * Return: 0; -ENOBUFS if some were lost for lack of buffer (dump again);
 * another -errno.
 */
int nemo_nl_receive(struct nemo_nl *nl, nemo_nl_handler handler, void *arg);

/* A request of the family, or NULL without memory. */
struct nl_msg *nemo_nl_msg(const struct nemo_nl *nl, uint8_t cmd);

/**
 * nemo_nl_request - send @msg, free it, wait for the answer
 * @reply: called for each message of the reply; may be NULL
 *
 * Return: 0 or the kernel's -errno, with @nl->error set.
 */
int nemo_nl_request(struct nemo_nl *nl, struct nl_msg *msg,
		    nemo_nl_handler reply, void *arg);

/**
 * nemo_nl_dump - a list that was not changed while it was read
 * @item: called for each message
 * @again: called before a new attempt, after a change interrupted the last one
 *	(NLM_F_DUMP_INTR): forget what @item was given
 *
 * Return: 0; -EINTR if it kept changing; the kernel's -errno.
 */
int nemo_nl_dump(struct nemo_nl *nl, struct nl_msg *msg, nemo_nl_handler item,
		 void (*again)(void *arg), void *arg);

#endif /* NEMO_NL_H */
