#ifndef KARVAN_KARVAN_H
#define KARVAN_KARVAN_H
/* Takes all rooms. */
#include "karvan/base.h"
#include "karvan/exchange.h"
#include "karvan/network.h"
#include "karvan/record.h"
#include "karvan/report.h"
#include "karvan/table.h"
#include "karvan/trade.h"
#endif
