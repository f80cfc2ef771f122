import type { Clock } from '@samsa/base'
import type { ClientConfig } from '../config/client-config.ts'
import type { MetricTags } from './telemetry.ts'
import { Windowed } from './windowed.ts'

/** One number of a client, under Kafka's name for it. */
export interface Metric {
  readonly name: string
  /** 'producer-metrics', 'consumer-node-metrics'. */
  readonly group: string
  readonly tags: MetricTags
  /** What it tells, in a sentence. */
  readonly about: string
  /** 'total' only grows; 'value' may do anything. */
  readonly kind: 'total' | 'value'
  /** NaN while there is nothing to tell. */
  readonly value: number
}

/** How a metric is named. */
export interface MetricName {
  readonly name: string
  readonly group: string
  readonly about: string
  readonly tags?: MetricTags
}

/** Counts: what only grows. `nowMs` is the monotonic clock's time, for who has read it anyway. */
export interface Counter {
  add(count?: number, nowMs?: number): void
}

/** Takes values of which average and largest are told. */
export interface Sampler {
  record(value: number, nowMs?: number): void
}

interface Entry extends MetricName {
  readonly kind: Metric['kind']
  read(): number
}

/**
 * A client's numbers, in one plain table under Kafka's names. Meant for what happens per request or rarer: nothing here
 * belongs on the path of a single record.
 */
export class Metrics {
  readonly #clock: Clock
  readonly #window: { samples: number; windowMs: number }
  readonly #entries = new Map<string, Entry>()

  constructor(clock: Clock, config: Pick<ClientConfig, 'metrics.num.samples' | 'metrics.sample.window.ms'>) {
    this.#clock = clock
    this.#window = { samples: config['metrics.num.samples'], windowMs: config['metrics.sample.window.ms'] }
  }

  /** `<name>-total`, and `<name>-rate` per second over the last minute or so. */
  counter({ name, group, about, tags = {} }: MetricName): Counter {
    const recent = new Windowed(this.#clock, this.#window)
    let total = 0
    this.#set({
      name: `${name}-total`,
      group,
      tags,
      about: `${about}, in all`,
      kind: 'total',
      read: () => total,
    })
    this.#set({
      name: `${name}-rate`,
      group,
      tags,
      about: `${about}, per second`,
      kind: 'value',
      read: () => recent.rate,
    })
    return {
      add(count = 1, nowMs?: number) {
        total += count
        recent.record(count, nowMs)
      },
    }
  }

  /** `<name>-avg` and `<name>-max` over the last minute or so. */
  sampler({ name, group, about, tags = {} }: MetricName): Sampler {
    const recent = new Windowed(this.#clock, this.#window)
    this.#set({
      name: `${name}-avg`,
      group,
      tags,
      about: `${about}, average`,
      kind: 'value',
      read: () => recent.average,
    })
    this.#set({
      name: `${name}-max`,
      group,
      tags,
      about: `${about}, largest`,
      kind: 'value',
      read: () => recent.max,
    })
    return recent
  }

  /** A number that goes up and down, and is read when it is asked for. */
  gauge({ name, group, about, tags = {} }: MetricName, read: () => number): void {
    this.#set({ name, group, about, tags, kind: 'value', read })
  }

  /** A number that somebody else keeps, by its whole name: one that ends in `-total` only grows. */
  reading({ name, group, about, tags = {} }: MetricName, read: () => number): void {
    this.#set({ name, group, about, tags, kind: name.endsWith('-total') ? 'total' : 'value', read })
  }

  /** Removes what carries these tags, for instance of a partition that was given up. */
  remove(tags: MetricTags): void {
    const wanted = Object.entries(tags)
    for (const [key, entry] of this.#entries) {
      if (wanted.every(([name, value]) => entry.tags?.[name] === value)) this.#entries.delete(key)
    }
  }

  /** All numbers, as they are now. */
  read(): Metric[] {
    return [...this.#entries.values()].map(({ name, group, about, tags = {}, kind, read }) => ({
      name,
      group,
      about,
      tags,
      kind,
      value: read(),
    }))
  }

  /** Those of the whole client, and of no node or partition, by name alone. */
  byName(): Record<string, number> {
    const ofClient = [...this.#entries.values()].filter(({ tags = {} }) => Object.keys(tags).length === 0)
    return Object.fromEntries(ofClient.map(({ name, read }) => [name, read()]))
  }

  #set(entry: Entry): void {
    const tags = Object.entries(entry.tags ?? {}).map(([name, value]) => `${name}=${value}`)
    this.#entries.set([entry.group, entry.name, ...tags].join(' '), entry)
  }
}
