import { Tally } from '../process/tally.ts'
import { tryExamples } from './examples.ts'
import { installPackage } from './installation.ts'
import { tryInstalled } from './installed.ts'
import { tryJest } from './jest.ts'
import { trySnippets } from './snippets.ts'

const parts = { installed: tryInstalled, jest: tryJest, examples: tryExamples, snippets: trySnippets }
const words = process.argv.slice(2)
const tally = new Tally()
const installation = installPackage()
try {
  for (const [name, part] of Object.entries(parts)) {
    if (words.length === 0 || words.includes(name)) await part(installation, tally)
  }
} finally {
  installation.remove()
}
tally.close()
