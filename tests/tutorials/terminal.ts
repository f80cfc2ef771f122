import { type ChildProcess, spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'

const PATIENCE_MS = 20_000

/** One window of a terminal with one command running in it. */
export class Terminal {
  readonly line: string
  readonly #child: ChildProcess
  readonly #ended: Promise<number | string>
  #output = ''
  #errors = ''

  /** Starts a command line with bash, in a process group of its own that Ctrl+C reaches. */
  constructor(line: string, directory: string, environment: NodeJS.ProcessEnv) {
    this.line = line
    this.#child = spawn('bash', ['-c', line], { cwd: directory, env: environment, detached: true })
    this.#child.stdout!.on('data', chunk => {
      this.#output += chunk
    })
    this.#child.stderr!.on('data', chunk => {
      this.#errors += chunk
    })
    this.#ended = new Promise(done =>
      this.#child.once('close', (code, signal) => done(code ?? signal ?? 'unknown')),
    )
  }

  get output(): string {
    return this.#output
  }

  /** Both outputs, for a message. */
  get printed(): string {
    return `${this.#output}${this.#errors}`.trim()
  }

  type(text: string): void {
    this.#child.stdin!.write(text)
  }

  endInput(): void {
    this.#child.stdin!.end()
  }

  /** Waits until the standard output holds a text. */
  async sees(text: string): Promise<void> {
    const end = Date.now() + PATIENCE_MS
    while (!this.#output.includes(text)) {
      if (this.#child.exitCode !== null) throw new Error(`ended without '${text}': ${this.printed}`)
      if (Date.now() > end) throw new Error(`no '${text}' in ${PATIENCE_MS} ms: ${this.printed}`)
      await sleep(20)
    }
  }

  /** The exit code, or the signal that ended it. */
  async ends(): Promise<number | string> {
    const late = setTimeout(() => this.#signal('SIGKILL'), PATIENCE_MS)
    try {
      return await this.#ended
    } finally {
      clearTimeout(late)
    }
  }

  /** Ctrl+C. */
  interrupt(): Promise<number | string> {
    this.#signal('SIGINT')
    return this.ends()
  }

  #signal(signal: NodeJS.Signals): void {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    try {
      process.kill(-this.#child.pid!, signal)
    } catch {
      // It ended this moment.
    }
  }
}
