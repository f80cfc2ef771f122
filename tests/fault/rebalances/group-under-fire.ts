import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Admin } from '@samsa/client'
import type { Command } from '../../interop/client.ts'
import { ClientProcess } from '../../interop/member-process.ts'
import { checkDeliveries } from './deliveries.ts'

/** How long a member may be silent. */
export const SESSION_MS = 3000

const program = join(import.meta.dirname, '../../conformance/own-client.js')
const command: Command = {
  program: process.execPath,
  args: (bootstrap, ...more) => [program, 'member', bootstrap, ...more],
}

/** Offsets that were committed at a time: who takes a partition later does not go back behind them. */
export interface Sample {
  readonly atMs: number
  readonly offsets: readonly number[]
}

/** A group whose members are processes that come, leave and are killed, and what it has to hold. */
export class GroupUnderFire {
  readonly name: string
  readonly members: ClientProcess[] = []
  readonly #all: ClientProcess[] = []
  readonly #samples: Sample[] = []
  readonly #bootstrap: string
  readonly #topic: string
  readonly #partitions: number
  readonly #assignor: string

  /** @param assignor an assignor of classic groups, or 'consumer' for the protocol of KIP-848 */
  constructor(bootstrap: string, topic: string, partitions: number, assignor: string) {
    this.name = `${topic}-${assignor}`
    this.#bootstrap = bootstrap
    this.#topic = topic
    this.#partitions = partitions
    this.#assignor = assignor
  }

  join(): void {
    const label = `${this.#assignor}/${this.#all.length + 1}`
    const more = [this.#topic, this.name, this.#assignor, String(SESSION_MS)]
    const args = command.args(this.#bootstrap, ...more)
    const member = new ClientProcess(label, command, args)
    this.members.push(member)
    this.#all.push(member)
  }

  async leave(member: ClientProcess): Promise<void> {
    this.members.splice(this.members.indexOf(member), 1)
    await member.leave()
  }

  async kill(member: ClientProcess): Promise<void> {
    this.members.splice(this.members.indexOf(member), 1)
    await member.die()
  }

  /** Notes what is committed; the broker has to be there. */
  async sample(): Promise<Sample> {
    await using admin = new Admin({ 'bootstrap.servers': this.#bootstrap })
    const partitions = Array.from({ length: this.#partitions }, (_, partition) => ({
      topic: this.#topic,
      partition,
    }))
    const committed = (await admin.listGroupOffsets([{ groupId: this.name, partitions }])).get(this.name)
    const offsets = partitions.map(one => committed.get(one)?.offset ?? 0)
    const sample = { atMs: Date.now(), offsets }
    this.#samples.push(sample)
    return sample
  }

  /** Waits until everything that was acknowledged has been read by somebody. */
  async untilAllRead(acknowledged: readonly number[], withinMs: number): Promise<void> {
    const end = Date.now() + withinMs
    for (;;) {
      const unread = this.#unread(acknowledged)
      if (unread === undefined) return
      this.#checkRunning()
      if (Date.now() > end) throw new Error(`${this.name}: ${unread} was not read within ${withinMs} ms`)
      await sleep(100)
    }
  }

  /** Everybody leaves in order; then everything is committed, and nothing was read that should not have been. */
  async end(acknowledged: readonly number[]): Promise<string> {
    this.#checkRunning()
    await Promise.all([...this.members].map(member => this.leave(member)))
    const { offsets } = await this.sample()
    const wrong = acknowledged.findIndex((end, partition) => offsets[partition] !== end)
    if (wrong !== -1) {
      const message = `partition ${wrong} is committed at ${offsets[wrong]}, its end is ${acknowledged[wrong]}`
      throw new Error(`${this.name}: ${message}`)
    }
    return checkDeliveries(this.#all, this.#samples)
  }

  async stop(): Promise<void> {
    await Promise.all(this.#all.filter(({ running }) => running).map(member => member.die()))
  }

  #checkRunning(): void {
    const gone = this.members.find(({ running }) => !running)
    if (gone !== undefined) throw new Error(`${gone.label} ended by itself: ${gone.lastWords()}`)
  }

  #unread(acknowledged: readonly number[]): string | undefined {
    const seen = acknowledged.map(count => new Uint8Array(count))
    for (const { deliveries } of this.#all) {
      for (const { partition, offset } of deliveries) {
        if (offset < seen[partition]!.length) seen[partition]![offset] = 1
      }
    }
    const partition = seen.findIndex(list => list.includes(0))
    return partition === -1 ? undefined : `${partition}/${seen[partition]!.indexOf(0)}`
  }
}
