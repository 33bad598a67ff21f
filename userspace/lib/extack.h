/* SPDX-License-Identifier: GPL-2.0 */
/* What the kernel says when it refuses a request, as one sentence. */
#ifndef NEMO_EXTACK_H
#define NEMO_EXTACK_H

#include <linux/netlink.h>
#include <stddef.h>

#include "names.h"

/**
 * nemo_extack_print - put a refusal into words
 * @text: for the result, @size octets
 * @request: what was sent
 * @answer: NLMSG_ERROR, or NLMSG_DONE with an error
 * @attrs: names of the request's attributes, NULL if not known
 * @hdrlen: octets between the netlink header and the first attribute
 */
void nemo_extack_print(char *text, size_t size, struct nlmsghdr *request,
		       struct nlmsghdr *answer, const struct nemo_names *attrs,
		       int hdrlen);

#endif /* NEMO_EXTACK_H */
