/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The command line: words that are taken one by one, keywords by a table.
 * Whatever is wrong with it ends the program with status 2 and a usage line.
 */
#ifndef NEMOCTL_ARGS_H
#define NEMOCTL_ARGS_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#include "lib/prefix.h"

#define EXIT_USAGE	2

struct args {
	int left;
	char **next;
	const char *usage;	/* of the command, for errors */
};

/* What a table of objects, commands or keywords has in common. */
struct word {
	const char *name;
};

/**
 * struct keyword - a word of a command that values follow
 * @parse: takes one value and stores it
 * @many: more values may follow, up to the next keyword
 * @commands: bits that the command's author chose: where it is allowed
 */
struct keyword {
	const char *name;
	void (*parse)(struct args *args, const char *value, void *to);
	bool many;
	unsigned int commands;
};

#define ARGS_KEYWORDS_MAX	32

/**
 * args_keywords - read the rest of the line
 * @keywords: a table that ends without a name, at most ARGS_KEYWORDS_MAX long
 * @command: one of the bits of @commands
 * @to: given to @parse
 */
void args_keywords(struct args *args, const struct keyword *keywords,
		   unsigned int command, void *to);

/* The next word, or NULL at the end. */
const char *args_next(struct args *args);

/* The next word; there must be one: @what says what it is. */
const char *args_need(struct args *args, const char *what);

/* Nothing may be left. */
void args_end(struct args *args);

/* Values, for struct keyword's @parse. */
void args_addr(struct args *args, const char *value, struct in6_addr *addr);
void args_prefix(struct args *args, const char *value, struct nemo_prefix *p);
void args_mac(struct args *args, const char *value, uint8_t *mac);
void args_ifname(struct args *args, const char *value, char *ifname);
bool args_switch(struct args *args, const char *value);
unsigned long args_number(struct args *args, const char *what,
			  const char *value, unsigned long min,
			  unsigned long max);

/**
 * args_match - find a word in a table, abbreviated perhaps
 * @table: of elements that begin with the word, @size octets each; ends without
 *
 * Return: the element. Ends the program if there is none or more than one.
 */
const void *args_match(struct args *args, const char *what, const char *word,
		       const void *table, size_t size);

/* Say what is wrong and how it is done, end with EXIT_USAGE. */
void args_wrong(struct args *args, const char *format, ...)
	__attribute__((format(printf, 2, 3), noreturn));

#endif /* NEMOCTL_ARGS_H */
