import { type ChildProcess, spawn } from 'node:child_process'
import type { Readable } from 'node:stream'
import type { Command } from './client.ts'

export interface Delivery {
  readonly partition: number
  readonly offset: number
  readonly value: string
}

/** A foreign program that prints what it is assigned, what it reads and what was acknowledged. */
export class ClientProcess {
  readonly label: string
  readonly deliveries: (Delivery & { readonly assignment: number })[] = []
  readonly acknowledged: Delivery[] = []
  readonly failures: string[] = []
  assigned: number[] = []
  /** How many assignments were printed; a delivery belongs to the one it came in. */
  assignments = 0
  /** When each assignment was taken, by the member's clock, where its program tells. */
  readonly assignedAtMs = new Map<number, number>()
  readonly #child: ChildProcess
  readonly #exited: Promise<void>
  readonly #words: string[] = []

  constructor(label: string, command: Command, args: string[]) {
    this.label = label
    const environment = { ...process.env, ...command.environment }
    this.#child = spawn(command.program, args, { env: environment, stdio: ['ignore', 'pipe', 'pipe'] })
    this.#exited = new Promise(done => this.#child.once('close', () => done()))
    this.#child.once('error', error => this.failures.push(error.message))
    for (const input of [this.#child.stdout!, this.#child.stderr!]) {
      eachWholeLine(input, line => this.#read(line))
    }
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null
  }

  /** The last lines that were no part of the conversation, for a failure's message. */
  lastWords(): string {
    return this.#words.slice(-3).join(' / ')
  }

  exited(): Promise<void> {
    return this.#exited
  }

  /** Asks it to leave in order. */
  async leave(): Promise<void> {
    this.#child.kill('SIGTERM')
    const late = setTimeout(() => this.#child.kill('SIGKILL'), 15_000)
    await this.#exited
    clearTimeout(late)
    this.assigned = []
  }

  /** Makes it fall silent at once. */
  async die(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#exited
    this.assigned = []
  }

  /** Stops it in its tracks, as a long garbage collection does, until `thaw`. */
  freeze(): void {
    this.#child.kill('SIGSTOP')
  }

  thaw(): void {
    this.#child.kill('SIGCONT')
  }

  #read(line: string): void {
    const [verb, partition, offset, value] = line.split(' ')
    if (verb === 'record') {
      const delivery = { partition: Number(partition), offset: Number(offset), value: value ?? '' }
      this.deliveries.push({ ...delivery, assignment: this.assignments })
    } else if (verb === 'acked') {
      this.acknowledged.push({ partition: Number(partition), offset: Number(offset), value: value ?? '' })
    } else if (verb === 'failed') this.failures.push(line)
    else if (verb === 'assigned') {
      this.#assign(partition ?? '')
      if (offset !== undefined) this.assignedAtMs.set(this.assignments, Number(offset))
    }
    // kcat's own words: % Group g rebalanced (memberid m): assigned: topic [0], topic [1]
    else if (/rebalanced .*: assigned/.test(line)) {
      this.#assign([...line.matchAll(/\[(\d+)\]/g)].map(match => match[1]).join(','))
    } else this.#words.push(line)
  }

  #assign(list: string): void {
    this.assignments++
    this.assigned = list === '' ? [] : list.split(',').map(Number)
  }
}

/** Calls back for each line that ends: one that a killed process was at says nothing. */
function eachWholeLine(input: Readable, callback: (line: string) => void): void {
  let begun = ''
  input.setEncoding('utf8').on('data', (text: string) => {
    const lines = (begun + text).split(/\r?\n/)
    begun = lines.pop() ?? ''
    for (const line of lines) callback(line)
  })
}
