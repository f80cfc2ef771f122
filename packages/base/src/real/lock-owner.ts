import type * as ChildProcess from 'node:child_process'
import { readFileSync, readlinkSync } from 'node:fs'
import type * as Os from 'node:os'
import { builtin } from '../builtin.ts'

const childProcess = builtin<typeof ChildProcess>('node:child_process')
const os = builtin<typeof Os>('node:os')

/** Who wrote a lock file, precisely enough to tell whether that very process still runs. */
export interface LockOwner {
  pid: number
  /** When the process started: a process number alone is soon given to another process. */
  started: string
  /** One run of one kernel; the host's name where the kernel does not tell. */
  boot: string
  /** In which set of process numbers `pid` counts (each container has its own). */
  pidNamespace: string
}

/** `unseen`: runs under the same kernel, if at all, but in a container whose processes cannot be looked at. */
export type OwnerState = 'alive' | 'dead' | 'unseen'

export function thisProcess(): LockOwner {
  return {
    pid: process.pid,
    started: startOf(process.pid) ?? 'unknown',
    boot: bootIdentity(),
    pidNamespace: pidNamespace(),
  }
}

export function stateOf(owner: LockOwner): OwnerState {
  // Another boot of this machine, or another machine that had the disk before: that process cannot reach it now.
  if (owner.boot !== bootIdentity()) return 'dead'
  if (owner.pidNamespace !== pidNamespace()) return 'unseen'
  if (!isRunning(owner.pid)) return 'dead'
  const started = startOf(owner.pid)
  // Where the start cannot be found out, a living process of that number is taken for the owner: better to ask a
  // person to remove a file than to let two processes write one log.
  if (started === undefined || owner.started === 'unknown') return 'alive'
  return started === owner.started ? 'alive' : 'dead'
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return !isZombie(pid)
  } catch (error) {
    return (error as { code?: string }).code === 'EPERM'
  }
}

/** A killed process whose parent has not noticed yet: it has a number, but no open files and no threads. */
function isZombie(pid: number): boolean {
  const state = processStatus(pid)?.[0]
  return state === 'Z' || state === 'X'
}

function startOf(pid: number): string | undefined {
  if (process.platform === 'linux') return processStatus(pid)?.[19]
  if (process.platform === 'win32') return undefined
  const { status, stdout } = childProcess().spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
  })
  return status === 0 ? stdout.trim() : undefined
}

/** The fields of Linux's `/proc/<pid>/stat` behind the program's name, which may hold spaces and brackets. */
function processStatus(pid: number): string[] | undefined {
  const text = readSmall(`/proc/${pid}/stat`)
  return text?.slice(text.lastIndexOf(')') + 2).split(' ')
}

function bootIdentity(): string {
  return readSmall('/proc/sys/kernel/random/boot_id') ?? os().hostname()
}

function pidNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid')
  } catch {
    return os().hostname()
  }
}

function readSmall(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return undefined
  }
}
