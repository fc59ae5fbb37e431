// Why a call to the kernel failed.

import Glibc

/// A system call that failed, and on what.
package struct SystemCallError: Error {
  package let errno: Int32
  package let call: String
  package let path: String

  package init(_ call: String, _ path: String, errno: Int32 = Glibc.errno) {
    self.call = call
    self.path = path
    self.errno = errno
  }

  /// `Input/output error`.
  package var reason: String { String(cString: strerror(errno)) }
}
