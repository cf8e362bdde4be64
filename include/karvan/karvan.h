#ifndef KARVAN_KARVAN_H
#define KARVAN_KARVAN_H
/* Takes all rooms. */
#include "karvan/base.h"
#include "karvan/table.h"
#endif
