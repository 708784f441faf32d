// `node scripts/curate/memory.ts`: recomputes the memory figures of the curated list from its other facts, after the arithmetic of
// core/memory has changed. A test holds the list to it.
import process from 'node:process'
import { readCuratedFile, writeCuratedFile } from './curated-file.ts'
import { withMemory } from './curated-memory.ts'

const list = readCuratedFile()
const models = list.models.map(withMemory)
const changed = models.filter((model, index) => JSON.stringify(model) !== JSON.stringify(list.models[index]))
writeCuratedFile({ ...list, models })
process.stdout.write(`${changed.length} of ${models.length} memory figures changed\n`)
