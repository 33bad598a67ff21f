// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <inttypes.h>
#include <json-c/linkhash.h>
#include <string.h>

#include "out.h"

/* The formats are literals of this program; so is the number of conversions. */
#pragma GCC diagnostic ignored "-Wformat-nonliteral"

static const char *const colours[] = {
	[OUT_GREEN] = "\033[32m",
	[OUT_YELLOW] = "\033[33m",
};

static void add(struct out *out, const char *key, struct json_object *value)
{
	struct json_object *in = out->depth ? out->open[out->depth - 1] : NULL;

	if (!in)
		return;
	if (json_object_is_type(in, json_type_array))
		json_object_array_add(in, value);
	else
		json_object_object_add(in, key, value);
}

static void open_container(struct out *out, const char *key,
			   struct json_object *container)
{
	add(out, key, container);
	out->open[out->depth++] = container;
}

void out_array(struct out *out, const char *key)
{
	if (out->json)
		open_container(out, key, json_object_new_array());
}

void out_object(struct out *out, const char *key)
{
	if (out->json)
		open_container(out, key, json_object_new_object());
}

static void write_json(struct out *out, struct json_object *tree)
{
	int flags = JSON_C_TO_STRING_NOSLASHESCAPE;

	if (out->pretty)
		flags |= JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED;
	fprintf(out->file, "%s\n", json_object_to_json_string_ext(tree, flags));
	fflush(out->file);
}

void out_end(struct out *out)
{
	if (!out->json || --out->depth)
		return;
	write_json(out, out->open[0]);
	json_object_put(out->open[0]);
}

void out_coloured(struct out *out, const char *key, enum out_colour colour,
		  const char *format, const char *value)
{
	bool paint = out->colour && colour != OUT_PLAIN;

	if (out->json) {
		add(out, key, json_object_new_string(value));
	} else if (format) {
		if (paint)
			fputs(colours[colour], out->file);
		fprintf(out->file, format, value);
		if (paint)
			fputs("\033[0m", out->file);
	}
}

void out_string(struct out *out, const char *key, const char *format,
		const char *value)
{
	out_coloured(out, key, OUT_PLAIN, format, value);
}

void out_number(struct out *out, const char *key, const char *format,
		uint64_t value)
{
	if (out->json)
		add(out, key, json_object_new_uint64(value));
	else if (format)
		fprintf(out->file, format, value);
}

void out_bool(struct out *out, const char *key, const char *format, bool value)
{
	if (out->json)
		add(out, key, json_object_new_boolean(value));
	else if (format)
		fprintf(out->file, format, value ? "on" : "off");
}

void out_addr(struct out *out, const char *key, const char *format,
	      const struct in6_addr *value)
{
	char text[INET6_ADDRSTRLEN];

	inet_ntop(AF_INET6, value, text, sizeof(text));
	out_string(out, key, format, text);
}

void out_element(struct out *out, const char *format, const char *value)
{
	out_string(out, NULL, format, value);
}

void out_text(struct out *out, const char *text)
{
	if (!out->json)
		fputs(text, out->file);
}

static void write_text(struct out *out, struct json_object *tree, int indent);

static void write_value(struct out *out, const char *key,
			struct json_object *value, int indent)
{
	enum json_type type = json_object_get_type(value);
	bool nested = type == json_type_object || type == json_type_array;

	fprintf(out->file, "%*s%s%s", indent, "", key, nested ? ":\n" : " ");
	if (nested)
		write_text(out, value, indent + 4);
	else
		fprintf(out->file, "%s\n", json_object_get_string(value) ?: "-");
}

static void write_elements(struct out *out, struct json_object *array,
			   int indent)
{
	size_t n = json_object_array_length(array);

	for (size_t i = 0; i < n; i++) {
		struct json_object *value = json_object_array_get_idx(array, i);

		if (json_object_is_type(value, json_type_object)) {
			if (i)
				fputc('\n', out->file);
			write_text(out, value, indent);
		} else {
			fprintf(out->file, "%*s%s\n", indent, "",
				json_object_get_string(value));
		}
	}
}

static void write_text(struct out *out, struct json_object *tree, int indent)
{
	if (json_object_is_type(tree, json_type_array)) {
		write_elements(out, tree, indent);
		return;
	}
	json_object_object_foreach(tree, key, value)
		write_value(out, key, value, indent);
}

void out_tree(struct out *out, struct json_object *tree)
{
	if (out->json)
		write_json(out, tree);
	else
		write_text(out, tree, 0);
}
