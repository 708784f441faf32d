import type { StatusFault } from '../faults/fault.ts'
import { type Answer, textAnswer } from './answer.ts'
import { type ErrorForm, errorAnswer } from './error-answer.ts'
import { rateLimitHeaders, rateLimitText, type Standing } from './rate-limits.ts'
import { Refusal } from './refusal.ts'

const words: Readonly<Record<number, string>> = {
  408: 'Request Timeout',
  500: 'Internal Error - We are working hard to fix this as soon as possible!',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
}

/** The answer a scripted status brings. A 429 comes with `r=0`, or with figures of a limiter that did not speak. */
export function statusFaultAnswer(
  fault: StatusFault,
  form: ErrorForm,
  standing: Standing | undefined,
  ip: string,
): Answer {
  const retryAfter = fault.retryAfter === undefined ? {} : { 'Retry-After': String(fault.retryAfter) }
  // The CDN is not the Hub: bare words and no figures.
  if (standing === undefined)
    return textAnswer(fault.message ?? words[fault.status] ?? 'Error', retryAfter, { status: fault.status })
  const spoken = fault.resetSeconds === undefined ? standing : { ...standing, seconds: fault.resetSeconds }
  const isOwn = fault.status === 429 && fault.limiter !== 'other'
  const shown = isOwn ? { ...spoken, remaining: 0 } : spoken
  const text = fault.message ?? (fault.status === 429 ? rateLimitText(shown, ip) : (words[fault.status] ?? 'Error'))
  return errorAnswer(new Refusal(fault.status, text, undefined, { ...rateLimitHeaders(shown), ...retryAfter }), form)
}
