import { expect, test } from 'vitest'
import { accessBadge, accessStates } from '../../src/access/access-state.ts'
import { nextStep } from '../../src/access/next-step.ts'

test('there are the thirteen states of docs/architecture.md, and each has a badge, a sentence and a next step with a link', () => {
  expect(accessStates).toHaveLength(13)
  for (const state of accessStates) {
    expect(accessBadge(state).sentence).toMatch(/\.$/)
    const step = nextStep(state, { modelId: 'acme/tiny-8b', endpoint: 'https://hub.example' })
    expect(step.text).not.toBe('')
    expect(step.url).toMatch(/^https:\/\/hub\.example\//)
  }
})

test('nextStep() leads a fine-grained token to the form with its checkbox ticked', () => {
  expect(nextStep('token-scope', { modelId: 'a/b' }).url).toBe(
    'https://huggingface.co/settings/tokens/new?canReadGatedRepos=true&tokenType=fineGrained',
  )
})

test('nextStep() suggests the nearest names for a hidden model', () => {
  expect(nextStep('hidden', { modelId: 'a/b', suggestions: ['a/bc'] }).text).toContain('did you mean a/bc?')
})
