// `node scripts/curate/main.ts FOLDER`: makes packages/core/data/curated.json from a folder of researched facts, which holds
// `models.json` and a README.md whose table "key | what | as of" explains the source keys. A maintainer's tool: the facts
// themselves are no part of this repository.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import { curateModel, type FactsRow } from './curate-model.ts'
import { curatedPath, formatCuratedFile, writeCuratedFile } from './curated-file.ts'
import { withMemory } from './curated-memory.ts'
import { explainSources } from './sources.ts'

const folder = process.argv[2]
if (folder === undefined) throw new Error('Cannot curate: name the folder that holds models.json and README.md')

const rows = JSON.parse(readFileSync(path.join(folder, 'models.json'), 'utf8')) as FactsRow[]
const models = rows.map((row) => withMemory(curateModel(row))).toSorted((a, b) => (a.id < b.id ? -1 : 1))
const used = new Set(
  models.flatMap((model) => [
    ...Object.values(model.facts).map(({ source }) => source),
    ...(model.gateHistory ?? []).map(({ source }) => source),
  ]),
)
const sources = explainSources(readFileSync(path.join(folder, 'README.md'), 'utf8'), used)
const list = { schemaVersion: 1, asOf: '2026-11-23', sources, models } as const
writeCuratedFile(list)
process.stdout.write(
  `${curatedPath}: ${models.length} models, ${Object.keys(sources).length} sources, ${formatCuratedFile(list).length} characters\n`,
)
