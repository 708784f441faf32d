import type { TroubleResult } from './trouble.ts'

const MIB = 1024 * 1024

/** The results as they are kept in git. */
export function tableOf(results: readonly TroubleResult[], seed: number): string {
  const seconds = results.reduce((sum, result) => sum + result.seconds, 0)
  return `${[
    '# What a download went through',
    '',
    `Made by \`npm run faults\`, seed ${seed}, in ${Math.round(seconds / 60)} minutes. After each trouble, and again after the run that follows it,`,
    'everything on disk is looked through: no wrong byte under a true name, no pointer or ref to nothing; and after the second run',
    'all files there, and nothing left over. "Again" is what had been received and was received once more, in the case that came',
    'nearest to what is promised: 2 % of the bytes, or 1 MiB for each open connection, whichever is more.',
    '',
    '| trouble | cases | how the run in trouble ended | again | promised | broken promises |',
    '| --- | ---: | --- | ---: | ---: | ---: |',
    ...results.map(rowOf),
  ].join('\n')}\n`
}

function rowOf({ title, caseCount, endings, worst, problems, obstacle }: TroubleResult): string {
  if (obstacle !== undefined) return `| ${title} | 0 | skipped here: ${obstacle} | | | |`
  const seen = [...endings].toSorted(([, one], [, other]) => other - one).map(([ending, count]) => `${ending} ${count}`)
  const [again, promised] = worst === undefined ? ['', ''] : [inMib(worst.bytes), inMib(worst.boundBytes)]
  return `| ${title} | ${caseCount} | ${seen.join(', ')} | ${again} | ${promised} | ${problems.length} |`
}

function inMib(bytes: number): string {
  return `${(bytes / MIB).toFixed(2)} MiB`
}
