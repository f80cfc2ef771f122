import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  statSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { BackgroundStart, Processes, RunningProcess } from './processes.ts'

/** The processes of the machine. */
export const realProcesses: Processes = {
  list: () => (existsSync('/proc/self/cmdline') ? listOfProc() : listOfPs()),
  signal,
  ended,
  startInBackground,
  tellStarter() {
    if (process.connected !== true) return
    process.send?.('ready', () => {
      if (process.connected) process.disconnect()
    })
  },
}

/** Linux, where containers often lack `ps`. */
function listOfProc(): RunningProcess[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap(name => {
      try {
        const words = readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0').slice(0, -1)
        return words.length === 0 ? [] : [{ pid: Number(name), words, directory: directoryOf(name) }]
      } catch {
        // It ended meanwhile, or hides from this user.
        return []
      }
    })
}

function directoryOf(name: string): string | undefined {
  try {
    return readlinkSync(`/proc/${name}/cwd`)
  } catch {
    return undefined
  }
}

function listOfPs(): RunningProcess[] {
  const lines = execFileSync('ps', ['-axww', '-o', 'pid=,args='], { encoding: 'utf8' }).split('\n')
  return lines.flatMap(line => {
    const [, pid, args] = /^\s*(\d+)\s+(.*)$/.exec(line) ?? []
    if (pid === undefined || Number(pid) === process.pid) return []
    return [{ pid: Number(pid), words: args!.split(/\s+/), directory: undefined }]
  })
}

function signal(pid: number, name: string): 'sent' | 'gone' | 'not-allowed' {
  try {
    process.kill(pid, name === '0' ? 0 : name)
    return 'sent'
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ESRCH') return 'gone'
    if (code === 'EPERM') return 'not-allowed'
    throw error
  }
}

async function ended(pid: number, timeoutMs: number): Promise<boolean> {
  const end = Date.now() + timeoutMs
  while (signal(pid, '0') !== 'gone') {
    if (Date.now() >= end) return false
    await sleep(20)
  }
  return true
}

async function startInBackground(words: readonly string[], outputFile: string): Promise<BackgroundStart> {
  mkdirSync(dirname(outputFile), { recursive: true })
  const output = openSync(outputFile, 'a')
  const before = statSync(outputFile).size
  const child = spawn(process.execPath, [...process.execArgv, process.argv[1]!, ...words], {
    detached: true,
    stdio: ['ignore', output, output, 'ipc'],
  })
  closeSync(output)
  const exitCode = await readyOrEnded(child)
  if (child.connected) child.disconnect()
  child.unref()
  const printed = readFileSync(outputFile).subarray(before).toString()
  return { pid: child.pid!, exitCode, printed }
}

function readyOrEnded(child: ChildProcess): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    child.once('message', () => resolve(undefined))
    child.once('exit', code => resolve(code ?? 1))
    child.once('error', reject)
  })
}
