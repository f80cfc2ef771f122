import type { ClientAssignor } from './assignor.ts'
import { rangeAssignor } from './range.ts'
import { kafkajsAssignor, roundRobinAssignor } from './round-robin.ts'
import { cooperativeStickyAssignor, stickyAssignor } from './sticky/sticky.ts'

/** Kafka's assignors of classic groups, and what kafkajs has in their place. */
export const clientAssignors: readonly ClientAssignor[] = [
  rangeAssignor,
  roundRobinAssignor,
  stickyAssignor,
  cooperativeStickyAssignor,
  kafkajsAssignor,
]
