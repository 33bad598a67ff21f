// SPDX-License-Identifier: GPL-2.0
/*
 * clock - how far another machine's clock is ahead of this one.
 *
 *   clock serve PORT              answers, until SIGTERM
 *   clock ask ADDRESS PORT        prints "AHEAD ROUNDTRIP", both in ns
 *   clock step NS                 puts this machine's clock forward, or back (negative)
 *
 * Of 40 exchanges the shortest counts: the error is at most half of its round trip.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define NSEC 1000000000LL
#define TRIES 40

struct answer {
	uint32_t number, pad;
	int64_t at;
};

static void die(const char *what)
{
	fprintf(stderr, "clock: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return t.tv_sec * NSEC + t.tv_nsec;
}

static int open_socket(void)
{
	int fd = socket(AF_INET6, SOCK_DGRAM, 0);

	if (fd < 0)
		die("socket");
	return fd;
}

static int serve(char **argv)
{
	struct sockaddr_in6 sa = {
		.sin6_family = AF_INET6, .sin6_port = htons(atoi(argv[0])),
	};
	socklen_t len = sizeof(sa);
	struct answer a = {};
	int fd = open_socket();

	if (bind(fd, (struct sockaddr *)&sa, sizeof(sa)))
		die(argv[0]);
	while (recvfrom(fd, &a, sizeof(a), 0, (struct sockaddr *)&sa, &len) >= 0) {
		a.at = now();
		sendto(fd, &a, sizeof(a), 0, (struct sockaddr *)&sa, len);
		len = sizeof(sa);
	}
	die("serve");
	return 1;
}

/* Returns the round trip, or -1: no answer. */
static int64_t exchange(int fd, uint32_t number, int64_t *ahead)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	struct answer a = { .number = number };
	int64_t begin = now(), end;

	if (send(fd, &a, sizeof(a), 0) != sizeof(a))
		return -1;
	while (poll(&p, 1, 500) > 0) {
		if (recv(fd, &a, sizeof(a), 0) != sizeof(a) || a.number != number)
			continue;	/* a late one */
		end = now();
		*ahead = a.at - begin - (end - begin) / 2;
		return end - begin;
	}
	return -1;
}

static int ask(char **argv)
{
	struct sockaddr_in6 sa = {
		.sin6_family = AF_INET6, .sin6_port = htons(atoi(argv[1])),
	};
	int64_t rtt, ahead, best = -1, best_ahead = 0;
	int fd = open_socket();

	if (inet_pton(AF_INET6, argv[0], &sa.sin6_addr) != 1 ||
	    connect(fd, (struct sockaddr *)&sa, sizeof(sa)))
		die(argv[0]);
	for (int i = 0; i < TRIES; i++) {
		rtt = exchange(fd, i, &ahead);
		if (rtt >= 0 && (best < 0 || rtt < best)) {
			best = rtt;
			best_ahead = ahead;
		}
		usleep(5000);
	}
	if (best < 0) {
		fprintf(stderr, "clock: %s does not answer\n", argv[0]);
		return 1;
	}
	printf("%" PRId64 " %" PRId64 "\n", best_ahead, best);
	return 0;
}

static int step(char **argv)
{
	int64_t t = now() + strtoll(argv[0], NULL, 10);
	struct timespec ts = { t / NSEC, t % NSEC };

	if (clock_settime(CLOCK_REALTIME, &ts))
		die("step");
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "serve"))
		return serve(argv + 2);
	if (argc == 4 && !strcmp(argv[1], "ask"))
		return ask(argv + 2);
	if (argc == 3 && !strcmp(argv[1], "step"))
		return step(argv + 2);
	fprintf(stderr, "usage: clock serve PORT | ask ADDRESS PORT | step NS\n");
	return 2;
}
