// The C library has it, and its header shows it only where _XOPEN_SOURCE is defined before any other.
#include <stddef.h>

extern int wcwidth(wchar_t);
