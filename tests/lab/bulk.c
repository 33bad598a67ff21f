// SPDX-License-Identifier: GPL-2.0
/*
 * bulk - one TCP connection with much in it.
 *
 *   bulk recv PORT            accepts one connection, prints the octets that came
 *   bulk send ADDRESS PORT N  sends N octets; fails unless all were acknowledged
 *
 * The octets are a pattern that recv checks.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static char buf[65536];

static int die(const char *what)
{
	fprintf(stderr, "bulk: %s: %s\n", what, strerror(errno));
	return 1;
}

/* Octet number @at of every connection; the period is no power of two. */
static char pattern(uint64_t at)
{
	return at % 251;
}

static int do_recv(const char *port)
{
	struct sockaddr_in6 sa = { .sin6_family = AF_INET6, .sin6_port = htons(atoi(port)) };
	int fd = socket(AF_INET6, SOCK_STREAM, 0), on = 1, c;
	uint64_t at = 0;
	ssize_t n;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, (struct sockaddr *)&sa, sizeof(sa)) || listen(fd, 1))
		return die(port);
	c = accept(fd, NULL, NULL);
	while ((n = read(c, buf, sizeof(buf))) > 0) {
		for (ssize_t i = 0; i < n; i++, at++) {
			if (buf[i] != pattern(at)) {
				fprintf(stderr, "bulk: octet %lu is wrong\n", at);
				return 1;
			}
		}
	}
	printf("%lu\n", at);
	return n < 0 ? die("connection") : 0;
}

static int do_send(const char *address, const char *port, uint64_t total)
{
	struct sockaddr_in6 sa = { .sin6_family = AF_INET6, .sin6_port = htons(atoi(port)) };
	int fd = socket(AF_INET6, SOCK_STREAM, 0);

	if (inet_pton(AF_INET6, address, &sa.sin6_addr) != 1 ||
	    connect(fd, (struct sockaddr *)&sa, sizeof(sa)))
		return die(address);
	for (uint64_t at = 0; at < total;) {
		size_t n = total - at < sizeof(buf) ? total - at : sizeof(buf);
		ssize_t sent;

		for (size_t i = 0; i < n; i++)
			buf[i] = pattern(at + i);
		sent = write(fd, buf, n);
		if (sent < 0)
			return die("send");
		at += sent;
	}
	/* Until the other side has closed, too: then it has everything. */
	shutdown(fd, SHUT_WR);
	return read(fd, buf, 1) ? die("close") : 0;
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "recv"))
		return do_recv(argv[2]);
	if (argc == 5 && !strcmp(argv[1], "send"))
		return do_send(argv[2], argv[3], strtoull(argv[4], NULL, 0));
	fprintf(stderr, "usage: bulk recv PORT | send ADDRESS PORT N\n");
	return 2;
}
