import type { Disk } from '@samsa/base'

/** The whole content of a file. Throws `DiskError`. */
export function readFile(disk: Disk, path: string): Uint8Array {
  const file = disk.open(path)
  try {
    const bytes = new Uint8Array(file.size())
    return bytes.subarray(0, file.read(bytes, 0))
  } finally {
    file.close()
  }
}
