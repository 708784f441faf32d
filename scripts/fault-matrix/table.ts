import type { TroubleResult } from './trouble.ts'

const MIB = 1024 * 1024

/** The results as they are kept in git. */
export function tableOf(
  results: readonly TroubleResult[],
  { seed, seconds }: { readonly seed: number; readonly seconds: number },
): string {
  return `${[
    '# What a download went through',
    '',
    `Made by \`npm run faults\`, seed ${seed}, in ${Math.round(seconds / 60)} minutes. After each trouble, and again after the run that follows it,`,
    'everything on disk is looked through: no wrong byte under a true name, no pointer or ref to nothing; and after the second run',
    'all files there, and nothing left over. "Again" is what the process had received, and received once more: at the median, and in',
    'the case that came nearest to what is promised, which is 2 % of the bytes, or 1 MiB for each open connection, whichever is more.',
    'A connection counts as open for a second after its last byte. Files of up to 1 MiB come again whole, and are counted.',
    '',
    '| trouble | cases | how the run in trouble ended | again, median | worst | promised there | broken promises |',
    '| --- | ---: | --- | ---: | ---: | ---: | ---: |',
    ...results.map(rowOf),
  ].join('\n')}\n`
}

function rowOf({ title, caseCount, endings, worst, median, problems, obstacle }: TroubleResult): string {
  if (obstacle !== undefined) return `| ${title} | 0 | skipped here: ${obstacle} | | | | |`
  const seen = [...endings].toSorted(([, one], [, other]) => other - one).map(([ending, count]) => `${ending} ${count}`)
  const figures = [median, worst?.bytes, worst?.boundBytes].map(inMib)
  return `| ${title} | ${caseCount} | ${seen.join(', ')} | ${figures.join(' | ')} | ${problems.length} |`
}

function inMib(bytes: number | undefined): string {
  return bytes === undefined ? '' : `${(bytes / MIB).toFixed(2)} MiB`
}
