/* BACI by hand: blocks of a file, lines of a block, six numbers of a line. Parts of a file are read
 * by threads of their own into groups of their own, which are then joined in the file's order. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/try.h"
#include "exchange/intake_baci.h"

enum { BLOCK = 1 << 20, PAD = 32, PARTS_MAX = 64, PART_LEAST = 1 << 16 };

typedef struct part {
    int64_t begin, end; /* bytes of the file, whole lines */
    karvan_i_sink sink;
    /* the group of the row before, where the next one has the same */
    uint64_t key;
    uint32_t product, group;
    bool warm;
} part;

typedef struct quick {
    karvan_i_intake *in;
    int fd; /* -1: in->bytes */
    bool has_q;
    int n_parts;
    part part[PARTS_MAX];
} quick;

/* ---- a line ---- */

/* Digits of a whole number, up to nine and at least one; behind it stands `end`. */
static inline bool digits(const char **p, unsigned most, char end, uint32_t *out) {
    const char *s = *p;
    uint32_t v = 0;
    unsigned d;
    while ((d = (unsigned)(unsigned char)*s - '0') < 10) v = v * 10 + d, s++;
    bool ok = s > *p && (size_t)(s - *p) <= most && *s == end;
    *p = s + 1, *out = v;
    return ok;
}

/* A decimal of at most 18 digits, 15 on each side, up to what is neither digit nor point. */
static inline bool decimal(const char **p, karvan_i_amount *out) {
    const char *s = *p;
    uint64_t v = 0;
    unsigned d;
    while ((d = (unsigned)(unsigned char)*s - '0') < 10) v = v * 10 + d, s++;
    long before = s - *p, after = 0;
    if (*s == '.') {
        const char *point = ++s;
        while ((d = (unsigned)(unsigned char)*s - '0') < 10) v = v * 10 + d, s++;
        after = s - point;
    }
    *p = s;
    if (before + after == 0 || before > 15 || after > 15 || before + after > 18) return false;
    *out = karvan_i_amount_of(v, (unsigned)after);
    return true;
}

/* The quantity and the end of the line: a decimal, NA or nothing; with blanks and quotes around. */
static inline bool last_cell(const char *s, const char *end, karvan_i_baci_row *r) {
    bool quoted = *s == '"';
    s += quoted;
    while (*s == ' ') s++;
    r->has_q = false, r->q = (karvan_i_amount){0, 0};
    if (*s == 'N' && s[1] == 'A')
        s += 2;
    else if ((unsigned)(unsigned char)*s - '0' < 10 && !(r->has_q = decimal(&s, &r->q)))
        return false;
    while (*s == ' ') s++;
    if (quoted && *s++ != '"') return false;
    if (*s == '\r') s++;
    return s == end;
}

/* A line that ends at `end` (a newline); false: not as CEPII writes it. */
static inline bool plain_line(const char *s, const char *end, bool has_q, karvan_i_baci_row *r) {
    if (!digits(&s, 4, ',', &r->t) || !digits(&s, 3, ',', &r->i) || !digits(&s, 3, ',', &r->j))
        return false;
    if (!digits(&s, 6, ',', &r->k) || !decimal(&s, &r->v)) return false;
    if (has_q) return *s == ',' && last_cell(s + 1, end, r);
    r->has_q = false, r->q = (karvan_i_amount){0, 0};
    if (*s == '\r') s++;
    return s == end;
}

/* Fields of any line, as csv_scan.c splits them; a line is a record. */
typedef struct fields {
    karvan_i_intake_cell cell[KARVAN_I_BACI_COLUMNS];
    int n;
    bool bad_quotes, more; /* more: something stands behind the last of them */
} fields;

/* A quoted field from its opening quote: content is moved together in place. */
static char *quoted_field(fields *f, char *s, const char *end, karvan_i_intake_cell *out) {
    char *to = ++s;
    out->s = s;
    for (; s < end && !(*s == '"' && !(s + 1 < end && s[1] == '"')); s++) {
        s += *s == '"';
        *to++ = *s;
    }
    out->n = (size_t)(to - out->s);
    if (s == end) f->bad_quotes = true;
    s += s < end;
    if (s < end && *s != ',') f->bad_quotes = true;
    while (s < end && *s != ',') s++;
    return s;
}

static void split_line(fields *f, char *s, const char *end) {
    f->n = 0, f->bad_quotes = f->more = false;
    for (;;) {
        karvan_i_intake_cell c = {s, 0};
        if (s < end && *s == '"') {
            s = quoted_field(f, s, end, &c);
        } else {
            while (s < end && *s != ',') s++;
            c.n = (size_t)(s - c.s);
        }
        bool empty = c.n == 0;
        while (c.n > 0 && (*c.s == ' ' || *c.s == '\t')) c.s++, c.n--;
        while (c.n > 0 && (c.s[c.n - 1] == ' ' || c.s[c.n - 1] == '\t')) c.n--;
        if (f->n < KARVAN_I_BACI_COLUMNS)
            f->cell[f->n] = c;
        else
            f->more |= f->n > KARVAN_I_BACI_COLUMNS || !empty;
        f->n++;
        if (s == end) return;
        s++;
    }
}

static karvan_status odd_line(quick *q, part *p, char *s, const char *end, karvan_error *err) {
    fields f;
    int wanted = q->has_q ? 6 : 5;
    if (end > s && end[-1] == '\r') end--;
    if (end == s) { /* an empty line is no row */
        p->sink.rows--;
        return KARVAN_OK;
    }
    split_line(&f, s, end);
    bool whole =
        f.n == wanted || (f.n == wanted + 1 && !f.more && (wanted == 6 || f.cell[5].n == 0));
    if (f.bad_quotes || !whole)
        return karvan_i_sink_drop(&p->sink,
                                  f.bad_quotes ? KARVAN_I_OUT_BAD_QUOTES : KARVAN_I_OUT_BAD_FIELDS,
                                  "", f.cell[0].s, f.cell[0].n, err);
    if (!q->has_q) f.cell[5] = (karvan_i_intake_cell){"", 0};
    return karvan_i_baci_cells(q->in, &p->sink, f.cell, err);
}

/* ---- a row into its group ---- */

/* As karvan_i_sink_add, for the many rows that follow one of the same group in their order. */
static inline bool add_to_last(part *p, const karvan_i_baci_row *r) {
    karvan_i_sink *s = &p->sink;
    uint64_t order = karvan_i_flow_order((int)r->t, r->i, r->j, r->k);
    if (!p->warm || order >> 20 != p->key || s->by.digits != 0 || s->exact) return false;
    karvan_i_flow_group *g = &s->groups.group[p->group];
    if (order <= g->last) return false;
    karvan_i_amount v = g->value, q = g->quantity;
    if (!karvan_i_amount_add(&v, r->v) || !karvan_i_amount_add(&q, r->q)) return false;
    g->value = v, g->quantity = q;
    if (r->has_q)
        g->unit = 1;
    else
        g->flags |= KARVAN_I_FLOW_NO_QUANTITY;
    g->last = order, g->rows++;
    return true;
}

static karvan_status add_row(quick *q, part *p, const karvan_i_baci_row *r, karvan_error *err) {
    const karvan_i_sink *s = &p->sink;
    karvan_i_flow_group *g;
    karvan_status st = karvan_i_baci_add(q->in, &p->sink, r, err);
    if (st != KARVAN_OK || s->by.digits != 0) return st;
    uint64_t key = (s->by.year ? (uint64_t)r->t << 48 : 0) |
                   (s->by.exporter ? (uint64_t)(q->in->label_of[r->i] - 1u) << 32 : 0) |
                   (s->by.importer ? (uint64_t)(q->in->label_of[r->j] - 1u) << 16 : 0) |
                   (q->in->classes.n > 0 ? 1u << 2 : 0);
    st = karvan_i_flow_groups_at(&p->sink.groups, key, 0, &g, err);
    if (st != KARVAN_OK) return st;
    p->key = karvan_i_flow_order((int)r->t, r->i, r->j, r->k) >> 20;
    p->group = (uint32_t)(g - p->sink.groups.group), p->warm = true;
    return KARVAN_OK;
}

static karvan_status one_line(quick *q, part *p, char *s, const char *end, karvan_error *err) {
    const uint16_t *label = q->in->label_of;
    karvan_i_baci_row r;
    p->sink.rows++, p->sink.line++;
    if (!plain_line(s, end, q->has_q, &r) || r.t < KARVAN_I_YEAR_FIRST ||
        r.t > KARVAN_I_YEAR_LAST || !label[r.i] || !label[r.j])
        return odd_line(q, p, s, end, err);
    if (add_to_last(p, &r)) return KARVAN_OK;
    return add_row(q, p, &r, err);
}

/* Whole lines in s[0..n); *used: their bytes. `last`: the rest is a line, too. */
static karvan_status lines(quick *q, part *p, char *s, size_t n, bool last, size_t *used,
                           karvan_error *err) {
    karvan_status st = KARVAN_OK;
    char *at = s, *end = s + n;
    while (at < end && !p->sink.disorder) {
        char *nl = memchr(at, '\n', (size_t)(end - at));
        if (!nl && !last) break;
        if (!nl) nl = end, *nl = '\n';
        KARVAN_TRY(one_line(q, p, at, nl, err));
        at = nl + 1;
    }
    *used = (size_t)((at < end ? at : end) - s);
done:
    return st;
}

/* ---- a part of the file ---- */

static karvan_status fetch(const quick *q, int64_t from, char *to, size_t n, karvan_error *err) {
    if (q->fd < 0) {
        memcpy(to, q->in->bytes + from, n);
        return KARVAN_OK;
    }
    for (size_t have = 0; have < n;) {
        ssize_t k = pread(q->fd, to + have, n - have, from + (int64_t)have);
        if (k < 0 && errno == EINTR) continue;
        if (k <= 0)
            return karvan_fail(err, KARVAN_E_IO, "cannot read %s: %s", q->in->path,
                               k < 0 ? strerror(errno) : "it has become shorter");
        have += (size_t)k;
    }
    return KARVAN_OK;
}

static karvan_status read_part(quick *q, part *p, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    size_t cap = BLOCK, have = 0, used;
    int64_t at = p->begin;
    char *buffer = karvan_i_malloc(cap + PAD, 1);
    KARVAN_REQUIRE(buffer, err, KARVAN_E_NOMEM, "no memory to read %s", q->in->path);
    while (at < p->end && !p->sink.disorder) {
        if (karvan_cancelled(q->in->o->cancel))
            KARVAN_TRY(karvan_fail(err, KARVAN_E_CANCELLED, "reading %s was stopped", q->in->path));
        if (have == cap) { /* a line longer than the block */
            char *more = karvan_i_realloc(buffer, 2 * cap + PAD, 1);
            KARVAN_REQUIRE(more, err, KARVAN_E_NOMEM, "no memory for a line of %s", q->in->path);
            buffer = more, cap *= 2;
        }
        size_t n = cap - have;
        if ((int64_t)n > p->end - at) n = (size_t)(p->end - at);
        KARVAN_TRY(fetch(q, at, buffer + have, n, err));
        at += (int64_t)n, have += n;
        memset(buffer + have, 0, PAD);
        KARVAN_TRY(lines(q, p, buffer, have, at == p->end, &used, err));
        memmove(buffer, buffer + used, have - used);
        have -= used;
    }
done:
    karvan_i_free(buffer);
    return st;
}

static karvan_status read_parts(void *ctx, int64_t begin, int64_t end, int worker,
                                karvan_error *err) {
    quick *q = ctx;
    karvan_status st = KARVAN_OK;
    (void)worker;
    for (int64_t i = begin; st == KARVAN_OK && i < end; i++) st = read_part(q, &q->part[i], err);
    return st;
}

/* ---- the file ---- */

/* The byte behind the next newline at or after `at`; `size` where there is none. */
static karvan_status next_line(const quick *q, int64_t at, int64_t size, int64_t *out,
                               karvan_error *err) {
    char some[4096];
    for (; at < size; at += (int64_t)sizeof some) {
        size_t n = size - at < (int64_t)sizeof some ? (size_t)(size - at) : sizeof some;
        karvan_status st = fetch(q, at, some, n, err);
        if (st != KARVAN_OK) return st;
        const char *nl = memchr(some, '\n', n);
        if (nl) {
            *out = at + (nl - some) + 1;
            return KARVAN_OK;
        }
    }
    *out = size;
    return KARVAN_OK;
}

static karvan_status make_parts(quick *q, int64_t begin, int64_t size, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const karvan_i_sink *sink = &q->in->sink;
    int64_t threads = q->in->o->threads > 0 ? q->in->o->threads : karvan_thread_count();
    int64_t least = q->in->bytes ? 1 : PART_LEAST; /* tests want parts of small texts */
    int64_t most = (size - begin) / least + 1;
    if (sink->exact) threads = 1; /* one set of identities */
    if (threads > most) threads = most;
    q->n_parts = (int)(threads < PARTS_MAX ? threads : PARTS_MAX);
    for (int i = 0; i < q->n_parts; i++) {
        part *p = &q->part[i];
        p->sink.by = sink->by, p->sink.audit.most = sink->audit.most, p->sink.exact = sink->exact;
        p->begin = i ? q->part[i - 1].end : begin;
        int64_t cut = begin + (size - begin) / q->n_parts * (i + 1);
        p->end = size;
        if (i + 1 < q->n_parts && cut <= p->begin)
            p->end = p->begin;
        else if (i + 1 < q->n_parts)
            KARVAN_TRY(next_line(q, cut - 1, size, &p->end, err));
    }
done:
    return st;
}

static karvan_status join_parts(quick *q, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_sink *s = &q->in->sink;
    bool ordered = true;
    s->line = 1; /* the header */
    for (int i = 0; i < q->n_parts; i++) {
        part *p = &q->part[i];
        if (p->sink.disorder) ordered = false;
        if (!ordered) break;
        if (i == 0)
            s->groups = p->sink.groups, p->sink.groups = (karvan_i_flow_groups){0};
        else
            KARVAN_TRY(karvan_i_flow_groups_merge(&s->groups, &p->sink.groups, &ordered, err));
        KARVAN_TRY(karvan_i_audit_merge(&s->audit, &p->sink.audit, s->rows, s->line, err));
        s->rows += p->sink.rows, s->line += p->sink.line;
    }
    s->disorder = !ordered;
done:
    return st;
}

/* Is the header t,i,j,k,v,q or t,i,j,k,v, with or without quotes, and the file plain text? Then
 * *begin is the first byte of data. */
static bool is_ours(const karvan_i_intake *in, const char *s, size_t n, size_t *begin,
                    bool *has_q) {
    char names[16];
    size_t m = 0, i = n >= 3 && memcmp(s, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    for (; i < n && s[i] != '\n'; i++)
        if (s[i] != '"' && s[i] != '\r') {
            if (m + 1 >= sizeof names) return false;
            names[m++] = s[i];
        }
    names[m] = 0;
    *begin = i < n ? i + 1 : n;
    *has_q = strcmp(names, "t,i,j,k,v,q") == 0;
    return in->delimiter == ',' && in->point == '.' && (*has_q || strcmp(names, "t,i,j,k,v") == 0);
}

static karvan_status open_quick(quick *q, bool *ours, int64_t *begin, int64_t *size,
                                karvan_error *err) {
    char head[64];
    struct stat what;
    size_t first = 0, n;
    *ours = false;
    if (q->in->bytes) {
        *size = (int64_t)q->in->n, n = q->in->n < sizeof head ? q->in->n : sizeof head;
        memcpy(head, q->in->bytes, n);
    } else {
        q->fd = open(q->in->path, O_RDONLY | O_CLOEXEC);
        if (q->fd < 0 || fstat(q->fd, &what) != 0)
            return karvan_fail(err, KARVAN_E_IO, "cannot read %s: %s", q->in->path,
                               strerror(errno));
        if (!S_ISREG(what.st_mode)) return KARVAN_OK;
        *size = what.st_size, n = *size < (int64_t)sizeof head ? (size_t)*size : sizeof head;
        karvan_status st = fetch(q, 0, head, n, err);
        if (st != KARVAN_OK) return st;
    }
    *ours = is_ours(q->in, head, n, &first, &q->has_q);
    *begin = (int64_t)first;
    return KARVAN_OK;
}

karvan_status karvan_i_baci_quick(karvan_i_intake *in, bool *done, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int64_t begin = 0, size = 0;
    quick *q = karvan_i_calloc(1, sizeof *q);
    *done = false;
    if (!q) return karvan_fail(err, KARVAN_E_NOMEM, "no memory to read %s", in->path);
    q->in = in, q->fd = -1;
    KARVAN_TRY(open_quick(q, done, &begin, &size, err));
    if (!*done) goto done;
    KARVAN_TRY(make_parts(q, begin, size, err));
    KARVAN_TRY(
        karvan_parallel_for(q->n_parts, 1, in->o->threads, read_parts, q, in->o->cancel, err));
    KARVAN_TRY(join_parts(q, err));
done:
    for (int i = 0; i < PARTS_MAX; i++) karvan_i_sink_clear(&q->part[i].sink);
    if (q->fd >= 0) (void)close(q->fd);
    karvan_i_free(q);
    return st;
}
