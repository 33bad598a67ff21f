// SPDX-License-Identifier: GPL-2.0
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "conf.h"
#include "options.h"

static void mistaken(const char *usage)
{
	fputs(usage, stderr);
	exit(EXIT_CONFIG);
}

void options_parse(struct options *o, int argc, char **argv, const char *usage)
{
	static const struct option options[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "debug", no_argument, NULL, 'd' },
		{ "check", no_argument, NULL, 'C' },
		{ "help", no_argument, NULL, 'h' },
		{ }
	};
	int c;

	*o = (struct options){ .path = NEMO_CONF_PATH };
	while ((c = getopt_long(argc, argv, "c:dh", options, NULL)) != -1)
		switch (c) {
		case 'c':
			o->path = optarg;
			break;
		case 'd':
			o->debug = true;
			break;
		case 'C':
			o->check = true;
			break;
		case 'h':
			fputs(usage, stdout);
			exit(EXIT_SUCCESS);
		default:
			mistaken(usage);
		}
	if (optind < argc)
		mistaken(usage);
}

void options_print_mistake(const char *text, void *arg)
{
	(void)arg;
	fprintf(stderr, "%s\n", text);
}
