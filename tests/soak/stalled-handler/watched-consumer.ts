import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Mode } from './modes.ts'

interface Memory {
  readonly heap: number
  readonly external: number
  readonly resident: number
}

const nothing: Memory = { heap: 0, external: 0, resident: 0 }

/** A stalled consumer's process, and what it says. */
export class WatchedConsumer {
  readonly mode: Mode
  readonly wrong: string[] = []
  count = 0
  isStalled = false
  /** Largest figures since `forget`. */
  most: Memory = nothing
  readonly #child: ChildProcess
  #words = ''

  constructor(mode: Mode, bootstrap: string, topic: string) {
    this.mode = mode
    const program = join(import.meta.dirname, 'stalled-consumer.js')
    this.#child = spawn(process.execPath, [program, bootstrap, topic, mode], {
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    createInterface({ input: this.#child.stdout! }).on('line', line => this.#read(line))
    this.#child.stderr!.on('data', chunk => {
      this.#words = (this.#words + chunk).slice(-1000)
    })
  }

  forget(): void {
    this.most = nothing
  }

  goOn(): void {
    this.#child.stdin!.write('go on\n')
  }

  /** Throws when the process is gone, or was handed what it should not have been. */
  check(): void {
    if (this.#child.exitCode !== null) throw new Error(`${this.mode} ended: ${this.#words}`)
    if (this.wrong.length > 0) throw new Error(`${this.mode}: ${this.wrong.slice(0, 3).join('; ')}`)
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const gone = new Promise(done => this.#child.once('exit', done))
    this.#child.kill('SIGTERM')
    const late = setTimeout(() => this.#child.kill('SIGKILL'), 10_000)
    await gone
    clearTimeout(late)
  }

  #read(line: string): void {
    const [verb, ...words] = line.split(' ')
    if (verb === 'stalled') this.isStalled = true
    else if (verb === 'read') this.count = Number(words[0])
    else if (verb === 'wrong') this.wrong.push(words.join(' '))
    else if (verb === 'memory') {
      const [heap = 0, external = 0, resident = 0] = words.map(Number)
      const { most } = this
      this.most = {
        heap: Math.max(most.heap, heap),
        external: Math.max(most.external, external),
        resident: Math.max(most.resident, resident),
      }
    }
  }
}
