#ifndef KARVAN_SRC_CLI_READ_OFF_H
#define KARVAN_SRC_CLI_READ_OFF_H
/* karvan assign: files of what is read off its solution. */
#include "cli/assign.h"
#include "karvan/analysis.h"

#define READ_OFF_OPTIONS                                                                          \
    {"skim", "FILE", "write what ways between zones cost; as OMX where FILE ends in .omx"},       \
        {"skim-what", "LIST", "of cost, time, length, toll (default: cost,time,length)"},         \
        {"skim-ways", "least|used",                                                               \
         "of the way that costs a class least (default), or the mean over those its trips use"},  \
        {"ways", "FILE",                                                                          \
         "write class,origin,destination,way,trips,cost,nodes,links of the ways used, most used " \
         "first"},                                                                                \
        {"most-ways", "N", "with --ways: at most so many of a pair (default: 100)"},              \
        {"compare", "FILE",                                                                       \
         "a solution that --save wrote: how it was before; with the next ones"},                  \
        {"compare-network", "FILE", "its network (default: that of --network)"},                  \
        {"compare-trips", "FILE", "its demand (default: that of --trips or --classes)"},          \
        {"compare-classes", "FILE", "its classes (default: the same)"},                           \
        {"compare-links", "FILE", "write flow and time of each link before and after"},           \
        {"compare-pairs", "FILE",                                                                 \
         "write trips and cost of each pair before and after, and its consumers' surplus"},       \
    {                                                                                             \
        "compare-totals", "FILE", "write totals before and after, and consumers' surplus"         \
    }

/* Do these options go together? KARVAN_E_ARG */
karvan_status cli_read_off_check(const cli *c, karvan_error *err);
/* KARVAN_E_ARG where one of them is given: they do not go with `what`. */
karvan_status cli_read_off_none(const cli *c, const char *what, karvan_error *err);
/* The files that were asked for. KARVAN_E_ARG, KARVAN_E_DATA, KARVAN_E_IO, KARVAN_E_NOMEM. */
karvan_status cli_read_off(const cli *c, const assign_input *in, const assign_run *run,
                           karvan_error *err);
/* --compare: read_off_compare.c */
karvan_status cli_read_off_compare(const cli *c, const karvan_analysis *after,
                                   const assign_run *run, karvan_error *err);
#endif
