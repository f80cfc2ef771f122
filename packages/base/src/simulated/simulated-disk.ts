import { assert } from '../assert.ts'
import { type DirectoryEntry, type Disk, DiskError, type DiskFile, type DiskLock } from '../world.ts'
import { type DiskFault, DiskFaults, type DiskOperation } from './disk-faults.ts'
import {
  DirectoryNode,
  type DiskNode,
  FileNode,
  type NameChange,
  applyToDurableNames,
  applyToNames,
} from './disk-nodes.ts'
import type { Host } from './host.ts'
import type { Life } from './scheduler.ts'
import type { SeededRandom } from './seeded-random.ts'
import { SimulatedDiskFile } from './simulated-disk-file.ts'

/** What an open file asks of its disk. */
export interface DiskCore {
  mayFail(operation: DiskOperation, path: string): void
  write(node: FileNode, path: string, bytes: Uint8Array, position: number): void
  truncate(node: FileNode, path: string, length: number): void
  readAhead(path: string, life: Life): Promise<void>
  sync(node: FileNode, path: string, life: Life): Promise<void>
}

/**
 * A disk in memory that is as unkind as a real one may be. After `losePower` only synced bytes and names are sure to
 * be there; of the rest the seed keeps all, some sectors, some bytes or nothing.
 */
export class SimulatedDisk implements Disk, DiskCore {
  /** How long a sync takes: a time between the two, drawn for each. */
  syncMs: readonly [number, number] = [0.1, 2]
  /** How long a read takes that has to wait for the device. */
  readMs: readonly [number, number] = [0.05, 1]
  /** How many bytes all files together may have. */
  capacityBytes = Number.POSITIVE_INFINITY
  readonly #host: Host
  readonly #root = new DirectoryNode()
  readonly #faults = new DiskFaults()
  readonly #locks = new Map<string, Life>()
  #unsyncedNames: NameChange[] = []
  #sequence = 0
  #usedBytes = 0

  constructor(host: Host) {
    this.#host = host
  }

  open(path: string, options: { create?: boolean } = {}): DiskFile {
    this.mayFail('open', path)
    const node = this.#find(path) ?? (options.create === true ? this.#createFile(path) : undefined)
    if (node === undefined) throw notFound('open', path)
    if (node.kind !== 'file') throw new DiskError('OTHER', path, `cannot open ${path}: it is a directory`)
    return new SimulatedDiskFile(this, path, node, this.#host.life)
  }

  exists(path: string): boolean {
    return this.#find(path) !== undefined
  }

  list(path: string): DirectoryEntry[] {
    this.mayFail('list', path)
    const names = this.#directory('list', path).names
    const entries: DirectoryEntry[] = [...names].map(([name, { kind }]) => ({ name, kind }))
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  size(path: string): number {
    const node = this.#find(path)
    if (node === undefined) throw notFound('look at', path)
    return node.kind === 'file' ? node.current.length : 0
  }

  modifiedMs(directory: string): number {
    return this.#directory('look at', directory).changes
  }

  makeDirectory(path: string): void {
    this.mayFail('makeDirectory', path)
    let directory = this.#root
    for (const name of namesOf(path)) {
      const existing = directory.names.get(name)
      const node = existing ?? new DirectoryNode()
      if (node.kind !== 'directory')
        throw new DiskError('OTHER', path, `cannot make ${path}: ${name} is a file`)
      if (existing === undefined) this.#changeNames([{ directory, name, node }])
      directory = node
    }
  }

  rename(from: string, to: string): void {
    this.mayFail('rename', from)
    const node = this.#find(from)
    if (node === undefined) throw notFound('rename', from)
    this.#assertNotOpen('rename', from, node)
    const source = this.#place(from, 'rename')
    const target = this.#place(to, 'rename')
    const replaced = target.directory.names.get(target.name)
    if (replaced === node) return
    if (replaced !== undefined) this.#assertReplaceable(to, node, replaced)
    this.#usedBytes -= replaced?.kind === 'file' ? replaced.current.length : 0
    this.#changeNames([
      { ...source, node: undefined },
      { ...target, node },
    ])
    this.#record('rename', `${from} ${to}`)
  }

  async renameAtLeisure(from: string, to: string): Promise<void> {
    this.rename(from, to)
  }

  remove(path: string): void {
    this.mayFail('remove', path)
    const node = this.#find(path)
    if (node === undefined) return
    this.#assertNotOpen('remove', path, node)
    this.#removeBelow(node)
    this.#changeNames([{ ...this.#place(path, 'remove'), node: undefined }])
    this.#record('remove', path)
  }

  async discard(path: string): Promise<void> {
    this.remove(path)
  }

  syncDirectory(path: string): Promise<void> {
    const directory = this.#directory('sync', path)
    const through = this.#sequence
    return this.#after(path, 'syncDirectory', this.syncMs, this.#host.life, failed => {
      if (!failed) this.#makeNamesDurable(directory, through)
    })
  }

  lock(path: string): DiskLock | undefined {
    const holder = this.#locks.get(path)
    if (holder !== undefined && !holder.isOver) return undefined
    const { life } = this.#host
    this.#locks.set(path, life)
    return {
      release: () => {
        if (this.#locks.get(path) === life) this.#locks.delete(path)
      },
    }
  }

  space(_path: string): { freeBytes: number; totalBytes: number } {
    const totalBytes = Number.isFinite(this.capacityBytes) ? this.capacityBytes : 2 ** 50
    return { freeBytes: Math.max(0, totalBytes - this.#usedBytes), totalBytes }
  }

  /** Makes an operation fail from now on; the returned function ends that. */
  inject(fault: DiskFault): () => void {
    return this.#faults.add(fault)
  }

  /** What was not synced survives whole, in part, or not at all. The caller has ended the host's life. */
  losePower(): void {
    const random = this.#host.chance
    keepSomeNames(this.#unsyncedNames, random)
    this.#unsyncedNames = []
    this.#root.losePower(random)
    this.#usedBytes = bytesBelow(this.#root)
    this.#record('power cut', '')
  }

  /** The process ended, the machine did not: its files are closed, the page cache stays. */
  loseProcess(): void {
    closeBelow(this.#root)
  }

  mayFail(operation: DiskOperation, path: string): void {
    const error = this.#faults.strike(operation, path, this.#host.chance)
    if (error !== undefined) throw error
  }

  write(node: FileNode, path: string, bytes: Uint8Array, position: number): void {
    const error =
      this.#faults.strike('write', path, this.#host.chance) ?? this.#full(node, path, bytes, position)
    // A write that fails may have written a part.
    const count = error === undefined ? bytes.length : this.#fitting(node, bytes, position)
    const written = bytes.slice(0, error === undefined ? count : this.#host.chance.integer(count + 1))
    this.#usedBytes += Math.max(0, position + written.length - node.current.length)
    if (written.length > 0) {
      node.change({ kind: 'write', sequence: ++this.#sequence, position, bytes: written })
    }
    this.#record('write', path, position, written)
    if (error !== undefined) throw error
  }

  truncate(node: FileNode, path: string, length: number): void {
    this.mayFail('truncate', path)
    this.#usedBytes += length - node.current.length
    node.change({ kind: 'truncate', sequence: ++this.#sequence, length })
    this.#record('truncate', path, length)
  }

  readAhead(path: string, life: Life): Promise<void> {
    return this.#after(path, 'read', this.readMs, life, () => {})
  }

  sync(node: FileNode, path: string, life: Life): Promise<void> {
    const through = this.#sequence
    return this.#after(path, 'sync', this.syncMs, life, failed => {
      if (failed) node.abandon(through, this.#host.chance)
      else node.makeDurable(through)
    })
  }

  /** Settles when the device is done; never, when the process ends before. */
  #after(
    path: string,
    operation: DiskOperation,
    tookMs: readonly [number, number],
    life: Life,
    done: (failed: boolean) => void,
  ): Promise<void> {
    const { scheduler, chance } = this.#host
    return new Promise((resolve, reject) => {
      scheduler.schedule(chance.between(...tookMs), life, () => {
        const error = this.#faults.strike(operation, path, chance)
        this.#record(operation, path)
        done(error !== undefined)
        if (error === undefined) resolve()
        else reject(error)
      })
    })
  }

  #full(node: FileNode, path: string, bytes: Uint8Array, position: number): DiskError | undefined {
    if (this.#fitting(node, bytes, position) >= bytes.length) return undefined
    return new DiskError('NO_SPACE', path, `cannot write ${path}: the disk is full (simulated)`)
  }

  #fitting(node: FileNode, bytes: Uint8Array, position: number): number {
    const end = node.current.length + Math.max(0, this.capacityBytes - this.#usedBytes)
    return Math.max(0, Math.min(bytes.length, end - position))
  }

  #createFile(path: string): FileNode {
    const node = new FileNode()
    this.#changeNames([{ ...this.#place(path, 'open'), node }])
    this.#record('create', path)
    return node
  }

  #changeNames(edits: NameChange['edits']): void {
    const change = { sequence: ++this.#sequence, edits }
    applyToNames(change)
    this.#unsyncedNames.push(change)
  }

  #makeNamesDurable(directory: DirectoryNode, throughSequence: number): void {
    const isCovered = (change: NameChange) =>
      change.sequence <= throughSequence && change.edits.some(edit => edit.directory === directory)
    for (const change of this.#unsyncedNames) if (isCovered(change)) applyToDurableNames(change)
    this.#unsyncedNames = this.#unsyncedNames.filter(change => !isCovered(change))
  }

  #removeBelow(node: DiskNode): void {
    if (node.kind === 'file') {
      this.#usedBytes -= node.current.length
      return
    }
    for (const [name, child] of [...node.names]) {
      this.#removeBelow(child)
      this.#changeNames([{ directory: node, name, node: undefined }])
    }
  }

  #find(path: string): DiskNode | undefined {
    let node: DiskNode | undefined = this.#root
    for (const name of namesOf(path)) {
      if (node?.kind !== 'directory') return undefined
      node = node.names.get(name)
    }
    return node
  }

  #directory(action: string, path: string): DirectoryNode {
    const node = this.#find(path)
    if (node === undefined) throw notFound(action, path)
    if (node.kind !== 'directory')
      throw new DiskError('OTHER', path, `cannot ${action} ${path}: not a directory`)
    return node
  }

  #place(path: string, action: string): { directory: DirectoryNode; name: string } {
    const names = namesOf(path)
    const name = names.pop()
    if (name === undefined) throw new DiskError('OTHER', path, `cannot ${action} the root directory`)
    return { directory: this.#directory(action, names.join('/')), name }
  }

  #assertNotOpen(action: string, path: string, node: DiskNode): void {
    assert(!isOpenBelow(node), `cannot ${action} ${path}: a file there is open, which Windows does not allow`)
  }

  #assertReplaceable(path: string, node: DiskNode, replaced: DiskNode): void {
    this.#assertNotOpen('replace', path, replaced)
    const isRefused =
      node.kind !== replaced.kind || (replaced.kind === 'directory' && replaced.names.size > 0)
    if (isRefused)
      throw new DiskError('OTHER', path, `cannot rename to ${path}: something else has that name`)
  }

  #record(event: string, path: string, size = 0, content?: Uint8Array): void {
    const { trace, scheduler, name } = this.#host
    trace.record(scheduler.nowMs, `disk ${event}`, `${name}:${path}`, size, content)
  }
}

/** Journalling file systems keep names in order, others do not: the seed says which one this is. */
function keepSomeNames(changes: readonly NameChange[], random: SeededRandom): void {
  const kept = random.chance(0.5) ? random.integer(changes.length + 1) : undefined
  const lost = new Set<DiskNode>()
  changes.forEach((change, index) => {
    const nodes = change.edits.flatMap(({ node }) => node ?? [])
    const survives = kept === undefined ? random.chance(0.5) : index < kept
    // A later step on a file whose earlier step was lost cannot be there either.
    if (survives && !nodes.some(node => lost.has(node))) applyToDurableNames(change)
    else for (const node of nodes) lost.add(node)
  })
}

function notFound(action: string, path: string): DiskError {
  return new DiskError('NOT_FOUND', path, `cannot ${action} ${path}: no such file or directory`)
}

function namesOf(path: string): string[] {
  const names: string[] = []
  for (const name of path.split('/')) {
    if (name === '..') names.pop()
    else if (name !== '' && name !== '.') names.push(name)
  }
  return names
}

function isOpenBelow(node: DiskNode): boolean {
  return node.kind === 'file' ? node.openCount > 0 : [...node.names.values()].some(isOpenBelow)
}

function closeBelow(node: DiskNode): void {
  if (node.kind === 'file') node.openCount = 0
  else for (const child of node.names.values()) closeBelow(child)
}

function bytesBelow(node: DiskNode): number {
  if (node.kind === 'file') return node.current.length
  return [...node.names.values()].reduce((sum, child) => sum + bytesBelow(child), 0)
}
