// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/rtnetlink.h>
#include <netlink/errno.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "extack.h"
#include "nl.h"

/* Enough for the notifications of a thousand mobile routers that move at once. */
#define RECEIVE_BUFFER	(2 << 20)
#define DUMP_ATTEMPTS	10

/* One request on its way. */
struct exchange {
	struct nemo_nl *nl;
	struct nlmsghdr *request;
	nemo_nl_handler handler;
	void *arg;
	int error;
	bool done;
};

static int fail(struct nemo_nl *nl, int error, const char *what)
{
	snprintf(nl->error, sizeof(nl->error), "%s: %s", what, strerror(-error));
	return error;
}

/* libnl has error numbers of its own. */
static int nl_to_errno(int err)
{
	switch (-err) {
	case NLE_NOMEM:		/* libnl's word for ENOBUFS, too */
		return -ENOBUFS;
	case NLE_AGAIN:
		return -EAGAIN;
	case NLE_INTR:
	case NLE_DUMP_INTR:
		return -EINTR;
	case NLE_OBJ_NOTFOUND:
		return -ENOENT;
	case NLE_PERM:
		return -EPERM;
	case NLE_MSG_TRUNC:
	case NLE_MSG_TOOSHORT:
		return -EBADMSG;
	default:
		return -EIO;
	}
}

static int connect_socket(struct nemo_nl *nl)
{
	const int on = 1;
	int err;

	err = nl_connect(nl->sock, nl->name ? NETLINK_GENERIC : NETLINK_ROUTE);
	if (err < 0)
		return fail(nl, nl_to_errno(err), "netlink");
	if (setsockopt(nl_socket_get_fd(nl->sock), SOL_NETLINK, NETLINK_EXT_ACK,
		       &on, sizeof(on)))
		return fail(nl, -errno, "NETLINK_EXT_ACK");
	return 0;
}

static int resolve_family(struct nemo_nl *nl)
{
	if (!nl->name)
		return 0;
	nl->family = genl_ctrl_resolve(nl->sock, nl->name);
	if (nl->family > 0)
		return 0;
	snprintf(nl->error, sizeof(nl->error), "the module %s is not loaded",
		 nl->name);
	return -ENOENT;
}

int nemo_nl_open(struct nemo_nl *nl, const char *family)
{
	int err;

	*nl = (struct nemo_nl){ .name = family };
	nl->sock = nl_socket_alloc();
	if (!nl->sock)
		return fail(nl, -ENOMEM, "netlink");
	err = connect_socket(nl);
	if (!err)
		err = resolve_family(nl);
	if (err)
		nemo_nl_close(nl);
	return err;
}

void nemo_nl_close(struct nemo_nl *nl)
{
	nl_socket_free(nl->sock);
	nl->sock = NULL;
}

int nemo_nl_subscribe(struct nemo_nl *nl, const char *group)
{
	int number = genl_ctrl_resolve_grp(nl->sock, nl->name, group);
	int err;

	if (number < 0)
		return fail(nl, -ENOENT, group);
	nl_socket_set_buffer_size(nl->sock, RECEIVE_BUFFER, 0);
	err = nl_socket_set_nonblocking(nl->sock);
	if (!err)
		err = nl_socket_add_membership(nl->sock, number);
	return err ? fail(nl, nl_to_errno(err), group) : 0;
}

int nemo_nl_fd(const struct nemo_nl *nl)
{
	return nl_socket_get_fd(nl->sock);
}

struct nl_msg *nemo_nl_msg(const struct nemo_nl *nl, uint8_t cmd)
{
	struct nl_msg *msg = nlmsg_alloc();

	if (msg && !genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, nl->family, 0,
				0, cmd, 1)) {
		nlmsg_free(msg);
		msg = NULL;
	}
	return msg;
}

static int on_message(struct nl_msg *msg, void *arg)
{
	struct exchange *x = arg;

	if (x->handler)
		x->handler(nlmsg_hdr(msg), x->arg);
	return NL_OK;
}

static const struct nemo_names *request_attrs(const struct exchange *x)
{
	struct genlmsghdr *genl = nlmsg_data(x->request);

	if (!x->nl->name)
		return NULL;
	if (!strcmp(x->nl->name, NEMO_HA_FAMILY_NAME))
		return genl->cmd == NEMO_HA_CMD_LINK_GET ?
			&nemo_ha_link_attrs : &nemo_ha_attrs;
	return genl->cmd == NEMO_MR_CMD_LINK_GET || genl->cmd == NEMO_MR_CMD_LINK_SET ?
		&nemo_mr_link_attrs : &nemo_mr_attrs;
}

static void refused(struct exchange *x, struct nlmsghdr *answer)
{
	x->error = *(int *)nlmsg_data(answer);
	nemo_extack_print(x->nl->error, sizeof(x->nl->error), x->request,
			  answer, request_attrs(x), GENL_HDRLEN);
}

static int on_error(struct sockaddr_nl *from, struct nlmsgerr *err, void *arg)
{
	struct exchange *x = arg;

	(void)from;
	x->done = true;
	refused(x, (struct nlmsghdr *)((char *)err - NLMSG_HDRLEN));
	return NL_STOP;
}

static int on_ack(struct nl_msg *msg, void *arg)
{
	(void)msg;
	((struct exchange *)arg)->done = true;
	return NL_STOP;
}

/* The end of a dump; libnl does not look at the error that may stand there. */
static int on_finish(struct nl_msg *msg, void *arg)
{
	struct nlmsghdr *nlh = nlmsg_hdr(msg);
	struct exchange *x = arg;

	x->done = true;
	if (nlmsg_datalen(nlh) >= (int)sizeof(int) && *(int *)nlmsg_data(nlh) < 0)
		refused(x, nlh);
	return NL_STOP;
}

static int receive_answer(struct exchange *x)
{
	struct nl_cb *cb = nl_cb_alloc(NL_CB_DEFAULT);
	int err = 0;

	if (!cb)
		return fail(x->nl, -ENOMEM, "netlink");
	nl_cb_set(cb, NL_CB_VALID, NL_CB_CUSTOM, on_message, x);
	nl_cb_set(cb, NL_CB_ACK, NL_CB_CUSTOM, on_ack, x);
	nl_cb_set(cb, NL_CB_FINISH, NL_CB_CUSTOM, on_finish, x);
	nl_cb_err(cb, NL_CB_CUSTOM, on_error, x);
	while (!x->done && err >= 0)
		err = nl_recvmsgs(x->nl->sock, cb);
	nl_cb_put(cb);
	if (x->error)
		return x->error;
	return err < 0 ? fail(x->nl, nl_to_errno(err), "netlink") : 0;
}

static int exchange(struct nemo_nl *nl, struct nl_msg *msg,
		    nemo_nl_handler handler, void *arg)
{
	struct exchange x = { .nl = nl, .handler = handler, .arg = arg };
	int err;

	nl->error[0] = '\0';
	if (!msg)
		return fail(nl, -ENOMEM, "netlink");
	err = nl_send_auto(nl->sock, msg);
	if (err < 0)
		return fail(nl, nl_to_errno(err), "netlink");
	x.request = nlmsg_hdr(msg);
	return receive_answer(&x);
}

int nemo_nl_request(struct nemo_nl *nl, struct nl_msg *msg,
		    nemo_nl_handler reply, void *arg)
{
	int err = exchange(nl, msg, reply, arg);

	nlmsg_free(msg);
	return err;
}

int nemo_nl_dump(struct nemo_nl *nl, struct nl_msg *msg, nemo_nl_handler item,
		 void (*again)(void *arg), void *arg)
{
	int attempt = 0;
	int err;

	if (msg)
		nlmsg_hdr(msg)->nlmsg_flags |= NLM_F_DUMP;
	do {
		if (attempt) {
			again(arg);
			/* libnl fills in a new number only where there is none */
			nlmsg_hdr(msg)->nlmsg_seq = NL_AUTO_SEQ;
		}
		err = exchange(nl, msg, item, arg);
	} while (err == -EINTR && ++attempt < DUMP_ATTEMPTS);
	nlmsg_free(msg);
	return err;
}

static int any_sequence(struct nl_msg *msg, void *arg)
{
	(void)msg;
	(void)arg;
	return NL_OK;
}

int nemo_nl_receive(struct nemo_nl *nl, nemo_nl_handler handler, void *arg)
{
	struct exchange x = { .nl = nl, .handler = handler, .arg = arg };
	struct nl_cb *cb = nl_cb_alloc(NL_CB_DEFAULT);
	int err;

	nl->error[0] = '\0';
	if (!cb)
		return fail(nl, -ENOMEM, "netlink");
	nl_cb_set(cb, NL_CB_VALID, NL_CB_CUSTOM, on_message, &x);
	nl_cb_set(cb, NL_CB_SEQ_CHECK, NL_CB_CUSTOM, any_sequence, NULL);
	do
		err = nl_recvmsgs(nl->sock, cb);
	while (err >= 0);
	nl_cb_put(cb);
	err = nl_to_errno(err);
	return err == -EAGAIN ? 0 : fail(nl, err, "notifications");
}
