// Temporary files.

import Glibc

/// TMPDIR, or /tmp.
package let temporaryFolder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"

/// Opens a file in `temporaryFolder` that is gone with its descriptor, so that nothing has to remove it. Where the file
/// system cannot make one (NFS), it has a name for a moment.
package func namelessFile() throws(SystemCallError) -> Int32 {
  // O_TMPFILE: the compiler does not import it.
  let nameless = open(temporaryFolder, 0o20000000 | O_DIRECTORY | O_RDWR | O_CLOEXEC, 0o600)
  if nameless >= 0 { return nameless }
  var path = Array("\(temporaryFolder)/gpc-replay-XXXXXX".utf8CString)
  let named = mkstemp(&path)
  if named < 0 { throw SystemCallError("open", temporaryFolder) }
  _ = fcntl(named, F_SETFD, FD_CLOEXEC)
  if unlink(path) == 0 { return named }
  let error = SystemCallError("unlink", temporaryFolder)
  close(named)
  throw error
}
