import { FileImage } from './file-image.ts'
import type { SeededRandom } from './seeded-random.ts'

const SECTOR_BYTES = 512

/** A change of a file that the device may not have yet. */
export type FileChange =
  | {
      readonly kind: 'write'
      readonly sequence: number
      readonly position: number
      readonly bytes: Uint8Array
    }
  | { readonly kind: 'truncate'; readonly sequence: number; readonly length: number }

/** A file twice: as programs see it, and as the device has it. */
export class FileNode {
  readonly kind = 'file' as const
  current = new FileImage()
  #durable = new FileImage()
  #unsynced: FileChange[] = []
  openCount = 0

  /** Applies a change in the page cache; the device has it after `makeDurable`. */
  change(change: FileChange): void {
    apply(this.current, change)
    this.#unsynced.push(change)
  }

  /** The device has everything up to that sequence number. */
  makeDurable(throughSequence: number): void {
    for (const change of this.#takeUnsynced(throughSequence)) apply(this.#durable, change)
  }

  /**
   * A sync failed: the system forgets that these changes were never written (as Linux does), so no later sync will
   * write them. The seed decides now what of them reached the device.
   */
  abandon(throughSequence: number, random: SeededRandom): void {
    for (const change of this.#takeUnsynced(throughSequence)) applyPartly(this.#durable, change, random)
  }

  /** Power is gone: what was not synced survives whole, in part, or not at all. */
  losePower(random: SeededRandom): void {
    if (this.#unsynced.length > 0) {
      const fate = random.integer(8)
      if (fate === 0) this.makeDurable(Number.POSITIVE_INFINITY)
      else if (fate > 2) this.abandon(Number.POSITIVE_INFINITY, random)
    }
    this.#unsynced = []
    this.current = this.#durable.copy()
    this.openCount = 0
  }

  #takeUnsynced(throughSequence: number): FileChange[] {
    const kept = this.#unsynced.findIndex(change => change.sequence > throughSequence)
    return this.#unsynced.splice(0, kept < 0 ? this.#unsynced.length : kept)
  }
}

function apply(image: FileImage, change: FileChange): void {
  if (change.kind === 'truncate') image.truncate(change.length)
  else image.write(change.bytes, change.position)
}

function applyPartly(image: FileImage, change: FileChange, random: SeededRandom): void {
  if (change.kind === 'truncate') {
    if (random.chance(0.5)) image.truncate(change.length)
    return
  }
  const { bytes, position } = change
  // The new length may be recorded although the bytes are not there; they read as zeros then.
  if (random.chance(0.25)) image.extend(position + bytes.length)
  const fate = random.integer(4)
  if (fate === 0) image.write(bytes, position)
  else if (fate === 1) image.write(bytes.subarray(0, random.integer(bytes.length + 1)), position)
  else if (fate === 2) writeSomeSectors(image, bytes, position, random)
}

function writeSomeSectors(image: FileImage, bytes: Uint8Array, position: number, random: SeededRandom): void {
  let at = 0
  while (at < bytes.length) {
    const end = Math.min(bytes.length, at + SECTOR_BYTES - ((position + at) % SECTOR_BYTES))
    if (random.chance(0.5)) image.write(bytes.subarray(at, end), position + at)
    at = end
  }
}

/** A directory twice: as programs see it, and as the device has it. */
export class DirectoryNode {
  readonly kind = 'directory' as const
  names = new Map<string, DiskNode>()
  readonly durableNames = new Map<string, DiskNode>()
  /** Counts the changes of `names`. */
  changes = 0

  /** Power is gone: what programs see is what the device has, here and below. */
  losePower(random: SeededRandom): void {
    if (!this.#isDurable()) this.changes++
    this.names = new Map(this.durableNames)
    for (const node of this.names.values()) node.losePower(random)
  }

  #isDurable(): boolean {
    const { names, durableNames } = this
    return (
      names.size === durableNames.size && [...names].every(([name, node]) => durableNames.get(name) === node)
    )
  }
}

export type DiskNode = FileNode | DirectoryNode

/** One step on names (a rename is one step) that the device may not have yet. */
export interface NameChange {
  readonly sequence: number
  readonly edits: ReadonlyArray<{ directory: DirectoryNode; name: string; node: DiskNode | undefined }>
}

export function applyToNames(change: NameChange): void {
  for (const { directory, name, node } of change.edits) {
    edit(directory.names, name, node)
    directory.changes++
  }
}

export function applyToDurableNames(change: NameChange): void {
  for (const { directory, name, node } of change.edits) edit(directory.durableNames, name, node)
}

function edit(names: Map<string, DiskNode>, name: string, node: DiskNode | undefined): void {
  if (node === undefined) names.delete(name)
  else names.set(name, node)
}
