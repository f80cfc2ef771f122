/** What must hold in every run, by the name a failure is reported under. */
export const invariants = {
  acknowledgedByAll: 'a record acknowledged with acks=all is there after a power cut, at its offset',
  acknowledgedByLeader: 'a record acknowledged with acks=1 is there after kill -9, at its offset',
  acknowledgedCached:
    'a record acknowledged by a topic with write.caching is there after kill -9, at its offset',
  stoppedInOrder: 'a record acknowledged before an orderly stop is there after it, power cuts included',
  served: 'a record once served to a consumer neither vanishes nor changes',
  endKept: 'the end of a partition that consumers were told is never lower later',
  startKept: 'the start of a partition that anyone was told is never lower later',
  retained: 'only records go that are too old, or too many',
  expired: 'records that are too old or too many do go',
  compacted: 'a record is compacted away only for a newer one of its key, or as a marker whose time is over',
  cleaned: 'records that a newer one replaces do go',
  sessionTells: 'a fetch session leaves nothing out that is news, and starves no partition',
  epochsTell: 'a consumer that asks by leader epoch is told whether what it read is still there',
  oneOwner: 'in a generation of a group a partition has one owner',
  oneAssignment: 'a generation of a group has one assignment',
  generationsRise: 'the generation of a group never goes back, and none but the newest is served',
  fenced: 'a static member is fenced once another one took its place',
  groupKept: 'a restart leaves a stable group as it is',
  once: 'no record is there twice',
  inOrder: 'the records of a producer are in the order it sent them in',
  withoutGaps: 'a producer that retries until it is answered leaves no gaps',
  written: 'every record is one that a producer wrote to this topic',
  inSequence: 'a producer that keeps its order is not told that it lost it',
  offsetsKept: 'a committed offset is not lost, and a refused one is not there',
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
