import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brokerConfigAreas } from '@samsa/broker'
import { topicConfig } from '@samsa/log'
import { checkConfigEffects } from './config-effects.ts'
import { checkDependencies, checkLinks, checkPromises } from './documents.ts'
import { stalePages } from './generated-pages.ts'
import { checkLayers } from './layers.ts'
import { type Length, longestFiles, longestFunctions } from './lengths.ts'
import { checkNames } from './names.ts'
import type { Problem } from './problem.ts'
import { checkBaseDeclarations, checkPurity } from './purity.ts'
import { isTest, readRepository } from './repository.ts'

// npm run check: the rules of CONTRIBUTING.md that a program can tell, after build, lint and types.

const root = join(dirname(fileURLToPath(import.meta.url)), '../..')
const repository = readRepository(root)
const program = repository.files.filter(({ path }) => /\.(?:ts|mjs)$/.test(path) && !isTest(path))

const checks: Readonly<Record<string, () => Problem[]>> = {
  'packages import only downwards, by name, and declare what they import': () => checkLayers(repository),
  'thinking packages reach nothing outside': () => checkPurity(repository),
  "base's public types know no Node": () => checkBaseDeclarations(declarationsOf('packages/base/dist')),
  'names name their noun': () => checkNames(repository.files),
  'no promises in the code': () => checkPromises(repository.files),
  'links in documents lead somewhere': () =>
    checkLinks(repository.files, path => existsSync(join(root, path))),
  'every dependency is listed with its reason': () => checkDependencies(repository),
  'keys of a broker are read, or say that they have no effect': () =>
    checkConfigEffects(
      brokerConfigAreas.filter(({ isNotServedYet }) => !isNotServedYet).map(({ rows }) => rows),
      topicConfig,
      repository.files,
    ),
  'pages written from tables are fresh': () => stalePages(root).map(stalePage),
}

let failed = 0
for (const [rule, check] of Object.entries(checks)) {
  const problems = check()
  if (problems.length > 0) failed++
  console.log(`${problems.length === 0 ? 'ok' : 'not ok'} - ${rule}`)
  for (const { where, what } of problems) console.log(`    ${where}: ${what}`)
}
printLengths('Longest files', longestFiles(program))
printLengths('Longest functions', longestFunctions(program))
console.log(`${Object.keys(checks).length - failed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1

function stalePage(where: string): Problem {
  return { where, what: 'differs from its tables: run npm run build && node checks/dist/generated-pages.js' }
}

function printLengths(title: string, lengths: Length[]): void {
  console.log(`${title} (tests aside):`)
  for (const { where, lines } of lengths) console.log(`${`${lines}`.padStart(7)}  ${where}`)
}

function declarationsOf(folder: string): { path: string; text: string }[] {
  const names = existsSync(join(root, folder))
    ? readdirSync(join(root, folder), { recursive: true }).map(String)
    : []
  return names
    .filter(name => name.endsWith('.d.ts'))
    .map(name => ({ path: `${folder}/${name}`, text: readFileSync(join(root, folder, name), 'utf8') }))
}
