// A lock that ends with the process, made of files, because Node.js offers no kernel lock.
//
// `lock(path)` works on files `path.1`, `path.2`, … called generations. The highest one counts: it names the owner
// of the lock, or says that the lock was released. Whoever finds the owner dead, or the lock released, makes the next
// generation; the file system lets one process only create that name. Then it looks again: if somebody got further
// meanwhile, its own file is void. The highest generation is never removed, so a process that was asleep between
// looking and creating cannot create an old generation anew without noticing. Lower ones are removed by the holder.
//
// Whether the owner runs is read from the process table (number and start time), so a lock is free at once after
// kill -9. A process in another container under the same kernel cannot be seen there: for that case the holder touches
// its file every second, and a contender believes it dead only when the file was not touched for three seconds.

import {
  linkSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname } from 'node:path'
import { clearInterval, monotonicMs, setInterval, wallMs } from '../process-time.ts'
import type { DiskLock } from '../world.ts'
import { type LockOwner, stateOf, thisProcess } from './lock-owner.ts'

const TOUCH_EVERY_MS = 1000
const UNTOUCHED_IS_DEAD_MS = 3000
const RELEASED = 'released\n'
const ATTEMPTS_MAX = 100

let filesMade = 0

/** Takes the lock `path`, or returns undefined when a process that runs holds it. Throws what `node:fs` throws. */
export function lockFile(path: string): DiskLock | undefined {
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const highest = highestGeneration(path)
    if (highest > 0 && isHeld(`${path}.${highest}`)) return undefined
    const mine = highest + 1
    if (!createGeneration(path, mine)) continue
    if (highestGeneration(path) > mine) {
      rmSync(`${path}.${mine}`, { force: true })
      continue
    }
    removeGenerationsBelow(path, mine)
    return heldLock(path, mine)
  }
  // So many processes compete for the lock that one of them must have it.
  return undefined
}

function generations(path: string): number[] {
  const prefix = `${basename(path)}.`
  return readdirSync(dirname(path))
    .filter(name => name.startsWith(prefix) && /^[1-9][0-9]{0,14}$/.test(name.slice(prefix.length)))
    .map(name => Number(name.slice(prefix.length)))
}

function highestGeneration(path: string): number {
  return Math.max(0, ...generations(path))
}

function removeGenerationsBelow(path: string, mine: number): void {
  for (const generation of generations(path)) {
    if (generation < mine) rmSync(`${path}.${generation}`, { force: true })
  }
}

function isHeld(file: string): boolean {
  const content = readOrUndefined(file)
  if (content === undefined || content === RELEASED) return false
  const owner = parseOwner(content)
  const state = owner === undefined ? 'unseen' : stateOf(owner)
  if (state === 'unseen') return isTouched(file)
  return state === 'alive'
}

function readOrUndefined(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return undefined
    throw error
  }
}

/** Undefined for a file torn by a power cut, or one that its owner is just writing. */
function parseOwner(content: string): LockOwner | undefined {
  try {
    const owner = JSON.parse(content) as LockOwner
    return Number.isInteger(owner.pid) && typeof owner.boot === 'string' ? owner : undefined
  } catch {
    return undefined
  }
}

/** Waits, when the file was touched lately, until it is clear whether somebody goes on touching it. */
function isTouched(file: string): boolean {
  const first = touchedAt(file)
  const ageMs = wallMs() - first
  if (ageMs > UNTOUCHED_IS_DEAD_MS) return false
  const sleeper = new Int32Array(new SharedArrayBuffer(4))
  const giveUpAt = monotonicMs() + UNTOUCHED_IS_DEAD_MS
  while (monotonicMs() < giveUpAt) {
    Atomics.wait(sleeper, 0, 0, 100)
    if (touchedAt(file) !== first) return true
  }
  return false
}

function touchedAt(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0
}

/** Creates the file of a generation with its content in one step; false when somebody else was first. */
function createGeneration(path: string, generation: number): boolean {
  const target = `${path}.${generation}`
  const content = `${JSON.stringify(thisProcess())}\n`
  const draft = writeDraft(path, content)
  try {
    linkSync(draft, target)
    return true
  } catch (error) {
    const { code } = error as { code?: string }
    if (code === 'EEXIST') return false
    // File systems without links: the content follows the name, and readers wait for it as for a foreign owner's.
    return createWithoutLink(target, content)
  } finally {
    rmSync(draft, { force: true })
  }
}

function createWithoutLink(target: string, content: string): boolean {
  try {
    writeFileSync(target, content, { flag: 'wx' })
    return true
  } catch (error) {
    if ((error as { code?: string }).code === 'EEXIST') return false
    throw error
  }
}

function writeDraft(path: string, content: string): string {
  const draft = `${path}.draft-${process.pid}-${wallMs()}-${filesMade++}`
  writeFileSync(draft, content, { flag: 'wx' })
  return draft
}

function heldLock(path: string, generation: number): DiskLock {
  const file = `${path}.${generation}`
  const toucher = setInterval(() => touch(file), TOUCH_EVERY_MS)
  toucher.unref()
  let isReleased = false
  return {
    release() {
      if (isReleased) return
      isReleased = true
      clearInterval(toucher)
      renameSync(writeDraft(path, RELEASED), file)
    },
  }
}

function touch(file: string): void {
  try {
    const now = wallMs() / 1000
    utimesSync(file, now, now)
  } catch {
    // The directory is gone or read-only: whoever uses the disk next will say so with more context.
  }
}
