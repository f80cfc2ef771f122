/** How much a finding matters: it is broken, it may break, or it is good to know. */
export type Level = 'problem' | 'warning' | 'hint'

export const levels: readonly Level[] = ['problem', 'warning', 'hint']

/** Something to see to, and how. */
export interface Finding {
  readonly level: Level
  /** What was looked at: `offline-partitions`. */
  readonly check: string
  /** What is the case, in a sentence. */
  readonly what: string
  /** What it is about: partitions, topics, brokers, groups. */
  readonly items: readonly string[]
  readonly toDo: string
}

/** A finding about some items, or none when there are none. */
export function findingOf(items: readonly string[], finding: Omit<Finding, 'items'>): Finding[] {
  return items.length === 0 ? [] : [{ ...finding, items }]
}
