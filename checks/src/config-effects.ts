import type { ConfigTable } from '@samsa/base'
import type { Problem } from './problem.ts'
import { type SourceFile, isTest } from './repository.ts'

/** Tables of keys name them all, whether or not anything reads them. */
const tables = /(?:-rows|\/(?:check-)?broker-config|\/topic-config|kafka-differences)\.ts$/

/**
 * Every key of a broker that is served is read somewhere, gives a topic key its default, or says that it has no effect.
 *
 * @param served the rows of the areas that are served
 * @param topicKeys rows of topics, whose defaults come from keys of brokers
 */
export function checkConfigEffects(
  served: readonly ConfigTable[],
  topicKeys: ConfigTable,
  files: readonly SourceFile[],
): Problem[] {
  const read = keysReadIn(files.filter(({ path }) => isProgram(path)))
  for (const { broker } of Object.values(topicKeys)) for (const { key } of broker ?? []) read.add(key)
  return served.flatMap(rows =>
    Object.entries(rows)
      .filter(([key, { unused }]) => unused !== true && !read.has(key))
      .map(([key]) => ({ where: `the broker's key ${key}`, what: 'nothing reads it: say so with `unused`' })),
  )
}

/** The client has keys of the same names, which are its own. */
function isProgram(path: string): boolean {
  return (
    /^packages\/(?!client|cli\/|security)[^/]+\/src\/.*\.ts$/.test(path) &&
    !isTest(path) &&
    !tables.test(path)
  )
}

function keysReadIn(files: readonly SourceFile[]): Set<string> {
  return new Set(
    files.flatMap(({ text }) => [...text.matchAll(/'([a-z][a-z0-9.-]*)'/g)].map(([, key]) => key!)),
  )
}
