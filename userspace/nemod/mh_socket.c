// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/ip6.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "lib/auth.h"
#include "lib/log.h"
#include "mh_socket.h"

#define HAO	201	/* Home Address option, RFC 6275 §6.3 */
#define RH2	2	/* type 2 routing header, §6.4 */
#define BE_INTERVAL_US	100000
#define LOG_INTERVAL	(10 * NS_PER_S)
#define AT_ONCE	64	/* messages, before others have their turn */

static int open_in(void)
{
	static const int on = 1, buffer = 1 << 20;
	int fd = socket(AF_INET6, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC,
			IPPROTO_MH);

	if (fd < 0)
		return -errno;
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof(buffer));
	if (setsockopt(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on, sizeof(on)) ||
	    setsockopt(fd, IPPROTO_IPV6, IPV6_RECVDSTOPTS, &on, sizeof(on)) ||
	    setsockopt(fd, IPPROTO_IPV6, IPV6_RECVRTHDR, &on, sizeof(on))) {
		int err = -errno;

		close(fd);
		return err;
	}
	return fd;
}

static int open_out(void)
{
	int fd = socket(AF_INET6, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC,
			IPPROTO_RAW);

	return fd < 0 ? -errno : fd;
}

/* The kernel has put the care-of address where the home address was. */
static void take_hao(struct mh_in *in, const uint8_t *data, size_t len)
{
	for (size_t i = 2; i < len;) {
		if (!data[i]) {			/* Pad1 */
			i++;
			continue;
		}
		if (i + 2 > len || i + 2 + data[i + 1] > len)
			return;
		if (data[i] == HAO && data[i + 1] == sizeof(in->hoa)) {
			in->hoa = in->src;
			memcpy(&in->src, data + i + 2, sizeof(in->src));
			in->has_hao = true;
			return;
		}
		i += 2 + data[i + 1];
	}
}

static void take_rh2(struct mh_in *in, const uint8_t *data, size_t len)
{
	if (len < 24 || data[2] != RH2)
		return;
	in->hoa = in->dst;
	memcpy(&in->dst, data + 8, sizeof(in->dst));
	in->has_rh2 = true;
}

static void take_control(struct mh_in *in, struct msghdr *hdr)
{
	struct cmsghdr *c;

	/* Packet info first: the routing header changes what it says. */
	for (c = CMSG_FIRSTHDR(hdr); c; c = CMSG_NXTHDR(hdr, c))
		if (c->cmsg_level == IPPROTO_IPV6 &&
		    c->cmsg_type == IPV6_PKTINFO)
			in->dst = ((struct in6_pktinfo *)CMSG_DATA(c))->ipi6_addr;
	for (c = CMSG_FIRSTHDR(hdr); c; c = CMSG_NXTHDR(hdr, c)) {
		size_t len = c->cmsg_len - CMSG_LEN(0);

		if (c->cmsg_level != IPPROTO_IPV6)
			continue;
		if (c->cmsg_type == IPV6_DSTOPTS)
			take_hao(in, CMSG_DATA(c), len);
		else if (c->cmsg_type == IPV6_RTHDR)
			take_rh2(in, CMSG_DATA(c), len);
	}
}

static void handle(struct mh_socket *s, struct mh_in *in)
{
	char from[INET6_ADDRSTRLEN];
	int err = mh_parse(in->mh, in->len, &in->msg);

	inet_ntop(AF_INET6, &in->src, from, sizeof(from));
	if (err && err != -EPROTONOSUPPORT) {
		s->bad++;
		log_debug("bad message from %s: %s at octet %u", from,
			  mh_error_name(in->msg.error), in->msg.error_off);
		return;
	}
	s->received[in->msg.type]++;
	log_debug("%s from %s", mh_type_name(in->msg.type), from);
	if (err)
		mh_send_error(s, in, MH_BE_UNKNOWN_TYPE);
	else
		s->handler(in, s->arg);
}

static bool receive_one(struct mh_socket *s)
{
	uint8_t buf[MH_MAX_LEN], control[512];
	struct sockaddr_in6 from;
	struct iovec iov = { buf, sizeof(buf) };
	struct msghdr hdr = {
		.msg_name = &from,
		.msg_namelen = sizeof(from),
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	struct mh_in in = { .mh = buf };
	ssize_t len = recvmsg(s->in, &hdr, 0);

	if (len < 0)
		return errno == EINTR;
	in.len = len;
	in.src = from.sin6_addr;
	take_control(&in, &hdr);
	handle(s, &in);
	return true;
}

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	for (int i = 0; i < AT_ONCE && receive_one(arg); i++)
		;
}

/*
 * The first HMAC makes libcrypto load its providers, which takes as long as a
 * whole handover: have it done before a guest waits for it.
 */
static int warm_up(void)
{
	static const uint8_t key[32] = { 1 };
	struct mh_msg msg = {
		.type = MH_BU,
		.opts = {
			.has = MH_BIT(MH_OPT_AUTH),
			.auth = { NEMO_AUTH_SPI_MIN, { NULL, NEMO_AUTH_MAC_LEN } },
		},
	};
	uint8_t mh[MH_MAX_LEN];
	ssize_t len = mh_build(&msg, mh, sizeof(mh));
	int err;

	if (len < 0)
		return len;
	err = nemo_auth_sign(key, sizeof(key), &in6addr_any, &in6addr_any, mh,
			     len);
	if (!err)
		err = nemo_auth_verify(key, sizeof(key), &in6addr_any,
				       &in6addr_any, mh, len);
	if (err)
		log_err("libcrypto has no HMAC-SHA-256");
	return err;
}

int mh_socket_open(struct mh_socket *s, struct event_base *base,
		   void (*handler)(struct mh_in *in, void *arg), void *arg)
{
	s->handler = handler;
	s->arg = arg;
	s->in = open_in();
	s->out = open_out();
	if (s->in < 0 || s->out < 0) {
		int err = s->in < 0 ? s->in : s->out;

		log_err("cannot open a Mobility Header socket: %s; nemod needs CAP_NET_RAW",
			strerror(-err));
		return err;
	}
	if (warm_up())
		return -EOPNOTSUPP;
	s->event = event_new(base, s->in, EV_READ | EV_PERSIST, on_readable, s);
	if (!s->event || event_add(s->event, NULL))
		return -ENOMEM;
	return 0;
}

void mh_socket_close(struct mh_socket *s)
{
	if (s->event)
		event_free(s->event);
	if (s->in > 0)
		close(s->in);
	if (s->out > 0)
		close(s->out);
}

/* The two addresses that the MAC covers, in this order. */
static int sign(struct mh_msg *msg, const struct mh_path *path,
		const struct nemo_conf_auth *auth, uint8_t *mh, size_t len)
{
	const struct in6_addr *coa = &path->src, *hoa = &path->hoa;

	if (!mh_has(&msg->opts, MH_OPT_AUTH))
		return 0;
	if (IN6_IS_ADDR_UNSPECIFIED(hoa))	/* between hosts */
		hoa = &path->dst;
	else if (path->packing != MH_WITH_HAO)
		coa = &path->dst;
	return nemo_auth_sign(auth->key, auth->keylen, coa, hoa, mh, len);
}

static ssize_t pack(const uint8_t *mh, size_t len, const struct mh_path *path,
		    void *packet, size_t size)
{
	switch (path->packing) {
	case MH_WITH_HAO:
		return mh_packet_bu(mh, len, &path->src, &path->dst, &path->hoa,
				    packet, size);
	case MH_WITH_RH2:
		return mh_packet_ba(mh, len, &path->src, &path->dst, &path->hoa,
				    packet, size);
	default:
		return mh_packet_plain(mh, len, &path->src, &path->dst, packet,
				       size);
	}
}

static int transmit(struct mh_socket *s, const void *packet, size_t len,
		    const struct in6_addr *dst)
{
	struct sockaddr_in6 to = { .sin6_family = AF_INET6, .sin6_addr = *dst };

	if (sendto(s->out, packet, len, 0, (struct sockaddr *)&to,
		   sizeof(to)) < 0)
		return -errno;
	return 0;
}

int mh_send(struct mh_socket *s, struct mh_msg *msg, const struct mh_path *path,
	    const struct nemo_conf_auth *auth)
{
	uint8_t mh[MH_MAX_LEN], packet[MH_MAX_LEN + MH_PACKET_OVERHEAD];
	char to[INET6_ADDRSTRLEN];
	ssize_t len;
	int err;

	if (auth && !auth->none) {
		msg->opts.has |= MH_BIT(MH_OPT_AUTH);
		msg->opts.auth.spi = auth->spi;
		msg->opts.auth.mac = (struct mh_data){ NULL, NEMO_AUTH_MAC_LEN };
	}
	inet_ntop(AF_INET6, &path->dst, to, sizeof(to));
	len = mh_build(msg, mh, sizeof(mh));
	err = len < 0 ? len : sign(msg, path, auth, mh, len);
	if (!err) {
		len = pack(mh, len, path, packet, sizeof(packet));
		err = len < 0 ? len : transmit(s, packet, len, &path->dst);
	}
	if (err) {
		log_warn("cannot send a %s to %s: %s", mh_type_name(msg->type),
			 to, strerror(-err));
		return err;
	}
	s->sent[msg->type]++;
	log_debug("%s to %s", mh_type_name(msg->type), to);
	return 0;
}

void mh_send_error(struct mh_socket *s, const struct mh_in *in,
		   enum mh_be_status status)
{
	struct mh_msg msg = {
		.type = MH_BE,
		.be = { .status = status, .hoa = in->has_hao ? in->hoa :
							       in6addr_any },
	};
	struct mh_path path = {
		.packing = MH_PLAIN,
		.src = in->dst,
		.dst = in->src,
	};
	struct timeval now, since;

	if (IN6_IS_ADDR_MULTICAST(&in->dst))
		return;
	evutil_gettimeofday(&now, NULL);
	evutil_timersub(&now, &s->be_at, &since);
	if (!since.tv_sec && since.tv_usec < BE_INTERVAL_US)
		return;
	s->be_at = now;
	mh_send(s, &msg, &path, NULL);
}

bool mh_may_log(struct mh_socket *s)
{
	uint64_t now = clock_monotonic();

	if (s->logged_at && now - s->logged_at < LOG_INTERVAL)
		return false;
	s->logged_at = now;
	return true;
}

bool mh_authentic(const struct mh_in *in, const struct nemo_conf_auth *auth,
		  const struct in6_addr *coa, const struct in6_addr *hoa)
{
	if (auth->none)
		return true;
	return mh_has(&in->msg.opts, MH_OPT_AUTH) &&
	       in->msg.opts.auth.spi == auth->spi &&
	       !nemo_auth_verify(auth->key, auth->keylen, coa, hoa, in->mh,
				 in->len);
}
