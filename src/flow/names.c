#include <stddef.h>

#include "karvan/assignment.h"

const char *karvan_principle_name(karvan_principle p) {
    static const char *const name[] = {"ue", "so"};
    return name[p];
}

const char *karvan_assignment_method_name(karvan_assignment_method m) {
    static const char *const name[] = {"bush", "bfw", "fw", "msa", "incremental", "aon"};
    return name[m];
}
