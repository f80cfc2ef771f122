import { type Disk, allocateBytes } from '@samsa/base'
import { DirectorySyncs } from './directory-syncs.ts'
import { PageCache } from './page-cache.ts'
import { FileHandles, PooledFile } from './pooled-file.ts'

/** Appends smaller than this are gathered; larger ones are written at once. */
export const WRITE_BUFFER_BYTES = 64 * 1024
const SPARE_BUFFERS_MAX = 64
const DEFAULT_OPEN_FILES_MAX = 500
const DEFAULT_PAGES_MAX = 2048
const DEFAULT_RECENT_BYTES_MAX = 64 * 1024 * 1024

/**
 * What all logs of a broker share, so that ten thousand of them cost no more than a few: file handles, pages of
 * indexes, and buffers for gathering small appends. Each is bounded.
 */
export class FilePool {
  readonly disk: Disk
  readonly pages: PageCache
  readonly directories: DirectorySyncs
  /** Bytes appended to all logs so far. */
  appendedBytes = 0
  /** What was appended before so many bytes may have left the page cache. */
  readonly recentBytesMax: number
  readonly #handles: FileHandles
  readonly #spareBuffers: Uint8Array[] = []

  /**
   * @param options.openFilesMax file handles kept open at most
   * @param options.indexPagesMax pages of indexes kept in memory at most, 4–6 KB each
   * @param options.recentBytesMax so many bytes appended last, to all logs together, are taken to be in the page cache
   */
  constructor(
    disk: Disk,
    options: { openFilesMax?: number; indexPagesMax?: number; recentBytesMax?: number } = {},
  ) {
    this.disk = disk
    this.recentBytesMax = options.recentBytesMax ?? DEFAULT_RECENT_BYTES_MAX
    this.directories = new DirectorySyncs(disk)
    this.pages = new PageCache(options.indexPagesMax ?? DEFAULT_PAGES_MAX)
    this.#handles = new FileHandles(disk, options.openFilesMax ?? DEFAULT_OPEN_FILES_MAX)
  }

  /** Handles open now. */
  get openFileCount(): number {
    return this.#handles.openCount
  }

  file(path: string): PooledFile {
    return new PooledFile(this.#handles, path)
  }

  /** A buffer of `WRITE_BUFFER_BYTES`, to be given back. */
  takeBuffer(): Uint8Array {
    return this.#spareBuffers.pop() ?? allocateBytes(WRITE_BUFFER_BYTES)
  }

  giveBuffer(buffer: Uint8Array): void {
    if (this.#spareBuffers.length < SPARE_BUFFERS_MAX) this.#spareBuffers.push(buffer)
  }
}
