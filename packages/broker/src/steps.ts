/** Work that can be interrupted after each step; the last one brings its result. What a step has to wait for, it yields. */
export type Steps<Result> = Iterator<Promise<void> | undefined, Result>

/** Does all steps at once; none of them may wait. */
export function toEnd<Result>(steps: Steps<Result>): Result {
  for (;;) {
    const step = steps.next()
    if (step.done) return step.value
  }
}

/** Each of the items once, in the order of first sight. */
export function* distinctInSteps<Item>(items: Iterable<Item>): Generator<undefined, Item[]> {
  const seen = new Set<Item>()
  const distinct: Item[] = []
  for (const item of items) {
    if (!seen.has(item)) {
      seen.add(item)
      distinct.push(item)
    }
    yield
  }
  return distinct
}

const SORTED_AT_ONCE = 1_000

/** Texts in the order of their code units. */
export function* sortInSteps(texts: readonly string[]): Generator<undefined, string[]> {
  let runs: string[][] = []
  for (let from = 0; from < texts.length; from += SORTED_AT_ONCE) {
    runs.push(texts.slice(from, from + SORTED_AT_ONCE).sort())
    yield
  }
  while (runs.length > 1) {
    const merged: string[][] = []
    for (let at = 0; at < runs.length; at += 2) merged.push(yield* merge(runs[at]!, runs[at + 1] ?? []))
    runs = merged
  }
  return runs[0] ?? []
}

function* merge(a: readonly string[], b: readonly string[]): Generator<undefined, string[]> {
  const merged: string[] = []
  for (let i = 0, j = 0; i < a.length || j < b.length; ) {
    merged.push(j === b.length || (i < a.length && a[i]! <= b[j]!) ? a[i++]! : b[j++]!)
    if (merged.length % SORTED_AT_ONCE === 0) yield
  }
  return merged
}

/** `items.map(work)`, an item a step. */
export function* mapInSteps<Item, Result>(
  items: Iterable<Item>,
  work: (item: Item) => Result,
): Generator<undefined, Result[]> {
  const results: Result[] = []
  for (const item of items) {
    results.push(work(item))
    yield
  }
  return results
}

/** The same for lists in lists, such as the partitions of topics: an item of an inner list a step. */
export function* mapNestedInSteps<Outer, Inner, InnerResult, Result>(
  outers: Iterable<Outer>,
  innersOf: (outer: Outer) => Iterable<Inner>,
  work: (inner: Inner, outer: Outer) => InnerResult,
  combine: (outer: Outer, results: InnerResult[]) => Result,
): Generator<undefined, Result[]> {
  const results: Result[] = []
  for (const outer of outers) {
    let inner: InnerResult[] | undefined
    for (const one of innersOf(outer)) {
      const result = work(one, outer)
      // Most have one item; a list that grows has room for seventeen.
      if (inner === undefined) inner = [result]
      else inner.push(result)
      yield
    }
    results.push(combine(outer, inner ?? []))
    yield
  }
  return results
}
