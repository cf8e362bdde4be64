#ifndef KARVAN_KARVAN_H
#define KARVAN_KARVAN_H
/* Takes all rooms. */
#include "karvan/analysis.h"
#include "karvan/assignment.h"
#include "karvan/base.h"
#include "karvan/choice.h"
#include "karvan/demand.h"
#include "karvan/dyads.h"
#include "karvan/equilibrium.h"
#include "karvan/exchange.h"
#include "karvan/flows.h"
#include "karvan/freight.h"
#include "karvan/gravity.h"
#include "karvan/memberships.h"
#include "karvan/network.h"
#include "karvan/record.h"
#include "karvan/relations.h"
#include "karvan/report.h"
#include "karvan/similarity.h"
#include "karvan/study.h"
#include "karvan/table.h"
#include "karvan/trade.h"
#endif
