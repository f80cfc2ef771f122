import { assert } from '../assert.ts'
import type { DiskFile } from '../world.ts'
import type { FileNode } from './disk-nodes.ts'
import type { Life } from './scheduler.ts'
import type { DiskCore } from './simulated-disk.ts'

/** An open file of a simulated disk. */
export class SimulatedDiskFile implements DiskFile {
  readonly path: string
  readonly #disk: DiskCore
  readonly #node: FileNode
  readonly #life: Life
  #isClosed = false

  constructor(disk: DiskCore, path: string, node: FileNode, life: Life) {
    this.#disk = disk
    this.path = path
    this.#node = node
    this.#life = life
    node.openCount++
  }

  size(): number {
    this.#assertUsable('look at')
    return this.#node.current.length
  }

  read(target: Uint8Array, position: number): number {
    this.#assertUsable('read')
    this.#disk.mayFail('read', this.path)
    return this.#node.current.read(target, position)
  }

  readAhead(_position: number, _byteCount: number): Promise<void> {
    this.#assertUsable('read')
    return this.#disk.readAhead(this.path, this.#life)
  }

  write(parts: readonly Uint8Array[], position: number): void {
    this.#assertUsable('write')
    let at = position
    for (const part of parts) {
      this.#disk.write(this.#node, this.path, part, at)
      at += part.length
    }
  }

  truncate(sizeBytes: number): void {
    this.#assertUsable('truncate')
    this.#disk.truncate(this.#node, this.path, sizeBytes)
  }

  sync(): Promise<void> {
    this.#assertUsable('sync')
    return this.#disk.sync(this.#node, this.path, this.#life)
  }

  close(): void {
    if (this.#isClosed || this.#life.isOver) return
    this.#isClosed = true
    this.#node.openCount--
  }

  #assertUsable(action: string): void {
    assert(!this.#life.isOver, `cannot ${action} ${this.path}: its process ended`)
    assert(!this.#isClosed, `cannot ${action} ${this.path}: it is closed`)
  }
}
