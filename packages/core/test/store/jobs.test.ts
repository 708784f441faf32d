import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { openStore } from '../../src/store/store.ts'
import { describeJobContract } from './job-contract.ts'

const newFolder = (): string => path.join(mkdtempSync(path.join(tmpdir(), 'hubgate-jobs-')), 'home')

describeJobContract('SQLite in memory', (now) => openStore({ folder: undefined, now }))
describeJobContract('SQLite in this thread', (now) => openStore({ folder: newFolder(), now, runsIn: 'here' }))
describeJobContract('SQLite in a worker', (now) => openStore({ folder: newFolder(), now }))
