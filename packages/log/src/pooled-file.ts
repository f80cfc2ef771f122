import { assert, type Disk, DiskError, type DiskFile } from '@samsa/base'

/**
 * One file that is opened when it is used and closed when the pool needs its handle. Owned by whoever made it; an
 * unused one costs no handle.
 */
export class PooledFile {
  readonly #handles: FileHandles
  #path: string
  #file: DiskFile | undefined
  #pins = 0
  #whenUnpinned: (() => void)[] = []
  /** When it was last used, in ticks of the pool. */
  lastUse = 0

  constructor(handles: FileHandles, path: string) {
    this.#handles = handles
    this.#path = path
  }

  get path(): string {
    return this.#path
  }

  get isPinned(): boolean {
    return this.#pins > 0
  }

  /** The open file, good until anything else of this pool is used. Throws `DiskError`. */
  use(create = false): DiskFile {
    this.lastUse = this.#handles.tick()
    this.#file ??= this.#handles.open(this, create)
    return this.#file
  }

  /** Makes what was written durable; the file stays open meanwhile. */
  sync(): Promise<void> {
    return this.#pinned(file => file.sync())
  }

  /** Brings bytes into the page cache; the file stays open meanwhile. Rejects with `DiskError`. */
  readAhead(position: number, byteCount: number): Promise<void> {
    return this.#pinned(file => file.readAhead(position, byteCount))
  }

  async #pinned<T>(work: (file: DiskFile) => Promise<T>): Promise<T> {
    const file = this.use()
    this.#pins++
    try {
      return await work(file)
    } finally {
      this.#unpin()
    }
  }

  /** Closes the handle. While a sync or a read is under way this asserts: call `whenUnused` first. */
  close(): void {
    assert(this.#pins === 0, `cannot close ${this.#path}: it is being synced or read`)
    this.#handles.closed(this)
    this.#file?.close()
    this.#file = undefined
  }

  /** Runs `action` when no sync or read is under way: now, or when the last one ended. */
  whenUnused(action: () => void): void {
    if (this.#pins === 0) action()
    else this.#whenUnpinned.push(action)
  }

  /** Closes the file and gives it another name, replacing a file of that name. */
  rename(disk: Disk, path: string): void {
    this.close()
    disk.rename(this.#path, path)
    this.#path = path
  }

  #unpin(): void {
    this.#pins--
    if (this.#pins > 0) return
    const actions = this.#whenUnpinned
    this.#whenUnpinned = []
    for (const action of actions) action()
  }
}

/** Open handles over all logs of a broker, at most `maxOpen` unless more are being synced or read; the longest unused go. */
export class FileHandles {
  readonly #disk: Disk
  readonly #maxOpen: number
  readonly #open = new Set<PooledFile>()
  #ticks = 0

  constructor(disk: Disk, maxOpen: number) {
    this.#disk = disk
    this.#maxOpen = maxOpen
  }

  get openCount(): number {
    return this.#open.size
  }

  tick(): number {
    return ++this.#ticks
  }

  open(file: PooledFile, create: boolean): DiskFile {
    if (this.#open.size >= this.#maxOpen) this.#closeUnused(Math.max(1, this.#maxOpen >> 3))
    const handle = this.#openAnyhow(file.path, create)
    this.#open.add(file)
    return handle
  }

  closed(file: PooledFile): void {
    this.#open.delete(file)
  }

  #openAnyhow(path: string, create: boolean): DiskFile {
    try {
      return this.#disk.open(path, { create })
    } catch (error) {
      if (!(error instanceof DiskError) || error.code !== 'TOO_MANY_OPEN_FILES') throw error
      this.#closeUnused((this.#open.size >> 1) + 1)
      return this.#disk.open(path, { create })
    }
  }

  #closeUnused(count: number): void {
    const unpinned = [...this.#open].filter(file => !file.isPinned)
    unpinned.sort((a, b) => a.lastUse - b.lastUse)
    for (const file of unpinned.slice(0, count)) file.close()
  }
}
