import { DiskError, type DiskErrorCode } from '../world.ts'

interface SystemError extends Error {
  code?: string
}

const codes: Record<string, DiskErrorCode> = {
  ENOENT: 'NOT_FOUND',
  ENOSPC: 'NO_SPACE',
  EDQUOT: 'NO_SPACE',
  EFBIG: 'NO_SPACE',
  EIO: 'IO',
  EACCES: 'PERMISSION',
  EPERM: 'PERMISSION',
  EMFILE: 'TOO_MANY_OPEN_FILES',
  ENFILE: 'TOO_MANY_OPEN_FILES',
  EROFS: 'READ_ONLY',
}

const reasons: Record<DiskErrorCode, string> = {
  NOT_FOUND: 'no such file or directory',
  NO_SPACE: 'the disk is full',
  IO: 'the device reported an error',
  PERMISSION: 'permission denied',
  TOO_MANY_OPEN_FILES: 'too many open files (raise the limit with ulimit -n)',
  READ_ONLY: 'the file system is read-only',
  OTHER: 'the operating system refused',
}

/** Turns what `node:fs` threw into a `DiskError` that says what was tried, on what, and why it failed. */
export function diskFailure(action: string, path: string, cause: unknown): DiskError {
  if (cause instanceof DiskError) return cause
  const systemCode = (cause as SystemError).code ?? 'unknown'
  const code = codes[systemCode] ?? 'OTHER'
  return new DiskError(code, path, `cannot ${action} ${path}: ${reasons[code]} (${systemCode})`, { cause })
}
