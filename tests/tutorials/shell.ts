import type { Tally } from '../process/tally.ts'
import type { TutorialHome } from './home.ts'
import { Terminal } from './terminal.ts'

interface Expected {
  /** Every line of the standard output, in order; a pattern where the text differs from run to run. */
  readonly prints?: readonly (string | RegExp)[]
  /** What is typed into it before its input ends. */
  readonly input?: string
}

/** Runs a tutorial's command lines; each is a case. */
export class Shell {
  readonly #walk: string
  readonly #home: TutorialHome
  readonly #tally: Tally
  readonly #open = new Set<Terminal>()
  readonly #background: number[] = []
  #variables: NodeJS.ProcessEnv = {}

  constructor(walk: string, home: TutorialHome, tally: Tally) {
    this.#walk = walk
    this.#home = home
    this.#tally = tally
  }

  /** The address that host names stand for. */
  get address(): string {
    return this.#home.address
  }

  /** Variables for the command lines that follow. */
  remember(variables: NodeJS.ProcessEnv): void {
    this.#variables = { ...this.#variables, ...variables }
  }

  /** Runs a command line to its end: it succeeds and prints what the tutorial shows. */
  run(line: string, { prints, input = '' }: Expected = {}): Promise<void> {
    return this.#case(line, async () => {
      const terminal = this.#terminal(line)
      terminal.type(input)
      terminal.endInput()
      const code = await terminal.ends()
      this.#open.delete(terminal)
      for (const [, pid] of terminal.output.matchAll(/in the background as process (\d+)/g))
        this.#background.push(Number(pid))
      if (code !== 0) throw new Error(`ended with ${code}: ${terminal.printed}`)
      if (prints !== undefined) compare(prints, terminal.output)
    })
  }

  /** Starts a command line that runs until Ctrl+C, and waits for a text of its output. */
  async start(line: string, ready?: string, environment: NodeJS.ProcessEnv = {}): Promise<Terminal> {
    const terminal = this.#terminal(line, environment)
    await this.#case(line, () => (ready === undefined ? undefined : terminal.sees(ready)))
    return terminal
  }

  /** Something the tutorial shows in a window that is open. */
  shows(terminal: Terminal, text: string): Promise<void> {
    return this.#case(`${terminal.line} shows ${text}`, () => terminal.sees(text))
  }

  /** Ends what runs in a window with Ctrl+C. */
  async interrupt(terminal: Terminal): Promise<void> {
    this.#open.delete(terminal)
    await terminal.interrupt()
  }

  /** A step that cannot be walked, and why. */
  skip(line: string, why: string): void {
    this.#tally.skip(this.#name(line), why)
  }

  async close(): Promise<void> {
    // The last opened first: clients before their node.
    for (const terminal of [...this.#open].reverse()) await terminal.interrupt()
    // A node in the background that the walk did not stop.
    for (const pid of this.#background) endProcess(pid)
  }

  #case(line: string, body: () => Promise<void> | undefined): Promise<void> {
    return this.#tally.case(this.#name(line), () => body())
  }

  #name(line: string): string {
    return `${this.#walk.slice(0, 3)}: ${line.replaceAll(/\s*\\\n\s*/g, ' ')}`
  }

  #terminal(line: string, environment: NodeJS.ProcessEnv = {}): Terminal {
    const all = { ...this.#home.environment, ...this.#variables, ...environment }
    const terminal = new Terminal(onLoopback(line, this.#home.address), this.#home.directory, all)
    this.#open.add(terminal)
    return terminal
  }
}

/** Host names of containers and of examples with ports, and lists of them, become the walk's address. */
export function onLoopback(line: string, address: string): string {
  const host = '(?:kafka|zookeeper|localhost|HOST\\d|node\\d)'
  const list = new RegExp(`\\b${host}:(\\d+)(?:,${host}:\\w+)*(?:,\\.\\.\\.)?`, 'g')
  return line.replaceAll(list, (_, port: string) => `${address}:${port}`)
}

function endProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // The walk stopped it.
  }
}

function compare(expected: readonly (string | RegExp)[], output: string): void {
  const lines = output.split('\n').filter(line => line !== '')
  const isSame =
    lines.length === expected.length &&
    expected.every((line, at) =>
      typeof line === 'string' ? normalised(lines[at]!) === normalised(line) : line.test(lines[at]!),
    )
  if (!isSame) throw new Error(`printed ${JSON.stringify(lines)} instead of [${expected.join(', ')}]`)
}

/** Between columns, tutorials show as many spaces as their pages had room for. */
function normalised(line: string): string {
  return line.trim().replaceAll(/\s+/g, ' ')
}
