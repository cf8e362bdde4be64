/* Draws in a file as they come: SQLite in WAL mode, each answer a transaction. What is committed is
 * in the machine's hands, so that killing the program loses nothing of it; a machine that loses
 * power may lose the last answers, never the file. Levels are blobs of little-endian doubles (as
 * this machine has them) with a check sum over each row. */
#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zlib.h>

#include "base/alloc.h"
#include "base/text.h"
#include "base/try.h"
#include "study/results.h"

enum { APPLICATION = 0x4b72766e, FORMAT = 1, DIFFERENCES_TOLD = 3 }; /* "Krvn" */

struct karvan_store {
    sqlite3 *db;
    sqlite3_stmt *insert;
    char *path;
    int n_cases, n_measures;
    double *levels; /* [n_cases + 1][n_measures] */
};

static size_t row_bytes(const karvan_store *t) {
    return (size_t)(t->n_cases + 1) * (size_t)t->n_measures * sizeof *t->levels;
}

/* ---- what SQLite says, in our words ---- */

static karvan_status failed(const karvan_store *t, const char *doing, karvan_error *err) {
    int code = t->db ? sqlite3_errcode(t->db) & 0xff : SQLITE_NOMEM;
    int system = t->db ? sqlite3_system_errno(t->db) : 0;
    switch (code) {
    case SQLITE_NOMEM:
        return karvan_fail(err, KARVAN_E_NOMEM, "no memory for %s", t->path);
    case SQLITE_NOTADB:
        return karvan_fail(err, KARVAN_E_DATA, "%s is no store of karvan: it is no SQLite file",
                           t->path);
    case SQLITE_CORRUPT:
        return karvan_fail(err, KARVAN_E_DATA, "%s is damaged (%s): begin again under another name",
                           t->path, sqlite3_errmsg(t->db));
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return karvan_fail(err, KARVAN_E_IO, "%s is in use by another program", t->path);
    case SQLITE_FULL:
        return karvan_fail(err, KARVAN_E_IO,
                           "cannot %s %s: the disk is full; what is in it stays, and --resume "
                           "goes on",
                           doing, t->path);
    case SQLITE_READONLY:
        return karvan_fail(err, KARVAN_E_IO, "cannot %s %s: it may only be read", doing, t->path);
    default:
        return karvan_fail(err, KARVAN_E_IO, "cannot %s %s: %s", doing, t->path,
                           system != 0 ? strerror(system) : sqlite3_errmsg(t->db));
    }
}

static karvan_status sql(karvan_store *t, const char *text, const char *doing, karvan_error *err) {
    if (sqlite3_exec(t->db, text, NULL, NULL, NULL) == SQLITE_OK) return KARVAN_OK;
    return failed(t, doing, err);
}

static karvan_status prepare(karvan_store *t, const char *text, sqlite3_stmt **out,
                             karvan_error *err) {
    if (sqlite3_prepare_v2(t->db, text, -1, out, NULL) == SQLITE_OK) return KARVAN_OK;
    return failed(t, "read", err);
}

/* The first number that a statement gives. */
static karvan_status number(karvan_store *t, const char *text, int64_t *out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    sqlite3_stmt *s = NULL;
    *out = 0;
    KARVAN_TRY(prepare(t, text, &s, err));
    if (sqlite3_step(s) == SQLITE_ROW)
        *out = sqlite3_column_int64(s, 0);
    else
        st = failed(t, "read", err);
done:
    (void)sqlite3_finalize(s);
    return st;
}

/* ---- a new one ---- */

static karvan_status put_facts(karvan_store *t, const karvan_i_facts *facts, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    sqlite3_stmt *s = NULL;
    KARVAN_TRY(prepare(t, "INSERT INTO study VALUES(?,?)", &s, err));
    for (int i = 0; i < facts->n; i++) {
        (void)sqlite3_bind_text(s, 1, facts->all[i].key, -1, SQLITE_STATIC);
        (void)sqlite3_bind_text(s, 2, facts->all[i].value, -1, SQLITE_STATIC);
        if (sqlite3_step(s) != SQLITE_DONE) st = failed(t, "write", err);
        (void)sqlite3_reset(s);
        if (st != KARVAN_OK) break;
    }
done:
    (void)sqlite3_finalize(s);
    return st;
}

/* Tables and facts in one transaction: a file has all of them or none. */
static karvan_status begin_new(karvan_store *t, const karvan_i_facts *facts, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    char text[400];
    (void)snprintf(text, sizeof text,
                   "BEGIN IMMEDIATE;PRAGMA application_id=%d;PRAGMA user_version=%d;"
                   "CREATE TABLE study(what TEXT NOT NULL PRIMARY KEY,value TEXT NOT NULL);"
                   "CREATE TABLE draws(draw INTEGER NOT NULL PRIMARY KEY,failed INTEGER NOT NULL,"
                   "sum INTEGER NOT NULL,levels BLOB NOT NULL);",
                   (int)APPLICATION, (int)FORMAT);
    KARVAN_TRY(sql(t, text, "write", err));
    KARVAN_TRY(put_facts(t, facts, err));
    st = sql(t, "COMMIT", "write", err);
done:
    return st;
}

/* ---- one that is there ---- */

/* What a file says of a fact, compared with ours; a line more of what differs. */
static karvan_status compare(karvan_store *t, const karvan_i_facts *facts, int *differ,
                             karvan_i_text *told, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    sqlite3_stmt *s = NULL;
    KARVAN_TRY(prepare(t, "SELECT value FROM study WHERE what=?", &s, err));
    for (int i = 0; i < facts->n; i++) {
        const karvan_i_fact *f = &facts->all[i];
        (void)sqlite3_bind_text(s, 1, f->key, -1, SQLITE_STATIC);
        int got = sqlite3_step(s);
        if (got != SQLITE_ROW && got != SQLITE_DONE) {
            st = failed(t, "read", err);
            break;
        }
        const char *value =
            got == SQLITE_ROW ? (const char *)sqlite3_column_text(s, 0) : "not there";
        if (!value || strcmp(value, f->value) != 0) {
            const char *sign = *differ > 0 ? "; " : "";
            if (++*differ > DIFFERENCES_TOLD)
                ;
            else if (strlen(f->value) < 16 && value && strlen(value) < 16)
                karvan_i_text_printf(told, "%s%s is %s, there %s", sign, f->key, f->value, value);
            else
                karvan_i_text_printf(told, "%s%s", sign, f->key);
        }
        (void)sqlite3_reset(s);
    }
done:
    (void)sqlite3_finalize(s);
    return st;
}

static karvan_status check_facts(karvan_store *t, const karvan_i_facts *facts, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_text told = {0};
    int64_t all;
    int differ = 0;
    KARVAN_TRY(compare(t, facts, &differ, &told, err));
    KARVAN_TRY(number(t, "SELECT count(*) FROM study", &all, err));
    if (differ == 0 && all != facts->n) {
        differ++;
        karvan_i_text_puts(&told, "tables of the region that are there no more");
    }
    if (differ > DIFFERENCES_TOLD) karvan_i_text_puts(&told, "; and more");
    KARVAN_TRY(karvan_i_text_status(&told, err));
    KARVAN_REQUIRE(differ == 0, err, KARVAN_E_ARG,
                   "%s holds draws of another study: not the same: %.300s", t->path, told.s);
done:
    karvan_i_text_clear(&told);
    return st;
}

static karvan_status check_whole(karvan_store *t, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    sqlite3_stmt *s = NULL;
    KARVAN_TRY(prepare(t, "PRAGMA quick_check(1)", &s, err));
    if (sqlite3_step(s) != SQLITE_ROW)
        st = failed(t, "read", err);
    else if (strcmp((const char *)sqlite3_column_text(s, 0), "ok") != 0)
        st = karvan_fail(err, KARVAN_E_DATA,
                         "%s is damaged (%.200s): begin again under another name", t->path,
                         (const char *)sqlite3_column_text(s, 0));
done:
    (void)sqlite3_finalize(s);
    return st;
}

/* New, where nothing is in it; else ours, whole, and of this study. */
static karvan_status begin(karvan_store *t, const karvan_i_facts *facts, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    int64_t tables, application, format;
    KARVAN_TRY(number(t, "SELECT count(*) FROM sqlite_master", &tables, err));
    if (tables == 0) return begin_new(t, facts, err);
    KARVAN_TRY(number(t, "PRAGMA application_id", &application, err));
    KARVAN_TRY(number(t, "PRAGMA user_version", &format, err));
    KARVAN_REQUIRE(application == APPLICATION, err, KARVAN_E_DATA,
                   "%s is no store of karvan: another program made it", t->path);
    KARVAN_REQUIRE(format == FORMAT, err, KARVAN_E_DATA,
                   "%s is a store of format %lld; this karvan knows %d", t->path, (long long)format,
                   (int)FORMAT);
    KARVAN_TRY(check_whole(t, err));
    KARVAN_TRY(check_facts(t, facts, err));
done:
    return st;
}

/* ---- opened and closed ---- */

static karvan_status open_file(karvan_store *t, bool resume, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    struct stat s;
    KARVAN_REQUIRE(resume || lstat(t->path, &s) != 0, err, KARVAN_E_ARG,
                   "%s is there already: --resume goes on with it", t->path);
    if (sqlite3_open(t->path, &t->db) != SQLITE_OK) return failed(t, "open", err);
    KARVAN_REQUIRE(sqlite3_db_readonly(t->db, "main") != 1, err, KARVAN_E_IO,
                   "cannot write %s: it may only be read", t->path);
    /* one program at a time; without a file of shared memory beside it */
    KARVAN_TRY(sql(t,
                   "PRAGMA locking_mode=EXCLUSIVE;PRAGMA journal_mode=WAL;"
                   "PRAGMA synchronous=NORMAL;",
                   "open", err));
done:
    return st;
}

karvan_status karvan_i_store_open(const char *path, const karvan_i_facts *facts, int n_cases,
                                  int n_measures, bool resume, karvan_store **out,
                                  karvan_error *err) {
    karvan_status st = KARVAN_OK;
    *out = NULL;
    karvan_store *t = karvan_i_calloc(1, sizeof *t);
    KARVAN_REQUIRE(t, err, KARVAN_E_NOMEM, "no memory for a store");
    t->n_cases = n_cases, t->n_measures = n_measures;
    t->path = karvan_i_strndup(path, strlen(path));
    t->levels = karvan_i_malloc(row_bytes(t) + 1, 1);
    KARVAN_REQUIRE(t->path && t->levels, err, KARVAN_E_NOMEM, "no memory for a store");
    KARVAN_TRY(open_file(t, resume, err));
    KARVAN_TRY(begin(t, facts, err));
    KARVAN_TRY(prepare(t, "INSERT OR IGNORE INTO draws VALUES(?,?,?,?)", &t->insert, err));
    *out = t, t = NULL;
done:
    karvan_store_close(t);
    return st;
}

karvan_status karvan_store_open(const char *path, const karvan_study *s, uint64_t seed, bool resume,
                                karvan_store **out, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    karvan_i_facts facts = {0};
    if (!out) return karvan_fail(err, KARVAN_E_ARG, "out is NULL");
    *out = NULL;
    KARVAN_REQUIRE(path && *path && s, err, KARVAN_E_ARG, "a store needs a path and a study");
    KARVAN_TRY(karvan_i_facts_of(s, seed, &facts, err));
    st = karvan_i_store_open(path, &facts, karvan_study_cases(s), karvan_study_measures(s), resume,
                             out, err);
done:
    karvan_i_facts_clear(&facts);
    return st;
}

void karvan_store_close(karvan_store *t) {
    if (!t) return;
    (void)sqlite3_finalize(t->insert);
    (void)sqlite3_close(t->db);
    karvan_i_free(t->path), karvan_i_free(t->levels);
    karvan_i_free(t);
}

/* ---- draws ---- */

static int64_t sum_of(int64_t draw, int failures, const void *bytes, size_t n) {
    const int64_t head[2] = {draw, failures};
    uLong sum = crc32(0, (const Bytef *)head, sizeof head);
    return (int64_t)crc32_z(sum, bytes, n);
}

karvan_status karvan_store_take(void *store, const karvan_study_answer *a, karvan_error *err) {
    karvan_store *t = store;
    karvan_status st = KARVAN_OK;
    size_t one = (size_t)t->n_measures, n = row_bytes(t);
    memcpy(t->levels, a->base, one * sizeof *t->levels);
    if (t->n_cases > 0) memcpy(t->levels + one, a->levels, n - one * sizeof *t->levels);
    (void)sqlite3_bind_int64(t->insert, 1, a->draw);
    (void)sqlite3_bind_int(t->insert, 2, a->failed);
    (void)sqlite3_bind_int64(t->insert, 3, sum_of(a->draw, a->failed, t->levels, n));
    (void)sqlite3_bind_blob64(t->insert, 4, t->levels, n, SQLITE_STATIC);
    if (sqlite3_step(t->insert) != SQLITE_DONE) st = failed(t, "write", err);
    (void)sqlite3_reset(t->insert);
    return st;
}

/* One row into an answer. */
static karvan_status read_row(karvan_store *t, sqlite3_stmt *s, karvan_study_answer *a,
                              karvan_error *err) {
    karvan_status st = KARVAN_OK;
    const void *bytes = sqlite3_column_blob(s, 3);
    size_t n = (size_t)sqlite3_column_bytes(s, 3);
    a->draw = sqlite3_column_int64(s, 0), a->failed = sqlite3_column_int(s, 1);
    KARVAN_REQUIRE(bytes && n == row_bytes(t), err, KARVAN_E_DATA,
                   "%s is damaged: draw %lld has %zu bytes, not %zu", t->path, (long long)a->draw,
                   n, row_bytes(t));
    KARVAN_REQUIRE(sum_of(a->draw, a->failed, bytes, n) == sqlite3_column_int64(s, 2), err,
                   KARVAN_E_DATA, "%s is damaged: draw %lld is not as it was written", t->path,
                   (long long)a->draw);
    memcpy(t->levels, bytes, n);
    a->base = t->levels, a->levels = t->levels + t->n_measures;
done:
    return st;
}

karvan_status karvan_store_read(karvan_store *t, karvan_study_take take, void *ctx,
                                karvan_error *err) {
    karvan_status st = KARVAN_OK;
    sqlite3_stmt *s = NULL;
    int got = SQLITE_DONE;
    karvan_study_answer a;
    KARVAN_TRY(prepare(t, "SELECT draw,failed,sum,levels FROM draws ORDER BY draw", &s, err));
    while ((got = sqlite3_step(s)) == SQLITE_ROW) {
        KARVAN_TRY(read_row(t, s, &a, err));
        KARVAN_TRY(take(ctx, &a, err));
    }
    if (got != SQLITE_DONE) st = failed(t, "read", err);
done:
    (void)sqlite3_finalize(s);
    return st;
}

static int by_number(const void *a, const void *b) {
    const int64_t *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

/* Numbers of all draws, rising; the caller frees. */
static karvan_status numbers(karvan_store *t, int64_t **out, int64_t *n, karvan_error *err) {
    karvan_status st = KARVAN_OK;
    sqlite3_stmt *s = NULL;
    int64_t all;
    int got = SQLITE_DONE;
    *out = NULL, *n = 0;
    KARVAN_TRY(number(t, "SELECT count(*) FROM draws", &all, err));
    *out = karvan_i_malloc((size_t)all + 1, sizeof **out);
    KARVAN_REQUIRE(*out, err, KARVAN_E_NOMEM, "no memory for draws");
    KARVAN_TRY(prepare(t, "SELECT draw FROM draws ORDER BY draw", &s, err));
    while ((got = sqlite3_step(s)) == SQLITE_ROW && *n < all)
        (*out)[(*n)++] = sqlite3_column_int64(s, 0);
    if (got != SQLITE_DONE) st = failed(t, "read", err);
done:
    (void)sqlite3_finalize(s);
    return st;
}

karvan_status karvan_store_missing(karvan_store *t, int64_t n, const int64_t *draws,
                                   int64_t *missing, int64_t *n_missing, karvan_error *err) {
    int64_t *have = NULL, n_have;
    karvan_status st = numbers(t, &have, &n_have, err);
    *n_missing = 0;
    for (int64_t i = 0; st == KARVAN_OK && i < n; i++)
        if (!bsearch(&draws[i], have, (size_t)n_have, sizeof *have, by_number))
            missing[(*n_missing)++] = draws[i];
    karvan_i_free(have);
    return st;
}
