// SPDX-License-Identifier: GPL-2.0
/* The Mobility Header socket when somebody sends without end. */
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "nemod/clock.h"
#include "nemod/mh_socket.h"
#include "../wire/tap.h"

#define ENDLESS	1000	/* as good as */

static struct {
	unsigned int received, handled;
	uint64_t now;
} seen;

/* In place of the kernel's: a raw socket that always has one more message. */
int socket(int domain, int type, int protocol)
{
	int pair[2];

	(void)domain;
	(void)protocol;
	if (socketpair(AF_UNIX, SOCK_DGRAM | (type & SOCK_NONBLOCK), 0, pair))
		return -1;
	return send(pair[1], "", 1, 0) == 1 ? pair[0] : -1;
}

int setsockopt(int fd, int level, int name, const void *value, socklen_t len)
{
	(void)fd;
	(void)level;
	(void)name;
	(void)value;
	(void)len;
	return 0;
}

ssize_t recvmsg(int fd, struct msghdr *hdr, int flags)
{
	struct mh_msg msg = { .type = MH_BRR };

	(void)fd;
	(void)flags;
	if (++seen.received > ENDLESS)
		return -1;
	memset(hdr->msg_name, 0, hdr->msg_namelen);
	hdr->msg_controllen = 0;
	return mh_build(&msg, hdr->msg_iov->iov_base, hdr->msg_iov->iov_len);
}

uint64_t clock_monotonic(void)
{
	return seen.now;
}

static void on_message(struct mh_in *in, void *arg)
{
	(void)in;
	(void)arg;
	seen.handled++;
}

/* Nothing else has its turn while a callback lasts. */
static void flood(void)
{
	struct event_base *base = event_base_new();
	struct mh_socket s = { };

	CHECK(!mh_socket_open(&s, base, on_message, NULL));
	event_base_loop(base, EVLOOP_NONBLOCK | EVLOOP_ONCE);
	CHECK(seen.handled == 64);
	event_base_loop(base, EVLOOP_NONBLOCK | EVLOOP_ONCE);
	CHECK(seen.handled == 128);
	mh_socket_close(&s);
	event_base_free(base);
}

static void lines(void)
{
	struct mh_socket s = { };

	seen.now = NS_PER_S;
	CHECK(mh_may_log(&s));
	CHECK(!mh_may_log(&s));
	seen.now += 10 * NS_PER_S - 1;
	CHECK(!mh_may_log(&s));
	seen.now++;
	CHECK(mh_may_log(&s));
	CHECK(!mh_may_log(&s));
}

int main(void)
{
	static const struct tap_test tests[] = {
		{ "64 messages, then others have their turn", flood },
		{ "one line in 10 s about what anybody can send", lines },
	};

	return tap_run(tests, sizeof(tests) / sizeof(tests[0]));
}
