#include <hdf5.h>

static inline hid_t tercet_default(void) { return H5P_DEFAULT; }
static inline hid_t tercet_all(void) { return H5S_ALL; }

static inline hid_t tercet_float(void) { return H5T_NATIVE_FLOAT; }
static inline hid_t tercet_double(void) { return H5T_NATIVE_DOUBLE; }
static inline hid_t tercet_int64(void) { return H5T_NATIVE_INT64; }
static inline hid_t tercet_int8(void) { return H5T_NATIVE_INT8; }
static inline hid_t tercet_file_float(void) { return H5T_IEEE_F32LE; }
static inline hid_t tercet_file_double(void) { return H5T_IEEE_F64LE; }
static inline hid_t tercet_file_int64(void) { return H5T_STD_I64LE; }
static inline hid_t tercet_file_int8(void) { return H5T_STD_I8LE; }
static inline hid_t tercet_file_int16(void) { return H5T_STD_I16LE; }
static inline hid_t tercet_file_int32(void) { return H5T_STD_I32LE; }
static inline hid_t tercet_file_uint8(void) { return H5T_STD_U8LE; }
static inline hid_t tercet_file_uint16(void) { return H5T_STD_U16LE; }
static inline hid_t tercet_file_uint32(void) { return H5T_STD_U32LE; }
static inline hid_t tercet_c_string(void) { return H5T_C_S1; }
static inline size_t tercet_variable(void) { return H5T_VARIABLE; }

static inline hid_t tercet_file_access_class(void) { return H5P_FILE_ACCESS; }
static inline hid_t tercet_file_create_class(void) { return H5P_FILE_CREATE; }
static inline hid_t tercet_group_create_class(void) { return H5P_GROUP_CREATE; }
static inline hid_t tercet_dataset_create_class(void) { return H5P_DATASET_CREATE; }

static inline unsigned tercet_truncate(void) { return H5F_ACC_TRUNC; }
static inline unsigned tercet_read_only(void) { return H5F_ACC_RDONLY; }

static inline hid_t tercet_error_stack(void) { return H5E_DEFAULT; }
static inline herr_t tercet_silence(void) { return H5Eset_auto2(H5E_DEFAULT, NULL, NULL); }
