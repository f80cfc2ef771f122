/** The place of an answer among the answers of a connection. */
export interface AnswerSlot<Answer> {
  isSettled: boolean
  answer: Answer | undefined
}

/** Puts answers, which come in any order, into the order of their frames. */
export class AnswerQueue<Answer> {
  #slots: AnswerSlot<Answer>[] = []
  #first = 0

  /** How many frames are not answered, or answered but behind one that is not. */
  get length(): number {
    return this.#slots.length - this.#first
  }

  reserve(): AnswerSlot<Answer> {
    const slot: AnswerSlot<Answer> = { isSettled: false, answer: undefined }
    this.#slots.push(slot)
    return slot
  }

  /** Fills a slot (undefined: this frame has no answer) and appends what can leave now to `ready`. */
  settle(slot: AnswerSlot<Answer>, answer: Answer | undefined, ready: Answer[]): void {
    slot.isSettled = true
    slot.answer = answer
    while (this.#first < this.#slots.length && this.#slots[this.#first]!.isSettled) {
      const next = this.#slots[this.#first++]!
      if (next.answer !== undefined) ready.push(next.answer)
    }
    this.#compact()
  }

  #compact(): void {
    if (this.#first === this.#slots.length) {
      if (this.#first > 0) this.#slots = []
      this.#first = 0
    } else if (this.#first > 64) {
      this.#slots = this.#slots.slice(this.#first)
      this.#first = 0
    }
  }
}
