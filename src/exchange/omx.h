#ifndef KARVAN_SRC_EXCHANGE_OMX_H
#define KARVAN_SRC_EXCHANGE_OMX_H
/* What reading and writing of OMX share. Only where HDF5 was found at configuration. */
#include "karvan/exchange.h"
#ifdef KARVAN_HDF5
#include "exchange/hdf5_late.h"

/* HDF5 prints its errors unless told not to; what the caller had set comes back afterwards.
 * Both load it, and do nothing where it cannot be: who then needs it asks karvan_i_hdf5_load. */
typedef struct karvan_i_quiet {
    H5E_auto2_t print;
    void *data;
} karvan_i_quiet;
karvan_i_quiet karvan_i_hdf5_quiet(void);
void karvan_i_hdf5_loud(karvan_i_quiet was);
/* "PATH: WHAT: HDF5's own reason". Returns code. */
karvan_status karvan_i_hdf5_fail(karvan_error *err, karvan_status code, const char *path,
                                 const char *what);
#endif
#endif
