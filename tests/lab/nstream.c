// SPDX-License-Identifier: GPL-2.0
/*
 * nstream - a numbered packet stream, and what a network did to it.
 *
 *   nstream send ADDRESS PORT PPS LOG [SIZE]
 *   nstream recv PORT LOG
 *   nstream report SENT RECEIVED PPS [T0:T1]...
 *   nstream dump RECEIVED
 *   nstream play FILM ADDRESS PORT KBIT
 *   nstream sink PORT FILE
 *
 * play sends an MPEG transport stream again and again at KBIT kbit/s; sink writes the payload
 * of whatever comes to a file. send, recv, play and sink run until SIGTERM or SIGINT. send and
 * recv write their logs then; at SIGHUP they write what is new. Every time
 * is CLOCK_REALTIME in nanoseconds: the namespaces of a lab share one kernel, so
 * sender, receiver, the kernel's receive time stamps and nemo's notifications share
 * one clock. The arrival is the kernel's stamp, so that a receiver that is
 * frozen or late does not look like a late network.
 *
 * A sender that was frozen (SIGSTOP: a paused guest) goes on with its next number and
 * does not make up for the time: a paused application does not exist.
 *
 * report prints JSON. T0:T1 are the instants at which a guest left its old host and
 * was there on the new one. What happened to a packet counts for the last move that
 * began at most one second after it was sent (what was under way at T0 belongs to that
 * move). The silence of a move is
 *
 *   (first arrival after T1) - (last arrival before T1) - (T1 - T0) - 1/PPS
 *
 * and not less than zero: the longest time that a receiver waited, less the guest's
 * own pause and the interval between two packets of an undisturbed stream. sender_ms is how
 * long after T1 the sender sent its first packet: of an uplink's silence, what is the guest's
 * own. last_lost is when the last packet that was lost had been sent.
 *
 * Silence ends with the first packet, and knows nothing of what waits behind that one. The gap
 * of a move is the longest time between two neighbouring arrivals from T0 until the next T0, less
 *
 *   the time between the sender's last two packets up to the one that ends it, or
 *   1/PPS and that part of T0:T1 that lies between the two arrivals,
 *
 * whichever is more, and not less than zero. The first is a sender that was late or paused (so
 * a way that is longer than the pause does no harm, and sender_ms is not in the gap), the second a
 * receiver that was. Where packets between the two were lost the time for them counts.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define NSEC 1000000000LL
#define BEFORE_MOVE NSEC

struct sample {
	uint32_t seq;
	uint32_t pad;
	int64_t sent;		/* ns since the epoch */
	int64_t received;	/* 0 in a sender's log */
};

struct log {
	struct sample *v;
	size_t n, room;
};

/* What happened to the packets of one move, or of the whole stream. */
struct tally {
	uint64_t sent, received, lost, duplicated, reordered;
};

struct move {
	int64_t t0, t1;
	int64_t last_before, first_after;	/* arrivals; 0: none */
	int64_t first_sent;			/* after t1; 0: none */
	int64_t gap;				/* what the network added to the longest */
	int64_t last_lost;			/* when it was sent; 0: none */
	struct tally tally;
};

static volatile sig_atomic_t stop, hangup;

static void on_signal(int sig)
{
	if (sig == SIGHUP)
		hangup = 1;
	else
		stop = 1;
}

static void die(const char *what)
{
	fprintf(stderr, "nstream: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return t.tv_sec * NSEC + t.tv_nsec;
}

static void log_add(struct log *log, struct sample s)
{
	if (log->n == log->room) {
		log->room = log->room ? 2 * log->room : 65536;
		log->v = reallocarray(log->v, log->room, sizeof(*log->v));
		if (!log->v)
			die("memory");
	}
	log->v[log->n++] = s;
}

/* What it has goes to the end of the file, and is forgotten. */
static void log_write(struct log *log, const char *path)
{
	FILE *f = fopen(path, "a");

	if (!f || fwrite(log->v, sizeof(*log->v), log->n, f) != log->n || fclose(f))
		die(path);
	log->n = 0;
}

static void log_begin(const char *path)
{
	FILE *f = fopen(path, "w");

	if (!f || fclose(f))
		die(path);
}

static void log_if_asked(struct log *log, const char *path)
{
	if (!hangup)
		return;
	hangup = 0;
	log_write(log, path);
}

static struct log log_read(const char *path)
{
	FILE *f = fopen(path, "r");
	struct log log = {};
	struct sample s;

	if (!f)
		die(path);
	while (fread(&s, sizeof(s), 1, f) == 1)
		log_add(&log, s);
	fclose(f);
	return log;
}

static void until_signal(void)
{
	struct sigaction sa = { .sa_handler = on_signal };

	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGHUP, &sa, NULL);
}

static int open_send(const char *address, const char *port)
{
	struct sockaddr_in6 sa = {
		.sin6_family = AF_INET6, .sin6_port = htons(atoi(port)),
	};
	int fd = socket(AF_INET6, SOCK_DGRAM, 0);

	if (inet_pton(AF_INET6, address, &sa.sin6_addr) != 1) {
		fprintf(stderr, "nstream: not an IPv6 address: %s\n", address);
		exit(2);
	}
	if (fd < 0 || connect(fd, (struct sockaddr *)&sa, sizeof(sa)))
		die(address);
	return fd;
}

/*
 * A schedule of one event every @step ns. It goes by CLOCK_MONOTONIC: the time of day of a guest
 * that has come from another machine may jump.
 */
struct pace {
	int64_t step, next;
};

static int64_t monotonic(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * NSEC + t.tv_nsec;
}

/* Waits for the next event; false if a signal came. */
static bool pace(struct pace *p)
{
	struct timespec at;
	int64_t late;

	if (!p->next)
		p->next = monotonic();
	at = (struct timespec){ p->next / NSEC, p->next % NSEC };
	if (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL))
		return false;
	late = monotonic() - p->next;
	/* Frozen, not merely scheduled late: the schedule starts again. */
	p->next += late > 3 * p->step && late > NSEC / 20 ? late + p->step : p->step;
	return true;
}

static int do_send(char **argv, int argc)
{
	size_t size = argc > 4 ? strtoul(argv[4], NULL, 0) : 64;
	long pps = strtol(argv[2], NULL, 0);
	struct log log = {};
	struct sample s = {};
	struct pace when = {};
	char buf[1400] = {};
	int fd;

	if (pps < 1 || size < 12 || size > sizeof(buf)) {
		fprintf(stderr, "nstream: 1 packet/s at least, 12 to %zu octets\n", sizeof(buf));
		return 2;
	}
	fd = open_send(argv[0], argv[1]);
	when.step = NSEC / pps;
	log_begin(argv[3]);
	until_signal();
	while (!stop) {
		log_if_asked(&log, argv[3]);
		if (!pace(&when))
			continue;
		s.sent = now();
		memcpy(buf, &s.seq, 4);
		memcpy(buf + 4, &s.sent, 8);
		/* An ICMP error for an earlier packet (ECONNREFUSED…) takes no number. */
		if (send(fd, buf, size, 0) < 0 && send(fd, buf, size, 0) < 0 && errno != ENOBUFS)
			fprintf(stderr, "nstream: %u: %s\n", s.seq, strerror(errno));
		log_add(&log, s);
		s.seq++;
	}
	log_write(&log, argv[3]);
	printf("{\"sent\":%u}\n", s.seq);
	return 0;
}

#define TS_PACKET 188
#define TS_PIDS 8192

static char *film_read(const char *path, size_t *len)
{
	FILE *f = fopen(path, "r");
	char *film;

	if (!f || fseek(f, 0, SEEK_END) || (*len = ftell(f)) < TS_PACKET)
		die(path);
	rewind(f);
	*len -= *len % TS_PACKET;
	film = malloc(*len);
	if (!film || fread(film, *len, 1, f) != 1)
		die(path);
	fclose(f);
	return film;
}

/* The continuity counter goes on where the film starts again (ISO/IEC 13818-1, 2.4.3.3). */
static void ts_continue(char *packet, uint8_t *counter)
{
	uint8_t *c = &counter[(packet[1] & 0x1f) << 8 | (packet[2] & 0xff)];

	if (packet[3] & 0x10)
		(*c)++;
	packet[3] = (packet[3] & 0xf0) | ((*c - 1) & 0xf);
}

static int do_play(char **argv, int argc)
{
	static uint8_t counter[TS_PIDS];
	size_t len, at = 0, n;
	char *film = film_read(argv[0], &len);
	long kbit = strtol(argv[3], NULL, 0);
	struct pace when = {};
	int fd;

	(void)argc;
	if (kbit < 1) {
		fprintf(stderr, "nstream: 1 kbit/s at least\n");
		return 2;
	}
	fd = open_send(argv[1], argv[2]);
	when.step = 7 * TS_PACKET * 8 * NSEC / 1000 / kbit;
	until_signal();
	while (!stop) {
		if (!pace(&when))
			continue;
		n = len - at < 7 * TS_PACKET ? len - at : 7 * TS_PACKET;
		for (size_t i = 0; i < n; i += TS_PACKET)
			ts_continue(film + at + i, counter);
		if (send(fd, film + at, n, 0) < 0 && send(fd, film + at, n, 0) < 0 &&
		    errno != ENOBUFS)
			fprintf(stderr, "nstream: %s\n", strerror(errno));
		at = (at + n) % len;
	}
	free(film);
	return 0;
}

static int open_recv(const char *port)
{
	struct sockaddr_in6 sa = {
		.sin6_family = AF_INET6, .sin6_port = htons(atoi(port)),
	};
	int fd = socket(AF_INET6, SOCK_DGRAM, 0), on = 1, room = 8 << 20;

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on)) ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room)) ||
	    bind(fd, (struct sockaddr *)&sa, sizeof(sa)))
		die(port);
	return fd;
}

/* Returns whether there was a packet. */
static bool receive(int fd, struct log *log)
{
	char buf[2048], ctl[CMSG_SPACE(sizeof(struct timespec))];
	struct iovec iov = { buf, sizeof(buf) };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = ctl, .msg_controllen = sizeof(ctl),
	};
	struct sample s = {};
	struct cmsghdr *c;
	struct timespec t;

	if (recvmsg(fd, &msg, MSG_DONTWAIT) < 12)
		return false;
	memcpy(&s.seq, buf, 4);
	memcpy(&s.sent, buf + 4, 8);
	s.received = now();
	for (c = CMSG_FIRSTHDR(&msg); c; c = CMSG_NXTHDR(&msg, c)) {
		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_TIMESTAMPNS)
			continue;
		memcpy(&t, CMSG_DATA(c), sizeof(t));
		s.received = t.tv_sec * NSEC + t.tv_nsec;
	}
	log_add(log, s);
	return true;
}

static int do_recv(char **argv, int argc)
{
	struct pollfd p = { .events = POLLIN };
	struct log log = {};
	size_t n = 0;

	(void)argc;
	p.fd = open_recv(argv[0]);
	log_begin(argv[1]);
	until_signal();
	while (!stop) {
		log_if_asked(&log, argv[1]);
		if (poll(&p, 1, 200) > 0)
			n += receive(p.fd, &log);
	}
	while (receive(p.fd, &log))
		n++;
	log_write(&log, argv[1]);
	printf("{\"received\":%zu}\n", n);
	return 0;
}

static int do_sink(char **argv, int argc)
{
	struct pollfd p = { .events = POLLIN };
	FILE *f = fopen(argv[1], "w");
	char buf[65536];
	ssize_t n;

	(void)argc;
	if (!f)
		die(argv[1]);
	p.fd = open_recv(argv[0]);
	until_signal();
	while (!stop) {
		if (poll(&p, 1, 200) <= 0)
			continue;
		n = recv(p.fd, buf, sizeof(buf), MSG_DONTWAIT);
		if (n > 0 && fwrite(buf, n, 1, f) != 1)
			die(argv[1]);
	}
	if (fclose(f))
		die(argv[1]);
	return 0;
}

static struct move *move_of(struct move *m, int n, int64_t sent)
{
	struct move *found = NULL;

	for (int i = 0; i < n && m[i].t0 - BEFORE_MOVE <= sent; i++)
		found = &m[i];
	return found;
}

static void instants(struct move *m, int n, const struct log *tx, const struct log *rx)
{
	for (int i = 0; i < n; i++) {
		for (size_t k = 0; k < tx->n && !m[i].first_sent; k++)
			if (tx->v[k].sent > m[i].t1)
				m[i].first_sent = tx->v[k].sent;
		for (size_t k = 0; k < rx->n; k++) {
			int64_t at = rx->v[k].received;

			/* A packet that got through late during the pause ends nothing. */
			if (at <= m[i].t1 && at > m[i].last_before)
				m[i].last_before = at;
			if (at > m[i].t1 && (!m[i].first_after || at < m[i].first_after))
				m[i].first_after = at;
		}
	}
}

/* Of a move's pause, what lies between two instants. */
static int64_t paused(const struct move *m, int64_t from, int64_t to)
{
	if (from < m->t0)
		from = m->t0;
	if (to > m->t1)
		to = m->t1;
	return to > from ? to - from : 0;
}

/* How long the sender had sent nothing when it sent this one. */
static int64_t interval(const struct log *tx, uint32_t seq)
{
	return seq ? tx->v[seq].sent - tx->v[seq - 1].sent : 0;
}

/* @until: where the next move begins. A wait that goes on then ends there for this one. */
static void gap_of(struct move *m, int64_t until, const struct log *tx, const struct log *rx,
		   int64_t step)
{
	const struct sample *a = NULL;

	for (size_t k = 0; k < rx->n; k++) {
		const struct sample *b = &rx->v[k];
		int64_t end = b->received < until ? b->received : until;

		if (b->seq >= tx->n)
			continue;	/* of an older stream on this port */
		if (a && end > m->t0) {
			int64_t own = interval(tx, b->seq);
			int64_t rest = step + paused(m, a->received, end);
			int64_t gap = end - a->received - (own > rest ? own : rest);

			if (gap > m->gap)
				m->gap = gap;
		}
		a = b;
	}
}

/* One more for the whole stream and for the move that it belongs to. */
#define COUNT(field, sent_at) do {					\
	struct move *m_ = move_of(m, n, sent_at);			\
	all->field++;							\
	if (m_)								\
		m_->tally.field++;					\
} while (0)

static void count(struct move *m, int n, const struct log *tx, const struct log *rx,
		  struct tally *all, uint32_t *seen)
{
	uint32_t top = 0;

	for (size_t k = 0; k < rx->n; k++) {
		const struct sample *s = &rx->v[k];

		if (s->seq >= tx->n)
			continue;	/* of an older stream on this port */
		COUNT(received, s->sent);
		if (seen[s->seq]++)
			COUNT(duplicated, s->sent);
		else if (s->seq < top)
			COUNT(reordered, s->sent);
		if (s->seq > top)
			top = s->seq;
	}
	for (size_t k = 0; k < tx->n; k++) {
		COUNT(sent, tx->v[k].sent);
		if (seen[k])
			continue;
		COUNT(lost, tx->v[k].sent);
		if (move_of(m, n, tx->v[k].sent))
			move_of(m, n, tx->v[k].sent)->last_lost = tx->v[k].sent;
	}
}

static void print_tally(const struct tally *t)
{
	printf("\"sent\":%" PRIu64 ",\"received\":%" PRIu64 ",\"lost\":%" PRIu64
	       ",\"duplicated\":%" PRIu64 ",\"reordered\":%" PRIu64,
	       t->sent, t->received, t->lost, t->duplicated, t->reordered);
}

static void print_lost(const uint32_t *seen, size_t n)
{
	const char *comma = "";

	printf(",\"lost_seq\":[");
	for (size_t k = 0, first; k < n; k++) {
		if (seen[k])
			continue;
		for (first = k; k + 1 < n && !seen[k + 1]; k++)
			;
		printf("%s[%zu,%zu]", comma, first, k);
		comma = ",";
	}
	printf("]");
}

static void print_move(const struct move *m, int64_t step, const char *comma)
{
	int64_t silence = m->first_after - m->last_before - (m->t1 - m->t0) - step;

	printf("%s{", comma);
	if (m->first_after && m->last_before)
		printf("\"silence_ms\":%.1f,\"gap_ms\":%.1f,",
		       silence > 0 ? silence / 1e6 : 0.0, m->gap / 1e6);
	else
		printf("\"silence_ms\":null,\"gap_ms\":null,");
	if (m->first_sent)
		printf("\"sender_ms\":%.1f,", (m->first_sent - m->t1) / 1e6);
	else
		printf("\"sender_ms\":null,");
	printf("\"pause_ms\":%.1f,\"last_lost\":%" PRId64 ",", (m->t1 - m->t0) / 1e6,
	       m->last_lost);
	print_tally(&m->tally);
	printf("}");
}

static int do_report(char **argv, int argc)
{
	struct log tx = log_read(argv[0]), rx = log_read(argv[1]);
	int64_t step = NSEC / strtol(argv[2], NULL, 0);
	int n = argc - 3;
	struct move *m = calloc(n + 1, sizeof(*m));
	uint32_t *seen = calloc(tx.n + 1, sizeof(*seen));
	struct tally all = {};

	if (!m || !seen)
		die("memory");
	for (int i = 0; i < n; i++) {
		if (sscanf(argv[3 + i], "%" SCNd64 ":%" SCNd64, &m[i].t0, &m[i].t1) != 2) {
			fprintf(stderr, "nstream: not T0:T1: %s\n", argv[3 + i]);
			return 2;
		}
	}
	instants(m, n, &tx, &rx);
	for (int i = 0; i < n; i++)
		gap_of(&m[i], i + 1 < n ? m[i + 1].t0 : INT64_MAX, &tx, &rx, step);
	count(m, n, &tx, &rx, &all, seen);
	printf("{");
	print_tally(&all);
	print_lost(seen, tx.n);
	printf(",\"moves\":[");
	for (int i = 0; i < n; i++)
		print_move(&m[i], step, i ? "," : "");
	printf("]}\n");
	return 0;
}

static int do_dump(char **argv, int argc)
{
	struct log rx = log_read(argv[0]);

	(void)argc;
	for (size_t k = 0; k < rx.n; k++)
		printf("%u %" PRId64 " %" PRId64 "\n", rx.v[k].seq, rx.v[k].sent, rx.v[k].received);
	return 0;
}

static const struct {
	const char *name;
	int (*run)(char **argv, int argc);
	int least, most;
	const char *usage;
} verbs[] = {
	{ "send", do_send, 4, 5, "ADDRESS PORT PPS LOG [SIZE]" },
	{ "recv", do_recv, 2, 2, "PORT LOG" },
	{ "report", do_report, 3, 1000, "SENT RECEIVED PPS [T0:T1]..." },
	{ "dump", do_dump, 1, 1, "RECEIVED" },
	{ "play", do_play, 4, 4, "FILM ADDRESS PORT KBIT" },
	{ "sink", do_sink, 2, 2, "PORT FILE" },
};

#define N_VERBS (sizeof(verbs) / sizeof(verbs[0]))

int main(int argc, char **argv)
{
	for (size_t i = 0; argc > 1 && i < N_VERBS; i++) {
		if (!strcmp(argv[1], verbs[i].name) && argc - 2 >= verbs[i].least &&
		    argc - 2 <= verbs[i].most)
			return verbs[i].run(argv + 2, argc - 2);
	}
	for (size_t i = 0; i < N_VERBS; i++)
		fprintf(stderr, "usage: nstream %s %s\n", verbs[i].name, verbs[i].usage);
	return 2;
}
