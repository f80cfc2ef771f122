import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A broker under measurement: a process of its own, with its own data directory. */
export interface Contestant {
  readonly name: string
  readonly bootstrap: string
  /** Milliseconds from starting the process to its first answer. */
  readonly startMs: number
  usage(): Usage
  /** Ends the process with a signal and starts it again on the same data; returns milliseconds to the first answer. */
  restart(signal: NodeJS.Signals): Promise<number>
  stop(): Promise<void>
}

export interface Usage {
  /** User and system time since the process started. */
  readonly cpuSeconds: number
  readonly residentBytes: number
}

/** How to start one contestant on a port with a data directory; returns the process that serves. */
export interface Recipe {
  readonly name: string
  start(port: number, directory: string): { child?: ChildProcess; pid: number }
  stop?(directory: string): void
}

/** Starts a contestant, with its data in a directory of its own in `parent`, and waits for its first answer to ApiVersions. */
export async function startContestant(recipe: Recipe, parent = tmpdir()): Promise<Contestant> {
  const directory = mkdtempSync(join(parent, `bench-${recipe.name}-`))
  const port = await freePort()
  let pid = 0
  const start = async () => {
    const startedMs = performance.now()
    pid = recipe.start(port, directory).pid
    await firstAnswer(port)
    return performance.now() - startedMs
  }
  const startMs = await start()
  const end = async (signal: NodeJS.Signals) => {
    if (isAlive(pid)) process.kill(pid, signal)
    while (isAlive(pid)) await sleep(5)
  }
  return {
    name: recipe.name,
    bootstrap: `127.0.0.1:${port}`,
    startMs,
    usage: () => usageOf(pid),
    async restart(signal) {
      await end(signal)
      return start()
    },
    async stop() {
      await end('SIGTERM')
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

/** Samsa as `npm start` runs it. */
export function samsa(extra: readonly string[] = [], name = 'samsa'): Recipe {
  const program = new URL('../../packages/samsa/dist/samsa.js', import.meta.url).pathname
  return {
    name,
    start(port, directory) {
      const flags = ['start', '--port', String(port), '--data', directory, ...extra]
      const child = spawn(process.execPath, [program, ...flags], { stdio: 'ignore' })
      return { child, pid: child.pid as number }
    },
  }
}

/** Apache Kafka, started by the script that SAMSA_PEER_KAFKA names; undefined without it. */
export function apacheKafka(): Recipe | undefined {
  const script = process.env['SAMSA_PEER_KAFKA']
  if (script === undefined) return undefined
  return {
    name: 'kafka',
    start(port, directory) {
      execFileSync(script, ['start', directory, String(port)], { stdio: 'ignore' })
      return { pid: Number(readFileSync(join(directory, 'pid'), 'utf8')) }
    },
  }
}

export function sleep(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms))
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

const CLOCK_TICKS_PER_SECOND = 100

/** Linux only: read from /proc. */
function usageOf(pid: number): Usage {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const cpuSeconds = (Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS_PER_SECOND
  const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return { cpuSeconds, residentBytes: Number(kilobytes) * 1024 }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
}

// ApiVersions v0, correlation id 1, no client id: the smallest request every broker answers.
const API_VERSIONS = Buffer.from('0000000a00120000000000' + '01ffff', 'hex')

async function firstAnswer(port: number): Promise<void> {
  const deadline = performance.now() + 60_000
  while (performance.now() < deadline) {
    if (await answers(port)) return
    await sleep(2)
  }
  throw new Error(`No answer on port ${port} within 60 s.`)
}

function answers(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1', () => socket.write(API_VERSIONS))
    socket.once('data', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
    socket.once('close', () => resolve(false))
  })
}
