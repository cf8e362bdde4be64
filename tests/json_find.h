#ifndef KARVAN_TESTS_JSON_FIND_H
#define KARVAN_TESTS_JSON_FIND_H
/* Members of JSON objects, and objects of lists by them; cmocka.h stands before. */
#include <jansson.h>
#include <string.h>

static inline const char *member(const json_t *o, const char *name) {
    const char *s = json_string_value(json_object_get(o, name));
    return s ? s : "";
}

/* The object of a list whose member is so. */
static inline const json_t *find(const json_t *list, const char *name, const char *value) {
    for (size_t i = 0; i < json_array_size(list); i++)
        if (strcmp(member(json_array_get(list, i), name), value) == 0)
            return json_array_get(list, i);
    fail_msg("nothing has %s = %s", name, value);
    return NULL;
}
#endif
