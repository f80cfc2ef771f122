import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from './client.ts'
import { ClientProcess, type Delivery } from './member-process.ts'

/** A client that can play every role of the scenario. */
export type GroupClient = Client & Required<Pick<Client, 'create' | 'member' | 'produce'>>

const partitions = 6
const records = 600

/**
 * One group's life, with numbers being written all the while: a member alone, two join, one leaves, one dies, one
 * comes in its place; at the end everyone leaves and one returns. Throws with what did not hold.
 */
export async function groupLife(client: GroupClient, bootstrap: string): Promise<void> {
  const scene = new Scene(client, bootstrap)
  try {
    await scene.create()
    const first = scene.join('first')
    await scene.balanced([first])
    const writer = scene.write(records, 20)
    const second = scene.join('second')
    await scene.balanced([first, second])
    const third = scene.join('third')
    await scene.balanced([first, second, third])
    await third.leave()
    await scene.balanced([first, second])
    await second.die()
    await scene.balanced([first])
    const fourth = scene.join('fourth')
    await scene.balanced([first, fourth])
    await scene.allRead(writer)
    scene.checkDeliveries(writer, second)
    await Promise.all([first.leave(), fourth.leave()])
    await resumes(scene)
  } finally {
    await scene.end()
  }
}

/** Members of different clients in one group: their metadata and assignments must fit each other. */
export async function mixedGroup(clients: GroupClient[], bootstrap: string): Promise<void> {
  const scene = new Scene(clients[0]!, bootstrap)
  try {
    await scene.create()
    const members = clients.map(client => scene.join(client.name, client))
    await scene.balanced(members)
    const writer = scene.write(60, 5)
    await scene.allRead(writer)
    await members[0]!.leave()
    await scene.balanced(members.slice(1))
  } finally {
    await scene.end()
  }
}

/**
 * One group's life with members of different clients, who all know the assignor: while numbers are being written they
 * join one after the other, the first one (who led) leaves, one of each kind leaves or dies, and one comes back.
 */
export async function mixedLife(clients: GroupClient[], bootstrap: string, assignor: string): Promise<void> {
  const [own, ...others] = clients as [GroupClient, ...GroupClient[]]
  const scene = new Scene(own, bootstrap, assignor)
  try {
    await scene.create()
    const first = scene.join(`${own.name} (first)`)
    await scene.balanced([first])
    const writer = scene.write(records, 20 + 5 * others.length)
    let members = [first]
    for (const other of others) {
      members.push(scene.join(other.name, other))
      await scene.balanced(members)
    }
    await first.leave()
    members = members.filter(one => one !== first)
    await scene.balanced(members)
    const second = scene.join(`${own.name} (second)`)
    members.push(second)
    await scene.balanced(members)
    await members.shift()!.leave()
    await scene.balanced(members)
    await second.die()
    members = members.filter(one => one !== second)
    if (members.length > 0) await scene.balanced(members)
    members.push(scene.join(`${own.name} (third)`))
    await scene.balanced(members)
    await scene.allRead(writer)
    scene.checkDeliveries(writer, second)
    for (const one of members) await one.leave()
    await resumes(scene)
  } finally {
    await scene.end()
  }
}

/** A group that everyone left goes on where it stopped: nothing twice, nothing skipped. */
async function resumes(scene: Scene): Promise<void> {
  const returned = scene.join('returned')
  await scene.balanced([returned])
  await sleep(1500)
  demand(returned.deliveries.length === 0, `the returned member read ${show(returned.deliveries[0])} again`)
  const writer = scene.write(partitions, 1)
  await writer.exited()
  await until(
    () => returned.deliveries.length >= partitions,
    15_000,
    () => 'the returned member reads nothing new',
  )
  const key = ({ partition, offset, value }: Delivery) => `${partition}/${offset}=${value}`
  const [got, wanted] = [returned.deliveries, writer.acknowledged].map(list => list.map(key).sort().join(' '))
  demand(got === wanted, `the returned member read ${got}, wanted ${wanted}`)
}

class Scene {
  readonly #client: GroupClient
  readonly #bootstrap: string
  /** What members are told to share by, if anything. */
  readonly #assignor: readonly string[]
  readonly #topic = `group-${Date.now().toString(36)}-${Math.floor(Math.random() * 1e6)}`
  readonly #processes: ClientProcess[] = []
  /** Members whose records others may read again (`rereadsWhenCooperative`). */
  readonly #rereads = new Set<string>()

  constructor(client: GroupClient, bootstrap: string, assignor?: string) {
    this.#client = client
    this.#bootstrap = bootstrap
    this.#assignor = assignor === undefined ? [] : [assignor]
  }

  async create(): Promise<void> {
    const { create } = this.#client
    const process = this.#start('create', create, create.args(this.#bootstrap, this.#topic, `${partitions}`))
    await process.exited()
  }

  join(label: string, { member, rereadsWhenCooperative }: GroupClient = this.#client): ClientProcess {
    if (rereadsWhenCooperative && this.#assignor[0] === 'cooperative-sticky') this.#rereads.add(label)
    const args = [this.#topic, `${this.#topic}-readers`, ...this.#assignor]
    return this.#start(label, member, member.args(this.#bootstrap, ...args))
  }

  write(count: number, pauseMs: number): ClientProcess {
    const { produce } = this.#client
    const args = [this.#topic, partitions, count, pauseMs].map(String)
    return this.#start('writer', produce, produce.args(this.#bootstrap, ...args))
  }

  /** Waits until the members share all partitions, each one owned once, nobody owning two more than another. */
  async balanced(members: ClientProcess[]): Promise<void> {
    const story = () => members.map(one => `${one.label} has [${one.assigned}] ${one.lastWords()}`).join('; ')
    await until(
      () => isBalanced(members),
      40_000,
      () => `no balance of ${members.length}: ${story()}`,
    )
  }

  /** Waits until the writer is done and everything acknowledged has been read by somebody. */
  async allRead(writer: ClientProcess): Promise<void> {
    await writer.exited()
    demand(writer.failures.length === 0, `the writer failed: ${writer.failures[0]} ${writer.lastWords()}`)
    demand(writer.acknowledged.length > 0, `the writer wrote nothing: ${writer.lastWords()}`)
    const mayLose = this.#client.losesOneOnLeaving === true ? 1 : 0
    const lost = () => {
      const read = new Set(this.#deliveries().map(place))
      return writer.acknowledged.filter(one => !read.has(place(one)))
    }
    await until(
      () => lost().length <= mayLose,
      20_000,
      () =>
        `${lost().length} records were never read, like ${show(lost()[0])} (${this.#readersAround(lost()[0]!)})`,
    )
  }

  /** Who read the neighbours of a lost record: tells who was to read it, and when. */
  #readersAround({ partition, offset }: Delivery): string {
    const readersOf = (wanted: number) =>
      this.#processes.flatMap(process =>
        process.deliveries
          .filter(one => one.partition === partition && one.offset === wanted)
          .map(one => `${process.label} in assignment ${one.assignment}`),
      )
    return `${offset - 1} by ${readersOf(offset - 1)}, ${offset + 1} by ${readersOf(offset + 1)}`
  }

  /** Contents, order and offsets of everything read; only what a dead member read may be read a second time. */
  checkDeliveries(writer: ClientProcess, dead: ClientProcess): void {
    demand(writer.acknowledged.length === records, `${writer.acknowledged.length} of ${records} acknowledged`)
    const written = new Map(writer.acknowledged.map(one => [place(one), one.value]))
    demand(written.size === records, 'two records were acknowledged at the same offset')
    for (const { partition, offset, value } of writer.acknowledged) {
      const wanted = Number(value) - (Number(value) % partitions)
      demand(offset * partitions === wanted, `number ${value} was acknowledged at ${partition}/${offset}`)
    }
    for (const one of this.#deliveries()) {
      demand(
        written.get(place(one)) === one.value,
        `${show(one)} was read, ${written.get(place(one))} was written`,
      )
    }
    for (const process of this.#processes) checkOrder(process)
    const deadRead = new Set(dead.deliveries.map(place))
    const readerOf = new Map<string, string>()
    for (const { label, deliveries } of this.#processes.filter(process => process !== dead)) {
      for (const one of deliveries) {
        const other = readerOf.get(place(one))
        const isRight = other === undefined || deadRead.has(place(one)) || this.#rereads.has(other)
        demand(
          isRight || this.#rereads.has(label),
          `${show(one)} was read twice without a death, by ${other} and ${label}`,
        )
        readerOf.set(place(one), label)
      }
    }
  }

  async end(): Promise<void> {
    await Promise.all(this.#processes.filter(process => process.running).map(process => process.die()))
  }

  #deliveries(): Delivery[] {
    return this.#processes.flatMap(process => process.deliveries)
  }

  #start(label: string, command: GroupClient['member'], args: string[]): ClientProcess {
    const process = new ClientProcess(label, command, args)
    this.#processes.push(process)
    return process
  }
}

/** Within one assignment a member reads each partition in order without a gap. */
function checkOrder({ label, deliveries }: ClientProcess): void {
  const last = new Map<string, number>()
  for (const one of deliveries) {
    const key = `${one.assignment}/${one.partition}`
    const previous = last.get(key)
    demand(
      previous === undefined || one.offset === previous + 1,
      `${label} read ${show(one)} after offset ${previous}`,
    )
    last.set(key, one.offset)
  }
}

function isBalanced(members: ClientProcess[]): boolean {
  const owned = members.flatMap(member => member.assigned)
  const counts = members.map(member => member.assigned.length)
  return (
    owned.length === partitions &&
    new Set(owned).size === partitions &&
    Math.max(...counts) - Math.min(...counts) <= 1 &&
    members.every(member => member.running)
  )
}

const place = ({ partition, offset }: Delivery) => `${partition}/${offset}`

const show = (one: Delivery | undefined) => (one === undefined ? 'none' : `${place(one)}=${one.value}`)

function demand(holds: boolean, complaint: string): void {
  if (!holds) throw new Error(complaint)
}

async function until(holds: () => boolean, timeoutMs: number, complaint: () => string): Promise<void> {
  const end = Date.now() + timeoutMs
  while (!holds()) {
    if (Date.now() > end) throw new Error(`${complaint()} (after ${timeoutMs / 1000} s)`)
    await sleep(50)
  }
}
