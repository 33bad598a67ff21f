// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"

void args_wrong(struct args *args, const char *format, ...)
{
	va_list ap;

	fputs("nemoctl: ", stderr);
	va_start(ap, format);
	vfprintf(stderr, format, ap);
	va_end(ap);
	fprintf(stderr, "\nUsage: nemoctl %s\n", args->usage);
	exit(EXIT_USAGE);
}

const char *args_next(struct args *args)
{
	if (!args->left)
		return NULL;
	args->left--;
	return *args->next++;
}

const char *args_need(struct args *args, const char *what)
{
	const char *word = args_next(args);

	if (!word)
		args_wrong(args, "%s is missing", what);
	return word;
}

void args_end(struct args *args)
{
	if (args->left)
		args_wrong(args, "what is \"%s\"?", *args->next);
}

static const struct keyword *find(const struct keyword *table, const char *word,
				  unsigned int command)
{
	for (; table->name; table++)
		if (table->commands & command && !strcmp(table->name, word))
			return table;
	return NULL;
}

static bool more_values(struct args *args, const struct keyword *keywords,
			unsigned int command)
{
	return args->left && !find(keywords, *args->next, command);
}

void args_keywords(struct args *args, const struct keyword *keywords,
		   unsigned int command, void *to)
{
	bool seen[ARGS_KEYWORDS_MAX] = { };
	const struct keyword *k;
	const char *word;

	while ((word = args_next(args))) {
		k = find(keywords, word, command);
		if (!k)
			args_wrong(args, "what is \"%s\"?", word);
		if (seen[k - keywords] && !k->many)
			args_wrong(args, "%s is there twice", word);
		seen[k - keywords] = true;
		do
			k->parse(args, args_need(args, word), to);
		while (k->many && more_values(args, keywords, command));
	}
}

void args_addr(struct args *args, const char *value, struct in6_addr *addr)
{
	if (inet_pton(AF_INET6, value, addr) != 1)
		args_wrong(args, "\"%s\" is not an IPv6 address", value);
}

void args_prefix(struct args *args, const char *value, struct nemo_prefix *p)
{
	const char *wrong = nemo_prefix_parse(p, value);

	if (wrong)
		args_wrong(args, "\"%s\": %s", value, wrong);
}

void args_mac(struct args *args, const char *value, uint8_t *mac)
{
	int end = 0;

	if (sscanf(value, "%2hhx:%2hhx:%2hhx:%2hhx:%2hhx:%2hhx%n", &mac[0],
		   &mac[1], &mac[2], &mac[3], &mac[4], &mac[5], &end) != 6 ||
	    value[end])
		args_wrong(args, "\"%s\" is not a MAC address", value);
}

void args_ifname(struct args *args, const char *value, char *ifname)
{
	if (!*value || strlen(value) >= IFNAMSIZ)
		args_wrong(args, "\"%s\" is not an interface's name", value);
	strcpy(ifname, value);
}

bool args_switch(struct args *args, const char *value)
{
	if (!strcmp(value, "on"))
		return true;
	if (strcmp(value, "off"))
		args_wrong(args, "\"%s\" is neither on nor off", value);
	return false;
}

unsigned long args_number(struct args *args, const char *what,
			  const char *value, unsigned long min,
			  unsigned long max)
{
	unsigned long number;
	char *end;

	errno = 0;
	number = strtoul(value, &end, 10);
	if (*value < '0' || *value > '9' || *end || errno || number < min ||
	    number > max)
		args_wrong(args, "%s must be a number from %lu to %lu, not \"%s\"",
			   what, min, max, value);
	return number;
}

static const struct word *word_at(const void *table, size_t size, size_t i)
{
	return (const struct word *)((const char *)table + i * size);
}

const void *args_match(struct args *args, const char *what, const char *word,
		       const void *table, size_t size)
{
	const struct word *w, *match = NULL;

	for (size_t i = 0; (w = word_at(table, size, i))->name; i++) {
		if (!strcmp(w->name, word))
			return w;
		if (strncmp(w->name, word, strlen(word)))
			continue;
		if (match)
			args_wrong(args, "\"%s\" may be %s or %s", word,
				   match->name, w->name);
		match = w;
	}
	if (!match)
		args_wrong(args, "there is no %s \"%s\"", what, word);
	return match;
}
