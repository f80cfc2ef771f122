/** What must hold in every run, by the name a failure is reported under. */
export const invariants = {
  acknowledgedByAll: 'a record acknowledged with acks=all is there after a power cut, at its offset',
  acknowledgedByLeader: 'a record acknowledged with acks=1 is there after kill -9, at its offset',
  acknowledgedCached:
    'a record acknowledged by a topic with write.caching is there after kill -9, at its offset',
  stoppedInOrder: 'a record acknowledged before an orderly stop is there after it, power cuts included',
  served: 'a record once served to a consumer neither vanishes nor changes',
  endKept: 'the end of a partition that consumers were told is never lower later',
  once: 'no record is there twice',
  inOrder: 'the records of a producer are in the order it sent them in',
  withoutGaps: 'a producer that retries until it is answered leaves no gaps',
  written: 'every record is one that a producer wrote to this topic',
  inSequence: 'a producer that keeps its order is not told that it lost it',
  offsetsKept: 'a committed offset is not lost',
  topicsKept: 'a topic whose creation was acknowledged is there with its id, one whose deletion was is not',
  producerIdsOnce: 'no producer id is given twice',
  starts: 'a broker starts on whatever a crash left behind',
  stops: 'an orderly stop ends',
  answers: 'a request has a sensible answer',
  getsThrough: 'once nothing fails any more, everything gets through',
} as const

export type Invariant = keyof typeof invariants

/** An invariant was broken. */
export class Violation extends Error {
  override readonly name = 'Violation'
  readonly invariant: Invariant
  constructor(invariant: Invariant, detail: string) {
    super(`${invariant}: ${invariants[invariant]}.\n  ${detail}`)
    this.invariant = invariant
  }
}
