/** Randomness that a printed seed repeats. */
export class SeededNumbers {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** An integer in [0, below). */
  below(below: number): number {
    this.#state = (Math.imul(this.#state, 1664525) + 1013904223) >>> 0
    return Math.floor((this.#state / 2 ** 32) * below)
  }
}

type Mutation = (frame: Buffer, numbers: SeededNumbers, other: Buffer) => Buffer

/** Interesting numbers at places where lengths and counts may stand. */
const edges = [0, 1, -1, -2, 0x7f, 0xff, 0x7fff, 0x8000, 0x7fffffff, -0x80000000, 0x10000, 100 << 20]

const mutations: readonly Mutation[] = [
  function flipBit(frame, numbers) {
    const at = numbers.below(frame.length)
    frame[at] = frame[at]! ^ (1 << numbers.below(8))
    return frame
  },
  function setByte(frame, numbers) {
    frame[numbers.below(frame.length)] = [0, 1, 0x7f, 0x80, 0xff][numbers.below(5)]!
    return frame
  },
  function setInt16(frame, numbers) {
    if (frame.length >= 2)
      frame.writeInt16BE((edges[numbers.below(edges.length)]! << 16) >> 16, numbers.below(frame.length - 1))
    return frame
  },
  function setInt32(frame, numbers) {
    if (frame.length >= 4)
      frame.writeInt32BE(edges[numbers.below(edges.length)]! | 0, numbers.below(frame.length - 3))
    return frame
  },
  function cutEnd(frame, numbers) {
    return frame.subarray(0, numbers.below(frame.length))
  },
  function insertNoise(frame, numbers) {
    const at = numbers.below(frame.length)
    return Buffer.concat([frame.subarray(0, at), noise(1 + numbers.below(32), numbers), frame.subarray(at)])
  },
  function removePiece(frame, numbers) {
    const at = numbers.below(frame.length)
    return Buffer.concat([frame.subarray(0, at), frame.subarray(at + 1 + numbers.below(8))])
  },
  function splice(frame, numbers, other) {
    return Buffer.concat([
      frame.subarray(0, numbers.below(frame.length)),
      other.subarray(numbers.below(other.length)),
    ])
  },
  function otherApi(frame, numbers) {
    if (frame.length >= 4) frame.writeInt16BE(numbers.below(95), 0)
    return frame
  },
  function otherVersion(frame, numbers) {
    if (frame.length >= 4) frame.writeInt16BE(numbers.below(20) - 1, 2)
    return frame
  },
  function keep(frame) {
    return frame
  },
]

export function noise(length: number, numbers: SeededNumbers): Buffer {
  return Buffer.from(Array.from({ length }, () => numbers.below(256)))
}

/**
 * One hostile frame with its length: a real request changed in one to three ways, now and then plain noise, now and
 * then with a length that lies.
 */
export function hostileFrame(corpus: readonly Buffer[], numbers: SeededNumbers): Buffer {
  const pick = () => Buffer.from(corpus[numbers.below(corpus.length)]!)
  let body = numbers.below(20) === 0 ? noise(1 + numbers.below(200), numbers) : pick()
  for (let times = 1 + numbers.below(3); times > 0 && body.length > 0; times--) {
    body = mutations[numbers.below(mutations.length)]!(body, numbers, pick())
  }
  const length = Buffer.alloc(4)
  const lie = numbers.below(25) === 0 ? edges[numbers.below(edges.length)]! | 0 : body.length
  length.writeInt32BE(lie)
  return Buffer.concat([length, body])
}
