#include <mpi.h>

// Open MPI's handles are macros that cast the addresses of structs, which Swift cannot import.

static inline MPI_Comm tercet_comm_world(void) { return MPI_COMM_WORLD; }
static inline MPI_Errhandler tercet_errors_return(void) { return MPI_ERRORS_RETURN; }

static inline void *tercet_in_place(void) { return MPI_IN_PLACE; }

static inline MPI_Datatype tercet_byte(void) { return MPI_BYTE; }
static inline MPI_Datatype tercet_float(void) { return MPI_FLOAT; }
static inline MPI_Datatype tercet_double(void) { return MPI_DOUBLE; }
static inline MPI_Datatype tercet_uint16(void) { return MPI_UINT16_T; }
static inline MPI_Datatype tercet_int32(void) { return MPI_INT32_T; }
static inline MPI_Datatype tercet_int64(void) { return MPI_INT64_T; }

static inline MPI_Op tercet_sum(void) { return MPI_SUM; }
static inline MPI_Op tercet_max(void) { return MPI_MAX; }
static inline MPI_Op tercet_bitwise_or(void) { return MPI_BOR; }
