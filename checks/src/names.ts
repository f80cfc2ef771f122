import { blankLiterals, lineAt } from './code.ts'
import type { Problem } from './problem.ts'
import type { SourceFile } from './repository.ts'

const banned = /(?:^|[-_./])(?:utils?|helpers?|managers?|misc)(?:$|[-_./])/
const bannedIdentifier =
  /\b(?:class|function|const|let|interface|type)\s+(\w*(?:[uU]til(?:s|ity)?|[hH]elpers?|Manager))\b/g
const kebab = /^[a-z0-9]+(?:[-.][a-z0-9]+)*$/
const kebabPlaces = /^(?:packages|checks|bench|tests)\/.*\.(?:ts|mjs)$/

/** Files and things are named after what they are about; file names are kebab-case. */
export function checkNames(files: readonly SourceFile[]): Problem[] {
  return files.flatMap(({ path, text }) => [...pathProblems(path), ...identifierProblems(path, text)])
}

function pathProblems(path: string): Problem[] {
  const name = path.slice(path.lastIndexOf('/') + 1)
  const vague = banned.test(path)
    ? [{ where: path, what: 'utils, helpers and managers say nothing: name the noun' }]
    : []
  const isKebab = !kebabPlaces.test(path) || kebab.test(name)
  return isKebab ? vague : [...vague, { where: path, what: 'file names are kebab-case: offset-index.ts' }]
}

function identifierProblems(path: string, text: string): Problem[] {
  if (!path.endsWith('.ts')) return []
  return [...blankLiterals(text).matchAll(bannedIdentifier)].map(match => ({
    where: `${path}:${lineAt(text, match.index)}`,
    what: `${match[1]}: utils, helpers and managers say nothing, name the noun`,
  }))
}
