import { type Completable, type CompletableOption, deeperPaths, namesOf, pathOf } from './completable.ts'

/** A script for fish: `samsa completion fish | source`. */
export function fishCompletion(all: readonly Completable[]): string {
  return `# Completion of samsa and of Kafka's tools for fish; made by: samsa completion fish
function __samsa_at
    set -l words (commandline -opc)
    set -l at (string replace -r '^.*/' '' -- $words[1] | string replace -r '\\.sh$' '')
    for word in $words[2..-1]
        switch "$at $word"
            case ${deeperPaths(all).map(quotedForFish).join(' ')}
                set at "$at $word"
        end
    end
    test "$at" = "$argv"
end
${all.map(programText).join('')}`
}

function programText(completable: Completable): string {
  const { program, places } = completable
  const lines = [...places].flatMap(([place, { words, options }]) => {
    const complete = `complete -c $program -n ${quotedForFish(`__samsa_at ${pathOf(program, place)}`)}`
    return [
      ...words.map(
        ({ word, about }) => `${complete} -f -a ${quotedForFish(word)} -d ${quotedForFish(about)}`,
      ),
      ...options.map(option => `${complete} ${optionText(option)}`),
    ]
  })
  const body = lines.map(line => `    ${line}\n`).join('')
  return `for program in ${namesOf(completable).join(' ')}\n${body}end\n`
}

function optionText({ long, short, about, value, choices }: CompletableOption): string {
  const name = short === undefined ? `-l ${long}` : `-l ${long} -s ${short}`
  const argument = choices.length > 0 ? ` -x -a ${quotedForFish(choices.join(' '))}` : argumentText[value]
  return `${name}${argument} -d ${quotedForFish(about)}`
}

const argumentText = { none: '', text: ' -x', file: ' -r' } as const

/** Text in single quotes, as fish reads it. */
function quotedForFish(text: string): string {
  return `'${text.replaceAll(/[\\']/g, '\\$&')}'`
}
