import { mkdirSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Tally } from '../process/tally.ts'
import { type Installation, versionOf } from './installation.ts'
import { run, runWell } from './program.ts'
import { type Snippet, allSnippets } from './snippet.ts'

/** What the documents say for the address of a broker: each snippet gets one of its own instead. */
const WRITTEN_ADDRESS = '127.0.0.1:9092'
/** The client whose users a guide is for; its snippets run too. */
const KAFKAJS = 'kafkajs@2.2.4'

interface EmbeddedBroker extends AsyncDisposable {
  readonly bootstrapServers: string
}

/** Type-checks all snippets at once, then runs each as a program of its own against an embedded broker of its own. */
export async function trySnippets(installation: Installation, tally: Tally): Promise<void> {
  const { folder } = installation
  installation.add(versionOf('typescript'), versionOf('@types/node'), versionOf('vitest'), KAFKAJS)
  const snippets = allSnippets()
  mkdirSync(join(folder, 'snippets'))
  const path = createRequire(join(folder, 'x.js')).resolve('samsa')
  const { startSamsa } = (await import(pathToFileURL(path).href)) as {
    startSamsa(options: { sockets: true; log: 'silent' }): Promise<EmbeddedBroker>
  }
  const isTyped = await typeCheck(folder, snippets, tally)
  for (const snippet of snippets) {
    const name = `${snippet.where} runs`
    if (snippet.notRun !== undefined) tally.skip(name, snippet.notRun)
    else if (snippet.language === 'ts' && !isTyped.has(snippet)) tally.skip(name, 'its types are wrong')
    else {
      await tally.case(name, async () => {
        await using broker = await startSamsa({ sockets: true, log: 'silent' })
        await runSnippet(folder, snippet, broker.bootstrapServers)
      })
    }
  }
}

/** One pass of the compiler over all of them; answers those that are right. */
async function typeCheck(folder: string, snippets: readonly Snippet[], tally: Tally): Promise<Set<Snippet>> {
  const typed = snippets.filter(({ language }) => language === 'ts')
  for (const snippet of typed) writeFileSync(join(folder, sourceOf(snippet)), `${snippet.code}\nexport {}\n`)
  const compilerOptions = {
    strict: true,
    target: 'es2022',
    module: 'nodenext',
    lib: ['es2023', 'esnext.disposable'],
    types: ['node'],
    noEmit: true,
  }
  const config = { compilerOptions, include: ['snippets/*.ts'] }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
  const tsc = ['node_modules/typescript/bin/tsc', '-p', '.', '--pretty', 'false']
  const { code, output } = await run('node', tsc, { folder })
  if (code !== 0 && !output.includes('snippets/')) throw new Error(`the compiler did not work: ${output}`)
  const right = new Set<Snippet>()
  for (const snippet of typed) {
    const errors = output.split('\n').filter(line => line.startsWith(sourceOf(snippet)))
    if (errors.length === 0) right.add(snippet)
    await tally.case(`${snippet.where} has right types`, () => {
      if (errors.length > 0) throw new Error(errors.join('; '))
    })
  }
  return right
}

async function runSnippet(folder: string, snippet: Snippet, bootstrap: string): Promise<void> {
  const code = snippet.code.replaceAll(WRITTEN_ADDRESS, bootstrap)
  const until = snippet.until === undefined ? {} : { until: snippet.until }
  if (isForVitest(snippet)) {
    writeFileSync(join(folder, sourceOf(snippet)), code)
    await runWell('node', ['node_modules/vitest/vitest.mjs', 'run', sourceOf(snippet)], { folder })
    return
  }
  const path = programOf(snippet)
  writeFileSync(join(folder, path), snippet.language === 'ts' ? await javaScriptOf(code) : code)
  const output = await runWell('node', [path], { folder, ...until, timeoutMs: 30_000 })
  if (snippet.until !== undefined && !output.includes(snippet.until)) {
    throw new Error(`it never printed '${snippet.until}': ${output.slice(-500)}`)
  }
}

async function javaScriptOf(code: string): Promise<string> {
  const { transform } = await import('esbuild')
  return (await transform(code, { loader: 'ts', format: 'esm', target: 'node20' })).code
}

const isForVitest = ({ code }: Snippet) => code.includes("from 'vitest'")

function sourceOf(snippet: Snippet): string {
  return `snippets/${snippet.name}${isForVitest(snippet) ? '.test' : ''}.ts`
}

function programOf({ name, code }: Snippet): string {
  return `snippets/${name}.${/\brequire\(/.test(code) ? 'cjs' : 'mjs'}`
}
