/* The build id of GNU linkers (--build-id): a note in the file that holds this function. */
#include "base/build.h"

#ifdef __linux__
#include <elf.h>
#include <link.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "base/digest.h"

typedef struct looking {
    uintptr_t here; /* an address within the file looked for */
    uint64_t build;
} looking;

/* Notes: sizes of name and bytes, a type, then both, each padded to four bytes. */
static uint64_t of_notes(const char *at, size_t left) {
    static const char owner[] = "GNU";
    ElfW(Nhdr) h;
    while (left >= sizeof h) {
        memcpy(&h, at, sizeof h);
        size_t name = ((size_t)h.n_namesz + 3) & ~(size_t)3,
               bytes = ((size_t)h.n_descsz + 3) & ~(size_t)3, all = sizeof h + name + bytes;
        if (all > left) return 0;
        if (h.n_type == NT_GNU_BUILD_ID && h.n_namesz == sizeof owner &&
            memcmp(at + sizeof h, owner, sizeof owner) == 0) {
            uint64_t build = 1;
            for (size_t i = 0; i < h.n_descsz; i++)
                build = karvan_i_mix(build, (unsigned char)at[sizeof h + name + i]);
            return build;
        }
        at += all, left -= all;
    }
    return 0;
}

static int look(struct dl_phdr_info *info, size_t size, void *ctx) {
    looking *x = ctx;
    bool holds = false;
    (void)size;
    for (int i = 0; i < info->dlpi_phnum && !holds; i++) {
        const ElfW(Phdr) *h = &info->dlpi_phdr[i];
        holds = h->p_type == PT_LOAD && x->here - (info->dlpi_addr + h->p_vaddr) < h->p_memsz;
    }
    for (int i = 0; i < info->dlpi_phnum && holds && x->build == 0; i++) {
        const ElfW(Phdr) *h = &info->dlpi_phdr[i];
        if (h->p_type != PT_NOTE) continue;
        const char *notes = (const char *)(info->dlpi_addr + h->p_vaddr); /* NOLINT: an address */
        x->build = of_notes(notes, h->p_memsz);
    }
    return holds; /* others are not looked at */
}

uint64_t karvan_i_build(void) {
    static const char here = 0;
    looking x = {.here = (uintptr_t)&here};
    (void)dl_iterate_phdr(look, &x);
    return x.build;
}
#else
uint64_t karvan_i_build(void) { return 0; }
#endif
