/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The print layer: one sequence of calls gives text for people or JSON for
 * programs. A format is for the text only; the key is for JSON only.
 */
#ifndef NEMOCTL_OUT_H
#define NEMOCTL_OUT_H

#include <json-c/json_object.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define OUT_DEPTH	6

enum out_colour {
	OUT_PLAIN,
	OUT_GREEN,
	OUT_YELLOW,
};

/**
 * struct out - where to and how
 * @file: standard output
 * @json: JSON instead of text
 * @pretty: JSON with line ends and indentation
 * @colour: text with colours
 * @open: objects and arrays that are open, innermost last
 */
struct out {
	FILE *file;
	bool json;
	bool pretty;
	bool colour;
	struct json_object *open[OUT_DEPTH];
	unsigned int depth;
};

/* An array; at the top, without a key. The last end writes the JSON. */
void out_array(struct out *out, const char *key);
void out_object(struct out *out, const char *key);
void out_end(struct out *out);

/* In an object. @format has one conversion, for the value; NULL: JSON only. */
void out_string(struct out *out, const char *key, const char *format,
		const char *value);
void out_coloured(struct out *out, const char *key, enum out_colour colour,
		  const char *format, const char *value);
void out_number(struct out *out, const char *key, const char *format,
		uint64_t value);
void out_bool(struct out *out, const char *key, const char *format, bool value);
void out_addr(struct out *out, const char *key, const char *format,
	      const struct in6_addr *value);

/* A string in an array. */
void out_element(struct out *out, const char *format, const char *value);

/* Text that JSON does not have: words between values, line ends. */
void out_text(struct out *out, const char *text);

/* A JSON object from elsewhere (the agent's), as JSON or as indented text. */
void out_tree(struct out *out, struct json_object *tree);

#endif /* NEMOCTL_OUT_H */
