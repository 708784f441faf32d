import { describe, expect, test } from 'vitest'
import { type AccessAnswer, toAccessJson } from '../../src/access/access-answer.ts'
import { checkMany } from '../../src/access/check/check-many.ts'
import { createAccessChecker } from '../../src/access/check/checker.ts'
import { watchAccess, watchDelayMs } from '../../src/access/check/watch-access.ts'
import { HubgateError } from '../../src/errors.ts'
import { askDetails } from '../../src/hub/model-details.ts'
import { openStore } from '../../src/store/store.ts'
import { ada, type GateScript, type Reply, refused, shown, startScriptedGate } from './scripted-gate.ts'

const id = 'acme/tiny-8b'
const notAsked = refused(`Access to model ${id} is restricted and you are not in the authorized list.`)
const pending = refused(`Your request to access model ${id} is awaiting a review from the repo authors.`)
const ok = { body: 'OK' }

async function checkOnce(
  script: GateScript,
  token?: string,
): Promise<{ answer: AccessAnswer; calls: readonly string[] }> {
  await using gate = await startScriptedGate(script, token, { maxWaitMs: 0 })
  const answer = await createAccessChecker({ client: gate.client }).check(id)
  return { answer, calls: [...gate.calls] }
}

describe('check()', () => {
  test('asks one call for a public model, and nobody whose token it is where there is none', async () => {
    const { answer, calls } = await checkOnce({ details: [shown({ gated: false })] })
    expect(answer).toMatchObject({ state: 'public', gated: false, account: undefined })
    expect(calls).toEqual(['details?'])
  })

  test('reads the gate from the details and the state from the gate, and keeps what the Hub said', async () => {
    const { answer, calls } = await checkOnce(
      { details: [shown({ gated: 'auto' })], authCheck: [notAsked], whoami: [ada] },
      'hf_test_ada',
    )
    expect(answer).toMatchObject({ state: 'terms', gated: 'auto', account: 'ada', hubMessage: notAsked.message })
    expect([...calls].toSorted()).toEqual(['auth-check', 'details', 'details', 'whoami'])
  })

  test('begins with details that somebody has just asked for: of a shut gate they are asked for once more, of an open one not', async () => {
    for (const [gated, later] of [
      ['auto', ['auth-check', 'details', 'whoami']],
      [false, ['whoami']],
    ] as const) {
      const script = { details: [shown({ gated })], authCheck: [notAsked], whoami: [ada] }
      await using gate = await startScriptedGate(script, 'hf_test_ada')
      const details = askDetails(gate.client, id)
      await createAccessChecker({ client: gate.client }).check(id, { details })
      expect([...gate.calls].toSorted()).toEqual([...later, 'details'].toSorted())
    }
  })

  test('a question of somebody else’s that fails is a failure of the check, and is not asked again', async () => {
    await using gate = await startScriptedGate({ whoami: [ada] }, 'hf_test_ada')
    const failure = new HubgateError('ERR_HUB_UNREACHABLE', 'no answer', { endpoint: 'x' })
    const answer = await createAccessChecker({ client: gate.client }).check(id, { details: Promise.reject(failure) })
    expect(answer).toMatchObject({ state: 'unknown', failure: { code: 'ERR_HUB_UNREACHABLE' } })
    expect(gate.calls).toEqual(['whoami'])
  })

  test('tells a gate that opens from one that was just taken away', async () => {
    const granted = await checkOnce(
      { details: [shown({ gated: 'manual' })], authCheck: [ok], whoami: [ada] },
      'hf_test_ada',
    )
    expect(granted.answer).toMatchObject({ state: 'granted', gated: 'manual' })
    const opened = await checkOnce(
      { details: [shown({ gated: 'manual' }), shown({ gated: false })], authCheck: [ok], whoami: [ada] },
      'hf_test_ada',
    )
    expect(opened.answer).toMatchObject({ state: 'public', gated: false })
    const nobody = await checkOnce({ details: [shown({ gated: 'manual' })], authCheck: [ok] })
    expect(nobody.answer).toMatchObject({ state: 'public', gated: false })
  })

  test.each<[string, Reply]>([
    [
      'a web page with status 200',
      { body: '<!doctype html><title>Sign in</title>', headers: { 'content-type': 'text/html' } },
    ],
    ['a 404 of a mirror that has no such address', { status: 404, body: 'Cannot GET /auth-check' }],
    ['a 401 of a proxy on the way', { status: 401, body: '' }],
  ])('does not take %s for a word about access', async (_, reply) => {
    const { answer } = await checkOnce(
      { details: [shown({ gated: 'manual' })], authCheck: [reply], whoami: [ada] },
      'hf_test_ada',
    )
    expect(answer).toMatchObject({ state: 'unknown', gated: 'manual' })
  })

  test('says hidden of a model that went away between its details and its gate', async () => {
    const gone = refused('Repository not found', 'RepoNotFound', 404)
    const script = { details: [shown({ gated: 'manual' })], authCheck: [gone], whoami: [ada] }
    expect((await checkOnce(script, 'hf_test_ada')).answer).toMatchObject({ state: 'hidden' })
    const untold = { ...script, authCheck: [refused('Invalid username or password.', null, 401)] }
    expect((await checkOnce(untold)).answer).toMatchObject({ state: 'hidden' })
  })

  test('calls a private model that this token reads granted, not public', async () => {
    const { answer } = await checkOnce(
      { details: [shown({ gated: false, private: true })], authCheck: [ok], whoami: [ada] },
      'hf_test_ada',
    )
    expect(answer.state).toBe('granted')
  })

  test('does not send a refused token to the gate, and still learns which gate stands there', async () => {
    const { answer, calls } = await checkOnce(
      {
        whoami: [refused('Invalid username or password.', null, 401)],
        details: [refused('Invalid credentials in Authorization header', null, 401), shown({ gated: 'auto' })],
      },
      'hf_test_gone',
    )
    expect(answer).toMatchObject({ state: 'token-invalid', gated: 'auto' })
    expect(answer.hubMessage).toBe('Invalid credentials in Authorization header')
    expect(calls.at(-1)).toBe('details?')
  })

  test('asks anew whose token it is when a kept answer and a 401 disagree', async () => {
    const script = {
      whoami: [ada, refused('Invalid username or password.', null, 401)],
      details: [shown({ gated: false }), refused('Invalid username or password.', null, 401)],
    }
    await using gate = await startScriptedGate(script, 'hf_test_ada')
    await using store = await openStore({ folder: undefined })
    const checker = createAccessChecker({ client: gate.client, store })
    expect((await checker.check(id)).state).toBe('public')
    expect((await checker.check(id)).state).toBe('token-invalid')
  })

  test('calls a missing model hidden and suggests what was meant', async () => {
    await using gate = await startScriptedGate(
      { details: [refused('Repository not found', 'RepoNotFound', 404)], whoami: [ada] },
      'hf_test_ada',
    )
    const answer = await createAccessChecker({ client: gate.client, suggest: () => ['acme/tiny-7b'] }).check(id)
    expect(answer.state).toBe('hidden')
    expect(answer.nextStep.text).toContain('acme/tiny-7b')
  })

  test('foretells the scope of a token where the gate does not answer, or in other words', async () => {
    const fineGrained = {
      body: {
        name: 'ada',
        auth: { accessToken: { role: 'fineGrained', fineGrained: { canReadGatedRepos: false, scoped: [] } } },
      },
    }
    for (const authCheck of [{ status: 503 }, refused('Bitte Zugriff freischalten.', null)]) {
      const { answer } = await checkOnce(
        { details: [shown({ gated: 'auto' })], authCheck: [authCheck], whoami: [fineGrained] },
        'hf_test_fine',
      )
      expect(answer.state).toBe('token-scope')
    }
  })

  test('does not take an organisation that refuses a token for a missing right', async () => {
    const fineGrained = {
      body: { name: 'ada', auth: { accessToken: { role: 'fineGrained', fineGrained: { canReadGatedRepos: false } } } },
    }
    const message = 'Your token has been revoked by the organization administrator'
    const { answer } = await checkOnce(
      { details: [shown({ gated: 'auto' })], authCheck: [refused(message, null)], whoami: [fineGrained] },
      'hf_test_fine',
    )
    expect(answer).toMatchObject({ state: 'unknown', hubMessage: message })
  })

  test.each([
    ['a failing Hub', { details: [{ status: 503 }] }, 'ERR_HUB_STATUS', 'later'],
    [
      'a busy Hub',
      { details: [{ status: 429, headers: { ratelimit: '"api";r=0;t=100' } }] },
      'ERR_RATE_LIMITED',
      'later',
    ],
    ['an answer of another shape', { details: [{ body: [1] }] }, 'ERR_HUB_ANSWER', 'later'],
    [
      'a gate that fails',
      { details: [shown({ gated: 'auto' })], authCheck: [{ status: 500 }] },
      'ERR_HUB_STATUS',
      'later',
    ],
  ] as [string, GateScript, string, string][])('is unknown with its reason for %s', async (_, script, code, step) => {
    const { answer } = await checkOnce(script)
    expect(answer).toMatchObject({ state: 'unknown', failure: { code } })
    expect(answer.nextStep.text).toContain(step)
  })

  test('shows words it does not know, and claims nothing', async () => {
    const { answer } = await checkOnce({
      details: [shown({ gated: 'manual' })],
      authCheck: [refused('Something new.')],
    })
    expect(answer).toMatchObject({ state: 'unknown', hubMessage: 'Something new.', failure: undefined })
  })

  test('needs no account: a whoami that fails takes nothing from the verdict', async () => {
    const { answer } = await checkOnce(
      { details: [shown({ gated: 'manual' })], authCheck: [pending], whoami: [{ status: 429 }] },
      'hf_test_ada',
    )
    expect(answer).toMatchObject({ state: 'pending', account: undefined })
  })

  test('says what has changed since the last check, for this account alone', async () => {
    await using store = await openStore({ folder: undefined })
    await using gate = await startScriptedGate(
      { details: [shown({ gated: 'manual' })], authCheck: [notAsked, pending, pending], whoami: [ada] },
      'hf_test_ada',
    )
    const checker = createAccessChecker({ client: gate.client, store })
    expect((await checker.check(id)).previous).toBeUndefined()
    expect((await checker.check(id)).previous).toMatchObject({ state: 'approval', gated: 'manual' })
    expect((await checker.check(id)).previous).toBeUndefined()
    expect((await checker.known([id.toUpperCase()])).get(id)).toMatchObject({ state: 'pending' })
    expect(gate.calls.filter((call) => call === 'whoami')).toHaveLength(1)

    await using nobody = await startScriptedGate(
      { details: [shown({ gated: 'manual' })], authCheck: [{ status: 500 }] },
      undefined,
    )
    expect((await createAccessChecker({ client: nobody.client, store }).check(id)).previous).toBeUndefined()
  })

  test('stops at once when aborted', async () => {
    await using gate = await startScriptedGate(
      { details: [{ status: 429, headers: { 'retry-after': '100' } }] },
      undefined,
    )
    const stop = AbortSignal.timeout(100)
    await expect(createAccessChecker({ client: gate.client }).check(id, { signal: stop })).rejects.toThrow(/aborted/i)
  })
})

describe('checkMany()', () => {
  test('gives an answer for each id in their order, and asks once for what comes twice', async () => {
    await using gate = await startScriptedGate({ details: [shown({ gated: false })] }, undefined)
    const progress: number[] = []
    const answers = await checkMany(createAccessChecker({ client: gate.client }), ['a/x', id, 'A/X'], {
      onAnswer: (_, { done }) => void progress.push(done),
    })
    expect(answers).toHaveLength(3)
    expect(gate.calls).toHaveLength(2)
    expect(progress).toEqual([1, 2])
  })
})

describe('watchAccess()', () => {
  test('gives the first answer and each change, and takes a silent Hub for no change', async () => {
    await using gate = await startScriptedGate(
      {
        details: [shown({ gated: 'manual' })],
        authCheck: [notAsked, { status: 404, code: 'Odd' }, pending, pending, ok],
        whoami: [ada],
      },
      'hf_test_ada',
    )
    const states: string[] = []
    for await (const { state } of watchAccess(createAccessChecker({ client: gate.client }), id, { delayMs: () => 1 })) {
      states.push(state)
      if (state === 'granted') break
    }
    expect(states).toEqual(['approval', 'unknown', 'pending', 'granted'])
  })

  test('looks often while somebody accepts terms, then ever more rarely', () => {
    expect(watchDelayMs(0, 0)).toBe(5000)
    expect(watchDelayMs(119_000, 5000)).toBe(5000)
    expect(watchDelayMs(121_000, 5000)).toBe(7500)
    expect(watchDelayMs(3_600_000, 60_000)).toBe(60_000)
  })
})

describe('toAccessJson()', () => {
  test('always has the promised fields', async () => {
    const { answer } = await checkOnce({ details: [shown({ gated: 'auto' })], authCheck: [notAsked] })
    expect(Object.keys(toAccessJson(answer))).toEqual([
      'id',
      'gated',
      'gatedLabel',
      'state',
      'open',
      'account',
      'checkedAt',
      'hubMessage',
      'nextStep',
    ])
  })
})
