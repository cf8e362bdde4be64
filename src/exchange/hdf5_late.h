#ifndef KARVAN_SRC_EXCHANGE_HDF5_LATE_H
#define KARVAN_SRC_EXCHANGE_HDF5_LATE_H
/* HDF5, loaded when first used: include this instead of its header, call karvan_i_hdf5_load, then
 * its functions by their own names. A name that is not listed here does not link. */
#include <hdf5.h>

#include "karvan/base.h"

/* Flags as H5F_ACC_RDONLY would ask here whether library and header are of one patch, and print and
 * abort where they are not. That the SONAME is the header's is enough. */
#undef H5CHECK
#define H5CHECK

#define KARVAN_I_HDF5_FUNCTIONS(X)  \
    X(H5Aclose)                     \
    X(H5Acreate2)                   \
    X(H5Aexists)                    \
    X(H5Aget_space)                 \
    X(H5Aget_type)                  \
    X(H5Aopen)                      \
    X(H5Aread)                      \
    X(H5Awrite)                     \
    X(H5Dclose)                     \
    X(H5Dcreate2)                   \
    X(H5Dget_space)                 \
    X(H5Dget_type)                  \
    X(H5Dopen2)                     \
    X(H5Dread)                      \
    X(H5Dvlen_reclaim)              \
    X(H5Dwrite)                     \
    X(H5Eget_auto2)                 \
    X(H5Eset_auto2)                 \
    X(H5Ewalk2)                     \
    X(H5Fclose)                     \
    X(H5Fcreate)                    \
    X(H5Fis_hdf5)                   \
    X(H5Fopen)                      \
    X(H5Gclose)                     \
    X(H5Gcreate2)                   \
    X(H5Gget_info)                  \
    X(H5Gopen2)                     \
    X(H5Lexists)                    \
    X(H5Lget_name_by_idx)           \
    X(H5Pclose)                     \
    X(H5Pcreate)                    \
    X(H5Pset_chunk)                 \
    X(H5Pset_deflate)               \
    X(H5Pset_fill_value)            \
    X(H5Pset_obj_track_times)       \
    X(H5Pset_shuffle)               \
    X(H5Sclose)                     \
    X(H5Screate)                    \
    X(H5Screate_simple)             \
    X(H5Sget_simple_extent_dims)    \
    X(H5Sget_simple_extent_ndims)   \
    X(H5Sget_simple_extent_npoints) \
    X(H5Sselect_hyperslab)          \
    X(H5Tclose)                     \
    X(H5Tcopy)                      \
    X(H5Tget_class)                 \
    X(H5Tget_cset)                  \
    X(H5Tget_size)                  \
    X(H5Tis_variable_str)           \
    X(H5Tset_cset)                  \
    X(H5Tset_size)                  \
    X(H5free_memory)                \
    X(H5open)

/* Behind its macros, as H5T_NATIVE_DOUBLE. */
#define KARVAN_I_HDF5_VARIABLES(X) \
    X(H5P_CLS_DATASET_CREATE_ID_g) \
    X(H5T_C_S1_g)                  \
    X(H5T_IEEE_F64LE_g)            \
    X(H5T_NATIVE_DOUBLE_g)         \
    X(H5T_NATIVE_LLONG_g)          \
    X(H5T_STD_I32LE_g)             \
    X(H5T_STD_I64LE_g)

typedef struct karvan_i_hdf5_pointers {
#define KARVAN_I_POINTER(name) __typeof__(name) *(name);
    KARVAN_I_HDF5_FUNCTIONS(KARVAN_I_POINTER)
    KARVAN_I_HDF5_VARIABLES(KARVAN_I_POINTER)
#undef KARVAN_I_POINTER
} karvan_i_hdf5_pointers;

/* Constant once karvan_i_hdf5_load has succeeded. */
extern karvan_i_hdf5_pointers karvan_i_hdf5;
/* By any thread, any number of times; the first loads, and what came of it stands.
 * KARVAN_E_IO: the library is not there, or another. */
karvan_status karvan_i_hdf5_load(karvan_error *err);

#ifndef KARVAN_I_LATE_LOADER /* which needs the names as such */
#define H5Aclose                     (*karvan_i_hdf5.H5Aclose)
#define H5Acreate2                   (*karvan_i_hdf5.H5Acreate2)
#define H5Aexists                    (*karvan_i_hdf5.H5Aexists)
#define H5Aget_space                 (*karvan_i_hdf5.H5Aget_space)
#define H5Aget_type                  (*karvan_i_hdf5.H5Aget_type)
#define H5Aopen                      (*karvan_i_hdf5.H5Aopen)
#define H5Aread                      (*karvan_i_hdf5.H5Aread)
#define H5Awrite                     (*karvan_i_hdf5.H5Awrite)
#define H5Dclose                     (*karvan_i_hdf5.H5Dclose)
#define H5Dcreate2                   (*karvan_i_hdf5.H5Dcreate2)
#define H5Dget_space                 (*karvan_i_hdf5.H5Dget_space)
#define H5Dget_type                  (*karvan_i_hdf5.H5Dget_type)
#define H5Dopen2                     (*karvan_i_hdf5.H5Dopen2)
#define H5Dread                      (*karvan_i_hdf5.H5Dread)
#define H5Dvlen_reclaim              (*karvan_i_hdf5.H5Dvlen_reclaim)
#define H5Dwrite                     (*karvan_i_hdf5.H5Dwrite)
#define H5Eget_auto2                 (*karvan_i_hdf5.H5Eget_auto2)
#define H5Eset_auto2                 (*karvan_i_hdf5.H5Eset_auto2)
#define H5Ewalk2                     (*karvan_i_hdf5.H5Ewalk2)
#define H5Fclose                     (*karvan_i_hdf5.H5Fclose)
#define H5Fcreate                    (*karvan_i_hdf5.H5Fcreate)
#define H5Fis_hdf5                   (*karvan_i_hdf5.H5Fis_hdf5)
#define H5Fopen                      (*karvan_i_hdf5.H5Fopen)
#define H5Gclose                     (*karvan_i_hdf5.H5Gclose)
#define H5Gcreate2                   (*karvan_i_hdf5.H5Gcreate2)
#define H5Gget_info                  (*karvan_i_hdf5.H5Gget_info)
#define H5Gopen2                     (*karvan_i_hdf5.H5Gopen2)
#define H5Lexists                    (*karvan_i_hdf5.H5Lexists)
#define H5Lget_name_by_idx           (*karvan_i_hdf5.H5Lget_name_by_idx)
#define H5Pclose                     (*karvan_i_hdf5.H5Pclose)
#define H5Pcreate                    (*karvan_i_hdf5.H5Pcreate)
#define H5Pset_chunk                 (*karvan_i_hdf5.H5Pset_chunk)
#define H5Pset_deflate               (*karvan_i_hdf5.H5Pset_deflate)
#define H5Pset_fill_value            (*karvan_i_hdf5.H5Pset_fill_value)
#define H5Pset_obj_track_times       (*karvan_i_hdf5.H5Pset_obj_track_times)
#define H5Pset_shuffle               (*karvan_i_hdf5.H5Pset_shuffle)
#define H5Sclose                     (*karvan_i_hdf5.H5Sclose)
#define H5Screate                    (*karvan_i_hdf5.H5Screate)
#define H5Screate_simple             (*karvan_i_hdf5.H5Screate_simple)
#define H5Sget_simple_extent_dims    (*karvan_i_hdf5.H5Sget_simple_extent_dims)
#define H5Sget_simple_extent_ndims   (*karvan_i_hdf5.H5Sget_simple_extent_ndims)
#define H5Sget_simple_extent_npoints (*karvan_i_hdf5.H5Sget_simple_extent_npoints)
#define H5Sselect_hyperslab          (*karvan_i_hdf5.H5Sselect_hyperslab)
#define H5Tclose                     (*karvan_i_hdf5.H5Tclose)
#define H5Tcopy                      (*karvan_i_hdf5.H5Tcopy)
#define H5Tget_class                 (*karvan_i_hdf5.H5Tget_class)
#define H5Tget_cset                  (*karvan_i_hdf5.H5Tget_cset)
#define H5Tget_size                  (*karvan_i_hdf5.H5Tget_size)
#define H5Tis_variable_str           (*karvan_i_hdf5.H5Tis_variable_str)
#define H5Tset_cset                  (*karvan_i_hdf5.H5Tset_cset)
#define H5Tset_size                  (*karvan_i_hdf5.H5Tset_size)
#define H5free_memory                (*karvan_i_hdf5.H5free_memory)
#define H5open                       (*karvan_i_hdf5.H5open)
#define H5P_CLS_DATASET_CREATE_ID_g  (*karvan_i_hdf5.H5P_CLS_DATASET_CREATE_ID_g)
#define H5T_C_S1_g                   (*karvan_i_hdf5.H5T_C_S1_g)
#define H5T_IEEE_F64LE_g             (*karvan_i_hdf5.H5T_IEEE_F64LE_g)
#define H5T_NATIVE_DOUBLE_g          (*karvan_i_hdf5.H5T_NATIVE_DOUBLE_g)
#define H5T_NATIVE_LLONG_g           (*karvan_i_hdf5.H5T_NATIVE_LLONG_g)
#define H5T_STD_I32LE_g              (*karvan_i_hdf5.H5T_STD_I32LE_g)
#define H5T_STD_I64LE_g              (*karvan_i_hdf5.H5T_STD_I64LE_g)
#endif
#endif
